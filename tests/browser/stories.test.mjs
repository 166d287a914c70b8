// Stories that a browser walks through the demo.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readFile } from 'node:fs/promises';
import {
  browser as launch,
  demo,
  faultsOnPaper,
  page as open,
  released,
  SCHEMES,
  seriousFindings,
  SHEET,
  statusOf,
  widths,
} from './world.mjs';

/** One address of every page kind, its places in braces; `cargo xtask bench explore` times the same kinds. */
const KINDS = JSON.parse(await readFile(new URL('kinds.json', import.meta.url), 'utf8'));

/** Parts of somebody else's page, and addresses at which there is nothing: they print no address of their own. */
const UNADDRESSED = ['embedded chart', 'embedded coverage', 'embedded quote', 'not found', 'gone'];

/** A table of every code by every place is wider than a sheet; browsers print what is too wide at half the size at most. */
const SHRUNK = { crosstab: 2 };

/** Where a served site says that readers find it. */
const PUBLIC = 'https://map.example';

/** Pages that need no line of their own: files, machine answers, short forms and what only a signed-in person sees. */
const NO_PAGE = /\.(json|csv|jsonl|svg|atom|cff|txt|bib|ris)$|^\/(api\/v1|assets|healthz)|correction$|^\/\{dimension\}|\{file\}$|^\/drafts$/;

/** Fills the places of `KINDS` with what this store has. */
async function filled(site) {
  const names = async (list) => (await (await fetch(`${site.origin}/${list}.json`)).json()).entries[0];
  const last = (entry) => entry.href.split('/').pop();
  const actors = await (await fetch(`${site.origin}/actors`)).text();
  const page = await (await fetch(`${site.origin}/documents/sample:1`)).text();
  const places = {
    document: 'sample:1',
    second: 'sample:2',
    third: 'sample:3',
    versions: 'sample:3',
    revoked: 'sample:4',
    chinese: 'sample:21',
    untexted: 'sample:34',
    jurisdiction: last(await names('jurisdictions')),
    authority: last(await names('authorities')),
    collection: last(await names('collections')),
    entity: last(await names('actors/entities')),
    duty: actors.match(/href="\/actors\/duties\/([^"?]+)/)[1],
    label: page.match(/\/text\?code=(risk\/[\d.]+)/)[1],
    run: site.runs[0].slice(0, 12),
    other: site.runs[1].slice(0, 12),
    release: site.releases[0],
    earlier: site.releases[1],
    gone: site.gone,
  };
  const fill = (path) => path.replace(/\{(\w+)\}/g, (_, name) => places[name]);
  for (const [kind, path] of Object.entries(KINDS)) KINDS[kind] = fill(path);
}

let site;
let chromium;

before(async () => {
  [site, chromium] = await Promise.all([released(), launch()]);
  await filled(site);
});

after(async () => {
  await chromium?.close();
  await site?.stop();
});

