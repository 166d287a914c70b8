// Pages at their fullest: charts of more than can be drawn, long names, words that are read from the right.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ARABIC, crowd, LONG_NAME, LONG_WORD } from './crowd.mjs';
import { browser as launch, page as open, SCHEMES, seriousFindings, widths } from './world.mjs';

/** A telephone and a desk. */
const SCREENS = [390, 1280];

/** More than a page can draw: every risk by every office, once for each year. */
const EVERYTHING = 'rows=risk&columns=authority&stack=year';

let site;
let chromium;

before(async () => {
  [site, chromium] = await Promise.all([crowd(), launch()]);
});

after(async () => {
  await chromium?.close();
  await site?.stop();
});

const json = async (path) => (await fetch(site.origin + path)).json();

test('a chart of more than can be drawn says what it leaves out, weighs little, and its files are whole', async (t) => {
  const page = await open(chromium);
  const answer = await page.goto(`${site.origin}/explore?${EVERYTHING}`);
  assert.equal(answer.status(), 200);
  const { responseBodySize } = await answer.request().sizes();
  const plain = (await answer.body()).length;
  t.diagnostic(`${responseBodySize} bytes are sent, ${plain} are read`);
  assert.ok(responseBodySize < 2_000_000, `${responseBodySize} bytes are sent`);
  assert.ok(plain < 4_000_000, `${plain} bytes are read`);

  const { rows, columns, panels } = (await json(`/explore.json?${EVERYTHING}`)).figure.table;
  assert.ok(columns.length > 60 && panels.length === 20, `${columns.length} offices, ${panels.length} years`);
  const said = await page.locator('figure figcaption').innerText();
  const drawn = await page.locator('.multiples svg.chart').count();
  assert.ok(drawn > 1 && drawn <= 12, `${drawn} pictures`);
  assert.match(said, /\d+ more columns of “Authority” are not drawn; choose some by a filter/);
  assert.match(said, new RegExp(`${panels.length - 12} more values of “Year” are not drawn`));
  assert.match(said, /All are in the CSV and the JSON/);

  const href = await page.locator('link[rel="alternate"][type="text/csv"]').getAttribute('href');
  const lines = (await (await fetch(site.origin + href)).text()).trim().split(/\r?\n/);
  assert.equal(lines.length - 1, rows.length * columns.length * panels.length, 'a line for every cell');

  // An office that no picture shows: the list behind one of its cells is as long as the files say.
  const heads = (await page.locator('svg.chart text > title').allTextContents()).map((head) => head.replace(/ \(\d+\)$/, ''));
  const undrawn = columns.findIndex(({ label }) => !heads.includes(label));
  assert.ok(undrawn > 0, 'some offices are not drawn');
  const cells = panels.flatMap(({ line, cells: table }) =>
    table.flatMap((counts, row) => counts.map(({ count }, column) => ({ year: line.label, row, column, count }))),
  );
  const cell = cells.find(({ column, count }) => column >= undrawn && count > 0);
  assert.ok(cell, 'an office that is not drawn has a document with a risk');
  const [risk] = rows[cell.row].label.split(' ');
  const query = new URLSearchParams({ risk, authority: columns[cell.column].label, year: cell.year });
  assert.equal((await json(`/documents.json?${query}`)).total, cell.count, `${query}`);
  await page.context().close();
});

/** Words of the pictures that lie on one another or are cut off at a side, one line each. */
async function faultsOfLabels(page) {
  return page.evaluate(() => {
    const faults = [];
    for (const picture of document.querySelectorAll('svg.chart:not(.dot)')) {
      const frame = picture.getBoundingClientRect();
      // Boxes in the direction of their words: heads of columns stand aslant.
      const boxes = [...picture.querySelectorAll('text')].map((at) => {
        const { x, y, width, height } = at.getBBox();
        const { a, b, c, d, e, f } = at.getScreenCTM();
        const angle = Math.atan2(b, a);
        const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
        const corners = [[x, y], [x + width, y], [x, y + height], [x + width, y + height]];
        const screen = corners.map(([u, v]) => [a * u + c * v + e, b * u + d * v + f]);
        const along = screen.map(([u, v]) => u * cos + v * sin);
        const across = screen.map(([u, v]) => v * cos - u * sin);
        const xs = screen.map(([u]) => u);
        return {
          words: at.firstChild?.textContent ?? '',
          angle: angle.toFixed(2),
          from: Math.min(...along),
          to: Math.max(...along),
          top: Math.min(...across),
          bottom: Math.max(...across),
          inside: Math.min(...xs) >= frame.left - 2 && Math.max(...xs) <= frame.right + 2,
        };
      });
      for (const [at, one] of boxes.entries()) {
        if (!one.inside) faults.push(`“${one.words}” is cut off`);
        for (const other of boxes.slice(at + 1)) {
          if (one.angle !== other.angle) continue;
          const beside = Math.min(one.to, other.to) - Math.max(one.from, other.from);
          const below = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
          if (beside > 1 && below > 1) faults.push(`“${one.words}” lies on “${other.words}”`);
        }
      }
    }
    return faults.slice(0, 5);
  });
}

