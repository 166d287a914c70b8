// A published site, opened from its folder without any server.

import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { browser as launch, demo, page as open, run, seriousFindings, widths } from './world.mjs';

let folder;
let root;
let chromium;

before(async () => {
  chromium = await launch();
  folder = await mkdtemp(join(tmpdir(), 'lacuna-published-'));
  const site = await demo({ folder: join(folder, 'data'), keep: true });
  await site.stop();
  await run(['--data', join(folder, 'data'), '--quiet', 'publish', join(folder, 'site')]);
  root = pathToFileURL(join(folder, 'site')).href;
});

after(async () => {
  await chromium?.close();
  await rm(folder, { recursive: true, force: true });
});

test('a folder on the disk is the map: from a risk to the sentence in the text', async () => {
  const page = await open(chromium);
  const failed = [];
  page.on('requestfailed', (request) => {
    // What a page had asked for when the next one was opened is given up, and nothing is wrong with it.
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') failed.push(request.url());
  });
  await page.goto(`${root}/index.html`);
  assert.match(await page.locator('h1').innerText(), /documents/);
  await page.getByRole('link', { name: /7\.4/ }).first().click();
  await page.waitForURL(/(codes|gaps)\/risk\/7\.4\.html/);
  await page.goto(`${root}/codes/risk/7.4.html`);
  await page.locator('main a[href*="documents/sample_"]').first().click();
  await page.waitForURL(/documents\/sample_\d+/);
  assert.ok(await page.locator('h1').isVisible());
  await page.goto(`${root}/documents/sample_1.html`);
  await page.locator('.label .place a').first().click();
  await page.waitForURL(/documents\/sample_1\/text\.html#p-\d+$/);
  assert.ok(await page.locator(new URL(page.url()).hash).isVisible());
  assert.deepEqual(failed, [], 'nothing is asked of a server');
  await page.context().close();
});

test('charts, gaps and domains are in the folder, and their marks lead to the documents', async () => {
  const page = await open(chromium);
  for (const path of ['domains/2.html', 'gaps.html', 'gaps/risk/7.5.html', 'actors.html', 'codes/risk.html', 'data.html']) {
    await page.goto(`${root}/${path}`);
    assert.ok(await page.locator('h1').isVisible(), path);
  }
  await page.goto(`${root}/domains/2.html`);
  const mark = page.locator('svg.chart a[href*="search.html"]').first();
  const count = Number((await mark.getAttribute('aria-label')).match(/: (\d+) document/)[1]);
  await mark.click();
  await page.waitForURL(/search\.html\?/);
  assert.match(await page.locator('#count').innerText(), new RegExp(`^${count} of`), 'as many documents as the mark says');
  await page.context().close();
});

/** What the site's own script says on the open search page for each of these queries, without opening a page for each. */
async function counts(page, queries) {
  const script = await readFile(join(folder, 'site', 'assets', 'search.js'), 'utf8');
  return page.evaluate(([source, all]) => {
    const search = new Function('location', source);
    return all.map((query) => {
      for (const id of ['filters', 'count', 'results']) document.getElementById(id).replaceChildren();
      search({ search: query, hash: '' });
      return document.getElementById('count').textContent;
    });
  }, [script, queries]);
}

test('every number of the published pages leads to as many documents', async () => {
  const page = await open(chromium);
  const numbers = [];
  for (const path of ['index.html', 'gaps.html', 'codes/risk.html', 'codes/actor.html', 'codes/status.html', 'domains/2.html', 'actors.html']) {
    await page.goto(`${root}/${path}`);
    const links = await page.locator('main a[href*="search.html?"]').evaluateAll((found) =>
      found.map((link) => [link.textContent.trim(), link.href]).filter(([text]) => /^\d+$/.test(text)),
    );
    // A year is a name of a list, and no number of documents.
    const counted = links.filter(([number, href]) => ![...new URL(href).searchParams.values()].includes(number));
    numbers.push(...counted.map(([number, href]) => ({ path, number, href })));
  }
  await page.goto(`${root}/search.html`);
  const said = await counts(page, numbers.map(({ href }) => new URL(href).search));
  for (const [at, { path, number, href }] of numbers.entries()) {
    assert.equal(said[at].match(/^(\d+) of/)?.[1], number, `${path} says ${number} for ${href}: ${said[at]}`);
  }
  // Of each kind of list one is opened as a reader opens it.
  const names = ({ href }) => [...new Set(new URL(href).searchParams.keys())].sort().join(' ');
  const kinds = new Map(numbers.map((one) => [names(one), one]));
  for (const { number, href } of kinds.values()) {
    await page.goto(href);
    assert.match(await page.locator('#count').innerText(), new RegExp(`^${number} of`), href);
  }
  const named = new Set([...kinds.keys()].flatMap((kind) => kind.split(' ')));
  for (const name of ['binding', 'standing', 'risk', 'actor', 'form', 'coded']) assert.ok(named.has(name), `${name} among ${[...named]}`);
  await page.goto(`${root}/search.html?risk=7.4&jurisdiction=Atlantis`);
  assert.match(await page.locator('#count').innerText(), /^This published site has no list for jurisdiction Atlantis/);
  assert.equal(await page.locator('#results li').count(), 0, 'no list rather than another one');
  await page.context().close();
});

/** Names on every page of a list, in order, and what the list says that it holds. */
async function leafed(page, query) {
  await page.goto(`${root}/search.html?${query}`);
  const names = [];
  for (;;) {
    const links = page.locator('#results li > a');
    names.push(...(await links.evaluateAll((found) => found.map((link) => [link.getAttribute('href'), link.textContent]))));
    const next = page.locator('#pages').getByRole('link', { name: 'Next' });
    if ((await next.count()) === 0) break;
    await page.goto(await next.evaluate((link) => link.href));
  }
  const said = Number((await page.locator('#count').innerText()).match(/^(\d+) of/)[1]);
  return { names, said };
}

test('every document is on one of the pages, and pages keep the order and the filters', async () => {
  const page = await open(chromium);
  const { names, said } = await leafed(page, 'per=5');
  assert.ok(said > 5, 'more than one page');
  assert.equal(names.length, said);
  assert.equal(new Set(names.map(([href]) => href)).size, said, 'no document twice');
  const byTitle = (await leafed(page, 'sort=title&per=5')).names.map(([, title]) => title.toLowerCase());
  assert.deepEqual(byTitle, [...byTitle].sort(), 'titles in order over all pages');
  const ids = await leafed(page, 'sort=id&per=5');
  assert.deepEqual(new Set(ids.names.map(([href]) => href)), new Set(names.map(([href]) => href)));
  const risky = await leafed(page, 'risk=7.4&per=2');
  assert.equal(risky.names.length, risky.said);
  assert.ok(risky.said < said, 'the filter holds on every page');
  await page.goto(`${root}/documents.html`);
  const orders = await page.locator('a[href*="sort="]').evaluateAll((found) => found.map((link) => [link.href, link.innerText]));
  assert.ok(orders.length > 2, `only ${orders.length} orders`);
  for (const [href, name] of orders) {
    await page.goto(href);
    assert.equal(await page.locator('#sorts [aria-current]').innerText(), name);
  }
  await page.context().close();
});

test('years and days of the forms hold in the folder', async () => {
  const page = await open(chromium);
  await page.goto(`${root}/search.html`);
  const all = await page.evaluate(() => window.lacunaDocuments.documents.map(({ year }) => year));
  const years = all.filter((year) => year !== null).sort();
  const [from, to] = [years[0], years[Math.floor(years.length / 2)]];
  const within = all.filter((year) => year !== null && from <= year && year <= to).length;
  const adopted = await page.evaluate(() => window.lacunaDocuments.days.adopted.on);
  const days = Object.keys(adopted);
  const until = days[Math.floor(days.length / 2)];
  const by = new Set(days.filter((day) => day <= until).flatMap((day) => adopted[day])).size;
  const asked = [
    [`from=${from}&to=${to}`, within],
    [`year=${from}-${to}`, within],
    [`year=${from}..${to}`, within],
    ['year=(none)', all.length - years.length],
    [`date=adopted&date_from=&date_until=${until}&date=&date_from=&date_until=`, by],
    [`adopted=..${until}`, by],
    [`date=adopted&date_until=${until}&date=introduced&date_until=0001`, 0],
  ];
  const said = await counts(page, asked.map(([query]) => `?${query}`));
  for (const [at, [query, count]] of asked.entries()) assert.match(said[at], new RegExp(`^${count} of`), query);
  for (const wrong of ['adopted=2024-02-30', 'adopted=2025..2024', 'year=24', 'date=q&date_from=2024', 'sort=best']) {
    assert.match((await counts(page, [`?${wrong}`]))[0], /^This published site has no list for/, wrong);
  }
  await page.goto(`${root}/search.html?from=${from}&to=${to}`);
  assert.equal(await page.locator('#filters a').count(), 1, 'one condition on years');
  await page.locator('#filters a').click();
  await page.waitForFunction(() => document.querySelectorAll('#filters a').length === 0);
  assert.match(await page.locator('#count').innerText(), new RegExp(`^${all.length} of`));
  await page.context().close();
});

test('the search of the folder finds names, codes and quotes, filters, and says what it did not search', async () => {
  const page = await open(chromium);
  await page.goto(`${root}/search.html`);
  const all = Number((await page.locator('#count').innerText()).match(/^(\d+) of/)[1]);
  await page.fill('#q', 'revokes order');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.waitForURL(/q=revokes/);
  const some = Number((await page.locator('#count').innerText()).match(/^(\d+) of/)[1]);
  assert.ok(some > 0 && some < all, `${some} of ${all}`);
  assert.match(await page.locator('#results').innerText(), /Executive Order/);
  await page.goto(`${root}/search.html?risk=7.4&form=hard_law`);
  assert.equal(await page.locator('#filters a').count(), 2);
  await page.fill('#q', 'audit');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.waitForURL(/q=audit/);
  assert.equal(await page.locator('#filters a').count(), 2, 'other words are searched for among the same documents');
  await page.goto(`${root}/search.html?risk=7.4&form=hard_law`);
  const narrow = Number((await page.locator('#count').innerText()).match(/^(\d+) of/)[1]);
  await page.locator('#filters a').first().click();
  await page.waitForFunction(() => document.querySelectorAll('#filters a').length === 1);
  const wider = Number((await page.locator('#count').innerText()).match(/^(\d+) of/)[1]);
  assert.ok(wider >= narrow);
  await page.goto(`${root}/search.html?q=zzzzunheardof`);
  assert.match(await page.locator('#count').innerText(), /^Nothing among these \d+ documents: names, summaries, codes and quotes were searched/);
  await page.goto(`${root}/search.html?q=${encodeURIComponent('<img src=x onerror=alert(1)>')}`);
  assert.equal(await page.locator('#results img').count(), 0, 'words stay words');
  await page.context().close();
});

/** As the search compares words. */
const fold = (text) => text.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase();

test('a word of one summary finds one document, and the name of a code those that speak to it', async () => {
  const page = await open(chromium);
  await page.goto(`${root}/search.html`);
  const searched = await page.evaluate(() =>
    window.lacunaDocuments.documents.map(({ id, href, title, official, codes }) => {
      return { id, href, codes, words: [id, title, official, ...codes, ...(window.lacunaQuotes[id] ?? [])] };
    }),
  );
  const read = (name) => readFile(join(folder, 'site', name), 'utf8');
  const has = ({ words }, word) => words.some((text) => fold(text).includes(word));
  const hrefs = (documents) => documents.map(({ href }) => href).sort();
  const found = async (words) => (await leafed(page, new URLSearchParams({ q: words }))).names.map(([href]) => href).sort();

  const summary = (html) =>
    [...new DOMParser().parseFromString(html, 'text/html').querySelectorAll('#summary p[dir]')].map((p) => p.textContent);
  const summaries = [];
  for (const { id, href } of searched) summaries.push([id, await page.evaluate(summary, await read(href))]);
  const rare = summaries.flatMap(([id, own]) => {
    const others = searched.map((doc) => (doc.id === id ? { words: doc.words.filter((text) => !own.includes(text)) } : doc));
    const words = own.flatMap((text) => fold(text).match(/[a-z]{6,}/g) ?? []);
    return words.filter((word) => !others.some((doc) => has(doc, word))).map((word) => ({ id, word }));
  });
  assert.ok(rare.length > 0, 'a word stands in one summary alone');
  assert.deepEqual(await found(rare[0].word), hrefs(searched.filter(({ id }) => id === rare[0].id)), rare[0].word);

  const labels = (await read('judgements.jsonl')).trim().split('\n').map((line) => JSON.parse(line));
  const speaking = (code) => labels.filter((label) => label.dimension === 'risk' && label.code === code && label.value > 1);
  const codes = [...new Set(searched.flatMap((doc) => doc.codes))].map((code) => {
    const [id, ...name] = code.split(' ');
    const speak = new Set(speaking(id).map(({ document }) => document));
    // That the document has the code itself is no excuse: it should not.
    const besides = (doc) => ({ words: doc.words.filter((text) => text !== code) });
    const every = (doc) => fold(name.join(' ')).split(' ').every((word) => has(besides(doc), word));
    return { name: name.join(' '), speak, strays: searched.filter((doc) => !speak.has(doc.id) && every(doc)) };
  });
  // Others may have all its words in their quotes and other codes.
  const named = codes.find(({ speak, strays }) => speak.size > 0 && strays.length === 0 && speak.size < searched.length);
  assert.ok(named, 'a code whose name no other document says');
  assert.deepEqual(await found(named.name), hrefs(searched.filter(({ id }) => named.speak.has(id))), named.name);
  await page.context().close();
});

test('facets narrow the list, and each says how long the list behind it is', async () => {
  const page = await open(chromium);
  for (const query of ['', '?form=hard_law', '?q=audit&risk=7.4']) {
    await page.goto(`${root}/search.html${query}`);
    const offers = await page.locator('#facets a:not([aria-current])').evaluateAll((found) =>
      found.map((link) => [link.querySelector('.n').textContent, new URL(link.href).search]),
    );
    assert.ok(offers.length > 5, `${offers.length} offers for ${query}`);
    const said = await counts(page, offers.map(([, search]) => search));
    for (const [at, [number, search]] of offers.entries()) {
      assert.equal(said[at].match(/^(\d+) of/)?.[1], number, `${search}: ${said[at]}`);
    }
  }
  await page.goto(`${root}/search.html`);
  const names = await page.locator('#facets > details > summary').allInnerTexts();
  for (const name of ['Jurisdiction', 'Authority', 'Enactment']) assert.ok(names.includes(name), `${name} among ${names}`);
  await page.getByText('Jurisdiction', { exact: true }).click();
  const choice = page.locator('#facets details[open] a').first();
  const count = await choice.locator('.n').innerText();
  await choice.click();
  await page.waitForURL(/jurisdiction=/);
  assert.match(await page.locator('#count').innerText(), new RegExp(`^${count} of`));
  assert.equal(await page.locator('#filters a').count(), 1);
  await page.locator('#facets a[aria-current]').click();
  await page.waitForFunction(() => document.querySelectorAll('#filters a').length === 0);
  await page.context().close();
});

/** What file servers say that a file is. */
const TYPES = { html: 'text/html', css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml', json: 'application/json', csv: 'text/csv' };

/** The folder behind an HTTP server of files, below a path of a larger site. */
async function fileServer(below) {
  const missing = [];
  const server = createServer(async (request, answer) => {
    const path = decodeURIComponent(new URL(request.url, 'http://x').pathname);
    const name = path.startsWith(below) ? path.slice(below.length) || 'index.html' : '';
    const body = name && (await readFile(join(folder, 'site', name)).catch(() => null));
    if (!body) missing.push(path);
    answer.writeHead(body ? 200 : 404, { 'content-type': TYPES[name.split('.').pop()] ?? 'application/octet-stream' });
    answer.end(body || 'nothing here');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { origin: `http://127.0.0.1:${server.address().port}${below}`, missing, stop: () => server.close() };
}

test('a file server below a path of a larger site shows the same map', async () => {
  const served = await fileServer('/maps/ai/');
  const page = await open(chromium);
  try {
    await page.goto(served.origin);
    assert.match(await page.locator('h1').innerText(), /documents/);
    await page.locator('main a[href*="7.4"]').first().click();
    await page.waitForURL(/7\.4/);
    await page.goto(`${served.origin}codes/risk/7.4.html`);
    await page.locator('main a[href*="documents/sample_"]').first().click();
    await page.waitForURL(/\/maps\/ai\/documents\/sample_/);
    await page.goto(`${served.origin}documents/sample_1.html`);
    await page.locator('.label .place a').first().click();
    await page.waitForURL(/\/maps\/ai\/documents\/sample_1\/text\.html#p-\d+$/);
    assert.ok(await page.locator(new URL(page.url()).hash).isVisible());
    await page.goto(`${served.origin}search.html?q=audit`);
    assert.match(await page.locator('#count').innerText(), /^\d+ of/);
    await page.locator('#results a').first().click();
    await page.waitForURL(/\/maps\/ai\/documents\/sample_/);
    for (const [kind, path] of await kinds()) {
      await page.goto(served.origin + path);
      assert.ok((await page.locator('h1').count()) > 0, kind);
    }
    const own = served.missing.filter((path) => path !== '/favicon.ico');
    assert.deepEqual(own, [], 'nothing is asked for that is not there');
  } finally {
    served.stop();
    await page.context().close();
  }
});

test('downloads lie beside the pages', async () => {
  const page = await open(chromium);
  await page.goto(`${root}/data.html`);
  const links = await page.locator('main a[href$=".csv"], main a[href$=".xlsx"], main a[href$=".parquet"]').evaluateAll(
    (found) => found.map((link) => link.getAttribute('href')),
  );
  assert.ok(links.includes('documents.csv') && links.includes('documents.parquet'), links.join(' '));
  await page.context().close();
});

/** What kind of page a file holds: folders and files with a fixed name count, names of codes, places and documents do not. */
function kindOf(file) {
  const [first, ...rest] = file.replace(/\.html$/, '').split('/');
  const fixed = (part, at) => part === 'text' || (first === 'codes' && at === 0) ? part : '*';
  const query = file.includes('_3f_') ? '?' : '';
  return [first.split('_3f_')[0], ...rest.map(fixed)].join('/') + query;
}

/** The first page of each kind that was published. */
async function kinds() {
  const files = (await readdir(join(folder, 'site'), { recursive: true })).filter((file) => file.endsWith('.html')).sort();
  return new Map(files.reverse().map((file) => [kindOf(file), file]));
}

test('published pages of every kind have no serious accessibility finding and fit a phone', async () => {
  const paths = await kinds();
  for (const kind of ['index', 'documents', 'documents/*', 'documents/*/text', 'codes/risk/*', 'jurisdictions/*', 'gaps/*/*?']) {
    assert.ok(paths.has(kind), `${kind} among ${[...paths.keys()]}`);
  }
  paths.set('search with words', 'search.html?q=audit');
  const found = [];
  for (const options of [{ colorScheme: 'light' }, { colorScheme: 'dark', viewport: { width: 390, height: 844 } }]) {
    const page = await open(chromium, options);
    for (const [kind, path] of paths) {
      await page.goto(`${root}/${path}`);
      const { inner, full } = await widths(page);
      if (full > inner + 1) found.push(`${kind} (${path}) is ${full} pixels wide on a screen of ${inner}`);
      found.push(...(await seriousFindings(page)).map((finding) => `${kind} (${path}): ${finding}`));
    }
    await page.context().close();
  }
  assert.deepEqual(found, []);
});
