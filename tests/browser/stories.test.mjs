// Stories that a browser walks through the demo.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { browser as launch, demo, page as open, seriousFindings } from './world.mjs';

/** One address of every page kind. */
const KINDS = {
  overview: '/',
  documents: '/documents',
  'filtered documents': '/documents?risk=7.4&sort=newest',
  'no document': '/documents?q=zzzzunheardof',
  document: '/documents/sample:1',
  'document with versions': '/documents/sample:3',
  'document in Chinese': '/documents/sample:21',
  text: '/documents/sample:1/text?code=risk/7.2',
  gaps: '/gaps',
  'gaps of a small set': '/gaps?risk=7.4&on=2020-01-01',
  absence: '/gaps/risk/7.5',
  'heat-map': '/explore?rows=risk&columns=sector',
  bars: '/explore?rows=risk&columns=form&chart=bars&level=good',
  multiples: '/explore?rows=risk&columns=jurisdiction&chart=multiples',
  timeline: '/explore?rows=year&columns=enactment&chart=timeline',
  crosstab: '/explore?rows=jurisdiction&columns=risk&chart=table',
  domains: '/domains',
  domain: '/domains/2',
  jurisdictions: '/jurisdictions',
  actors: '/actors',
  entities: '/actors/entities',
  comparison: '/compare?ids=sample:1,sample:2,sample:3',
  'beside the corpus': '/compare/with-corpus?id=sample:1',
  versions: '/compare?ids=sample:3&v=1,2',
  codes: '/codes',
  dimension: '/codes/risk',
  code: '/codes/risk/7.4',
  runs: '/runs',
  about: '/about',
  docs: '/docs',
  api: '/api',
  'not found': '/documents/sample:none',
};

let site;
let chromium;

before(async () => {
  [site, chromium] = await Promise.all([demo(), launch()]);
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

for (const scheme of ['light', 'dark']) {
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

test('nothing is cut off or scrolls sideways at 390 pixels', async () => {
  const page = await open(chromium, { viewport: { width: 390, height: 844 } });
  for (const [kind, path] of Object.entries(KINDS)) {
    await page.goto(site.origin + path);
    const [inner, full] = await page.evaluate(() => [window.innerWidth, document.documentElement.scrollWidth]);
    assert.ok(full <= inner + 1, `${kind} is ${full} pixels wide on a screen of ${inner}`);
  }
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

test('a printed document leaves the site furniture out', async () => {
  const page = await open(chromium);
  await page.goto(`${site.origin}/documents/sample:1`);
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.locator('header.site nav').isVisible(), false);
  assert.equal(await page.locator('h1').first().isVisible(), true);
  await page.context().close();
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