test('a heat-map of 24 by 50 and other full pictures keep their words apart on any screen', async () => {
  for (const width of SCREENS) {
    const page = await open(chromium, { viewport: { width, height: 900 } });
    for (const query of [
      'rows=risk&columns=jurisdiction',
      'rows=jurisdiction&columns=risk',
      'rows=jurisdiction&columns=form&chart=bars',
      'rows=year&columns=form&chart=timeline',
    ]) {
      await page.goto(`${site.origin}/explore?${query}`);
      assert.deepEqual(await faultsOfLabels(page), [], `${query} at ${width}`);
      const { inner, full } = await widths(page);
      assert.ok(full <= inner + 1, `${query} is ${full} pixels wide on a screen of ${inner}`);
    }
    await page.goto(`${site.origin}/explore?rows=risk&columns=jurisdiction`);
    assert.equal(await page.locator('svg.chart a[href]').count(), 24 * 50, 'every cell leads to its documents');
    assert.match(await page.locator('figure figcaption').innerText(), /2 more columns stand in the table and the files/);
    await page.context().close();
  }
});

test('long names and words of 80 letters make no page scroll sideways', async () => {
  assert.deepEqual([LONG_WORD.length, LONG_NAME.length], [80, 200]);
  const paths = [
    '/',
    '/documents?per=200',
    `/documents?jurisdiction=${LONG_WORD}`,
    '/documents?q=ordinance&per=200',
    '/documents/tide:long-1',
    '/documents/tide:long-2',
    '/documents/tide:long-1/text',
    '/jurisdictions',
    `/jurisdictions/${LONG_WORD}`,
    '/authorities',
    `/gaps?jurisdiction=${LONG_WORD}`,
    '/explore?rows=risk&columns=jurisdiction&chart=bars',
    '/compare?ids=tide:long-1,tide:long-2',
    '/compare/with-corpus?id=tide:long-1',
  ];
  const found = [];
  for (const width of SCREENS) {
    const page = await open(chromium, { viewport: { width, height: 900 } });
    for (const path of paths) {
      const answer = await page.goto(site.origin + path);
      assert.equal(answer.status(), 200, path);
      const { inner, full } = await widths(page);
      if (full > inner + 1) found.push(`${path} is ${full} pixels wide on a screen of ${inner}`);
    }
    await page.goto(`${site.origin}/documents/tide:long-2`);
    assert.equal(await page.locator('h1').innerText(), LONG_NAME, 'a title is not cut');
    await page.context().close();
  }
  assert.deepEqual(found, []);
});

test('names and quotes that are read from the right stand so', async () => {
  for (const width of SCREENS) {
    const page = await open(chromium, { viewport: { width, height: 900 } });
    const directed = async (found) => {
      const at = await found.evaluate((at) => ({ dir: at.dir, direction: getComputedStyle(at).direction }));
      assert.ok(['auto', 'rtl'].includes(at.dir), `dir is ${at.dir}`);
      assert.equal(at.direction, 'rtl');
    };
    await page.goto(`${site.origin}/documents/tide:right`);
    assert.equal(await page.locator('h1').innerText(), ARABIC);
    await directed(page.locator('h1'));
    const quote = page.locator('.quotes blockquote').filter({ hasText: 'algorithmic discrimination' }).first();
    assert.match(await quote.innerText(), /^\S?[\u0600-\u06ff]/, 'it begins with Arabic letters');
    await directed(quote);
    const bars = await quote.evaluate((at) => {
      const { borderLeftWidth, borderRightWidth } = getComputedStyle(at.closest('li'));
      return [borderLeftWidth, borderRightWidth];
    });
    assert.deepEqual(bars, ['0px', '3px'], 'its bar stands where reading begins');
    await page.goto(`${site.origin}/documents/tide:right/text`);
    await directed(page.locator('.text .p').filter({ hasText: 'المادة الثانية' }).first());
    const { inner, full } = await widths(page);
    assert.ok(full <= inner + 1, `the text is ${full} pixels wide on a screen of ${inner}`);
    await page.goto(`${site.origin}/documents?q=id:tide:right`);
    await directed(page.locator('.results h2').first());
    await page.goto(`${site.origin}/compare?ids=tide:right,tide:1`);
    await directed(page.locator('main blockquote').filter({ hasText: 'algorithmic discrimination' }).first());
    // Of environmental harm this law alone speaks, so that its quote is the best of the code.
    await page.goto(`${site.origin}/codes/risk/6.6`);
    await directed(page.locator('.quotes blockquote').filter({ hasText: 'energy consumption' }).first());
    await directed(page.locator('.quotes .place a').filter({ hasText: ARABIC }).first());
    assert.ok((await widths(page)).full <= width + 1, 'a code page with its quote is no wider than the screen');
    // A quote in a frame of somebody else's page, with the name of its document below.
    await page.goto(`${site.origin}/documents/tide:right`);
    const place = await page.locator('.label .place a').first().getAttribute('href');
    const label = new URL(place, site.origin).searchParams.get('code');
    const answer = await page.goto(`${site.origin}/embed/documents/tide:right/${label}`);
    assert.equal(answer.status(), 200, label);
    await directed(page.locator('blockquote'));
    await directed(page.getByRole('link', { name: ARABIC }));
    await page.context().close();
  }
});

for (const scheme of SCHEMES) {
  test(`no serious accessibility finding on the fullest pages, ${scheme}`, async () => {
    const page = await open(chromium, { colorScheme: scheme, bypassCSP: true });
    const found = [];
    for (const path of [
      '/',
      '/documents?per=200',
      '/documents/tide:long-1',
      '/documents/tide:right',
      '/documents/tide:right/text',
      '/authorities',
      '/jurisdictions',
      '/gaps',
      '/explore?rows=risk&columns=jurisdiction',
      `/explore?${EVERYTHING}`,
      '/compare?ids=tide:right,tide:1,tide:long-1',
    ]) {
      await page.goto(site.origin + path);
      found.push(...(await seriousFindings(page)).map((finding) => `${path}: ${finding}`));
    }
    assert.deepEqual(found, []);
    await page.context().close();
  });
}