/** From the overview to the sentence behind a label, by links alone. */
async function followToTheSentence(page) {
  await page.goto(`${site.origin}/risks/7.4`);
  assert.match(page.url(), /\/codes\/risk\/7\.4$/, 'the short form leads to the code page');
  await page.locator('main a[href^="/documents/sample"]').first().click();
  await page.waitForURL(/\/documents\/sample:\d+/);
  await page.goto(page.url().replace(/\/text.*/, ''));
  const label = page.locator('#risk-7\\.4, #risk-7_4').first();
  const quote = (await label.locator('blockquote').first().innerText()).trim();
  await label.locator('.place a').first().click();
  await page.waitForURL(/\/text\?/);
  assert.match(page.url(), /\/text\?code=risk(\/|%2F)7\.4#p-\d+$/);
  const marked = (await page.locator('mark').allInnerTexts()).join(' ').replace(/\s+/g, ' ');
  const words = quote.replace(/[“”"…]/g, '').split(/\s+/).slice(0, 5).join(' ');
  assert.ok(marked.includes(words), `“${words}” is marked in the text`);
  const target = new URL(page.url()).hash;
  assert.ok(await page.locator(target).isVisible(), `${target} is on the page`);
}

test('a reader gets from a risk to the sentence behind a label', async () => {
  const page = await open(chromium);
  await followToTheSentence(page);
  await page.context().close();
});

test('a reader without JavaScript does the same', async () => {
  const page = await open(chromium, { javaScriptEnabled: false });
  await followToTheSentence(page);
  await page.context().close();
});

test('the list, its counts and its downloads agree', async () => {
  const page = await open(chromium);
  for (const query of ['', '?risk=7.4', '?risk=7.4:3', '?jurisdiction=none-such', '?q=audit', '?sector=education&risk=2.1']) {
    const shown = await (await fetch(`${site.origin}/documents.json${query}`)).json();
    const csv = await (await fetch(`${site.origin}/documents.csv${query}`)).text();
    const answer = await page.goto(`${site.origin}/documents${query}`);
    if (answer.status() !== 200) continue;
    const stated = Number((await page.locator('main').innerText()).match(/(\d[\d,]*)\s+(of \d+ )?documents?/i)?.[1] ?? 0);
    const rows = csv.trim().split('\n').length - 1;
    assert.equal(shown.total ?? shown.documents.length, stated, `JSON and page for ${query}`);
    assert.ok(rows >= stated, `CSV has no cap for ${query}`);
  }
  await page.context().close();
});

test('a filter is one click on and one click off, and lives in the address', async () => {
  const page = await open(chromium);
  await page.goto(`${site.origin}/documents`);
  const facet = page.locator('aside.facets a[href*="="]').first();
  await facet.click();
  assert.match(page.url(), /\?.+=/);
  await page.reload();
  const removal = page.locator('main a[title*="emove" i], main a[aria-label*="emove" i], main .chip a, main a.chip').first();
  await removal.click();
  assert.equal(new URL(page.url()).search, '');
  await page.context().close();
});

test('every page of a store with samples says that they are fiction', async () => {
  const page = await open(chromium);
  for (const [kind, path] of Object.entries(KINDS)) {
    await page.goto(site.origin + path);
    assert.match(await page.locator('body').innerText(), /fiction/i, kind);
  }
  for (const path of ['/documents.json', '/documents.csv', '/judgements.jsonl']) {
    assert.match(await (await fetch(site.origin + path)).text(), /fiction/i, path);
  }
  await page.context().close();
});

for (const scheme of SCHEMES) {
  test(`no serious accessibility finding on any page kind, ${scheme}`, async () => {
    const page = await open(chromium, { colorScheme: scheme, bypassCSP: true });
    const found = [];
    for (const [kind, path] of Object.entries(KINDS)) {
      await page.goto(site.origin + path);
      found.push(...(await seriousFindings(page)).map((finding) => `${kind}: ${finding}`));
    }
    assert.deepEqual(found, []);
    await page.context().close();
  });
}

test('every route that is a page is among the kinds that are looked at', async () => {
  const source = await readFile(new URL('../../crates/web/src/routes.rs', import.meta.url), 'utf8');
  const routes = [...source.matchAll(/\.route\("([^"]+)"/g)].map((found) => found[1]).filter((route) => !NO_PAGE.test(route));
  assert.ok(routes.length > 35, `${routes.length} routes were read`);
  const paths = Object.values(KINDS).map((path) => path.split('?')[0]);
  const unseen = routes.filter((route) => {
    const pattern = route.replace(/[.]/g, '\\.').replace(/\{\*\w+\}/g, '.+').replace(/\{\w+\}/g, '[^/]+');
    return !paths.some((path) => new RegExp(`^${pattern}$`).test(path));
  });
  assert.deepEqual(unseen, []);
});

test('every page kind answers, with one main heading, a table behind every picture and no broken sentence', async () => {
  const page = await open(chromium);
  let seen = 0;
  for (const [kind, path] of Object.entries(KINDS)) {
    const answer = await page.goto(site.origin + path);
    assert.equal(answer.status(), statusOf(kind), `${kind}: ${path}`);
    // A quote in a frame is a part of somebody else's page.
    const headings = kind === 'embedded quote' ? 0 : 1;
    assert.equal(await page.locator('h1').count(), headings, `${kind} has one main heading`);
    const pictures = page.locator('svg.chart:not(.dot), svg.years');
    // The section of a figure may have tables of its own.
    const tables = await pictures.evaluateAll((all) =>
      all.map((svg) => (svg.closest('figure') ?? svg.closest('section'))?.querySelectorAll('table').length ?? 0),
    );
    assert.ok(!tables.includes(0), `${kind} has a table behind every picture`);
    seen += tables.length;
    const said = await page.locator('body').innerText();
    assert.doesNotMatch(said, /NaN|Infinity|[^\d]-\d+ (more|of)|\b1 (documents|codes|passages|entities|labels)\b(?! ?\n)/, kind);
  }
  assert.ok(seen > 0, 'pages have pictures');
  await page.context().close();
});

test('a page that is no more names the release that has it and leads there', async () => {
  const page = await open(chromium);
  await page.goto(site.origin + KINDS.gone);
  assert.match(await page.locator('main').innerText(), /last published in release/);
  await page.locator('main a[href^="/releases/"][href*="/map/"]').first().click();
  await page.waitForURL(/\/releases\/[^/]+\/map\/jurisdictions\//);
  assert.ok((await page.locator('h1').innerText()).includes(site.gone));
  await page.context().close();
});

test('pages of a run of a language model answer, and say whose labels they are', async () => {
  const recorded = site.runs.find((id) => id !== site.runs[0]);
  const other = await demo({ folder: site.folder, keep: true, command: ['serve', '--run', recorded] });
  try {
    const page = await open(chromium, { bypassCSP: true });
    const found = [];
    for (const [kind, path] of Object.entries(KINDS)) {
      const answer = await page.goto(other.origin + path);
      if (kind === 'embedded quote' && answer.status() === 404) continue;
      assert.equal(answer.status(), statusOf(kind), `${kind}: ${path}`);
      // Pages on which this run looks unlike the other; the rest were looked at under that one.
      if (!['document', 'text', 'part of a document', 'gaps', 'code', 'run', 'heat-map'].includes(kind)) continue;
      found.push(...(await seriousFindings(page)).map((finding) => `${kind}: ${finding}`));
    }
    assert.deepEqual(found, []);
    await page.goto(`${other.origin}/documents/sample:1`);
    assert.match(await page.locator('main').innerText(), /a machine’s reading of the text alone and was not reviewed/);
    assert.ok((await page.locator('.label blockquote').count()) > 3, 'labels with their sentences');
    assert.ok((await page.content()).includes(recorded.slice(0, 12)), 'the page names its run');
    await page.goto(`${other.origin}/gaps`);
    assert.match(await page.locator('main').innerText(), /laws of general application are not in this corpus/);
    await page.context().close();
  } finally {
    await other.stop();
  }
});

test('a revoked order opens with a banner that leads to what revoked it', async () => {
  const page = await open(chromium);
  await page.goto(`${site.origin}/documents/sample:4`);
  const banner = page.locator('p.ended').first();
  assert.match(await banner.innerText(), /^Revoked on 2025-02-09\. By /);
  assert.match(await page.locator('.marks').innerText(), /Revoked/);
  await banner.getByRole('link').first().click();
  await page.waitForURL(/\/documents\/sample:5$/);
  assert.match(await page.locator('#related').innerText(), /revokes/i);
  await page.context().close();
});

test('nothing is cut off, scrolls sideways or is too small for a finger at 390 pixels', async () => {
  const page = await open(chromium, { viewport: { width: 390, height: 844 }, bypassCSP: true });
  const found = [];
  for (const [kind, path] of Object.entries(KINDS)) {
    await page.goto(site.origin + path);
    const { inner, full } = await widths(page);
    assert.ok(full <= inner + 1, `${kind} is ${full} pixels wide on a screen of ${inner}`);
    found.push(...(await seriousFindings(page)).map((finding) => `${kind}: ${finding}`));
  }
  assert.deepEqual(found, []);
  await page.context().close();
});

test('the keyboard alone reaches the content and a document', async () => {
  const page = await open(chromium);
  await page.goto(`${site.origin}/documents`);
  await page.keyboard.press('Tab');
  assert.match(await page.evaluate(() => document.activeElement.textContent), /skip/i);
  await page.keyboard.press('Enter');
  for (let press = 0; press < 400; press += 1) {
    await page.keyboard.press('Tab');
    const href = await page.evaluate(() => document.activeElement.getAttribute('href') ?? '');
    if (/^\/documents\/sample:\d+$/.test(href)) break;
  }
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  assert.notEqual(outline, 'none', 'focus is visible');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/documents\/sample:\d+$/);
  await page.context().close();
});

test('every page kind prints without furniture, within the sheet, black on white and with its address', async () => {
  const printed = await demo({ folder: site.folder, keep: true, command: ['serve', '--base-url', PUBLIC] });
  try {
    const page = await open(chromium, { viewport: SHEET });
    await page.emulateMedia({ media: 'print' });
    const found = [];
    for (const [kind, path] of Object.entries(KINDS)) {
      await page.goto(printed.origin + path);
      const faults = await faultsOnPaper(page, SHRUNK[kind]);
      const address = await page.evaluate(() => {
        const at = document.querySelector('.printed');
        return at?.checkVisibility() ? at.textContent : '';
      });
      if (!UNADDRESSED.includes(kind) && !address.startsWith(`${PUBLIC}/`)) faults.push('its address is not printed');
      found.push(...faults.map((fault) => `${kind}: ${fault}`));
    }
    assert.deepEqual(found, []);
    await page.goto(`${printed.origin}/gaps`);
    assert.equal(await page.locator('table.gaps').isVisible(), true, 'what was asked for is on the paper');
    await page.goto(`${printed.origin}/documents/sample:1`);
    assert.equal(await page.locator('h1').first().isVisible(), true);
    assert.match(await page.locator('footer').innerText(), new RegExp(`${PUBLIC}/documents/sample:1$`, 'm'));
    await page.context().close();
  } finally {
    await printed.stop();
  }
});

test('pages load nothing from elsewhere and run no script of others', async () => {
  const page = await open(chromium);
  const elsewhere = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(site.origin) && !request.url().startsWith('data:')) elsewhere.push(request.url());
  });
  for (const path of Object.values(KINDS)) {
    const answer = await page.goto(site.origin + path);
    assert.match(answer.headers()['content-security-policy'] ?? '', /default-src/);
  }
  assert.deepEqual(elsewhere, []);
  await page.context().close();
});
