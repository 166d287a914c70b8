// Stories of those who use the map: a researcher, a drafter.

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { docx } from './docx.mjs';
import { browser as launch, demo, draftDesk, drop, page as open, SCHEMES, seriousFindings, widths } from './world.mjs';

let site;
let chromium;

before(async () => {
  [site, chromium] = await Promise.all([demo(), launch()]);
});

after(async () => {
  await chromium?.close();
  await site?.stop();
});

/** From the overview to the widest gap, its audit, and the rows behind a number. */
async function findTheGap(page) {
  await page.goto(site.origin);
  await page.getByRole('link', { name: 'What no binding document covers well' }).click();
  await page.waitForURL(/\/gaps/);
  assert.match(await page.locator('main').innerText(), /laws of general application are not in this corpus/);
  const code = page.locator('table.gaps tbody th[scope="row"] a').first();
  const name = (await code.innerText()).replace(/^[\d.]+\s*/, '').trim();
  await code.click();
  await page.waitForURL(/\/gaps\/risk\//);
  assert.ok((await page.locator('h1').innerText()).includes(name.slice(0, 12)), `the audit is about ${name}`);
  assert.match(await page.locator('main').innerText(), /What was looked for/);
  await page.goBack();
  const number = page.locator('table.gaps td a[href^="/documents?"]').first();
  const count = Number(await number.innerText());
  await number.click();
  await page.waitForURL(/\/documents\?/);
  assert.match(await page.locator('#count').innerText(), new RegExp(`^${count} of`), 'the list is as long as the number');
  const saved = await savedRows(page, () => csvLink(page).click());
  assert.equal(saved, count, 'the saved file holds the rows behind the number');
}

/** The link by which a reader takes the list away. */
const csvLink = (page) => page.locator('main').getByRole('link', { name: 'CSV', exact: true });

/** Rows of the CSV file that the browser saves when `act` asks for it; a cell may hold line breaks. */
async function savedRows(page, act) {
  const [download] = await Promise.all([page.waitForEvent('download'), act()]);
  assert.match(download.suggestedFilename(), /\.csv$/);
  const csv = await readFile(await download.path(), 'utf8');
  const bare = csv.replace(/"(?:[^"]|"")*"/g, '');
  return bare.trim().split(/\r?\n/).length - 1;
}

test('a researcher finds the gap and downloads the rows behind it', async () => {
  const page = await open(chromium);
  await findTheGap(page);
  await page.context().close();
});

test('a reader without JavaScript does the first again', async () => {
  const page = await open(chromium, { javaScriptEnabled: false });
  await findTheGap(page);
  await page.context().close();
});

/** Presses Tab until what has the focus fits, and follows it with Enter. */
async function followByKeyboard(page, fits, what) {
  for (let press = 0; press < 600; press += 1) {
    await page.keyboard.press('Tab');
    const found = await page.evaluate(() => {
      const at = document.activeElement;
      const style = getComputedStyle(at);
      const seen = style.outlineStyle !== 'none' || style.boxShadow !== 'none';
      return { href: at.getAttribute('href') ?? '', words: at.textContent.trim(), seen };
    });
    if (fits(found)) {
      assert.ok(found.seen, `the focus on ${what} is visible`);
      await page.keyboard.press('Enter');
      await page.waitForLoadState();
      return found;
    }
  }
  throw new Error(`the keyboard does not reach ${what}`);
}

test('the keyboard alone finds the gap, its audit and the documents behind a number', async () => {
  const page = await open(chromium);
  await page.goto(site.origin);
  await followByKeyboard(page, ({ words }) => words === 'What no binding document covers well', 'the gaps');
  await page.waitForURL(/\/gaps/);
  await followByKeyboard(page, ({ href }) => href.startsWith('/gaps/risk/'), 'an audit');
  await page.waitForURL(/\/gaps\/risk\//);
  assert.match(await page.locator('main').innerText(), /What was looked for/);
  await page.goBack();
  await page.waitForURL(/\/gaps($|\?)/);
  const { words } = await followByKeyboard(
    page,
    ({ href, words: said }) => href.startsWith('/documents?') && /^\d+$/.test(said),
    'a number',
  );
  await page.waitForURL(/\/documents\?/);
  assert.match(await page.locator('#count').innerText(), new RegExp(`^${words} of`));
  const saved = await savedRows(page, () => followByKeyboard(page, ({ words: said }) => said === 'CSV', 'the file of the list'));
  assert.equal(saved, Number(words), 'the keyboard alone saves the rows behind the number');
  await page.context().close();
});

test('a journalist puts a chart and a quote into a page of their own', async () => {
  const page = await open(chromium);
  await page.goto(`${site.origin}/explore?rows=risk&columns=form&chart=bars`);
  await page.getByText('Put this chart into a page of your own').click();
  const code = (await page.locator('details.behind[open] code').innerText()).trim();
  const path = code.match(/src="([^"]+)"/)[1];
  const label = (await (await fetch(`${site.origin}/documents/sample:1`)).text()).match(/\/text\?code=(risk\/[\d.]+)/)[1];
  const paper = createServer((_, answer) => {
    answer.setHeader('content-type', 'text/html');
    answer.end(
      `<!doctype html><title>Article</title><h1>Article</h1>
       ${code.replace(path, new URL(path, site.origin))}
       <iframe id="quote" src="${site.origin}/embed/documents/sample:1/${label}"></iframe>
       <iframe id="whole" src="${site.origin}/documents/sample:1"></iframe>`,
    );
  });
  await new Promise((resolve) => paper.listen(0, '127.0.0.1', resolve));
  try {
    await page.goto(`http://localhost:${paper.address().port}/`);
    const chart = page.frameLocator('iframe').first();
    assert.match(await chart.locator('h1').innerText(), /Risk coverage by/);
    assert.ok((await chart.locator('svg.chart a').count()) > 10, 'the chart is drawn, its marks are links');
    assert.match(await chart.locator('body').innerText(), /as of 20/);
    const quote = page.frameLocator('#quote');
    assert.ok((await quote.locator('blockquote').innerText()).length > 20);
    const addresses = page.frames().map((frame) => frame.url());
    assert.ok(addresses.some((url) => url.startsWith('chrome-error:')), `other pages cannot be put into a frame: ${addresses}`);
    await quote.getByRole('link', { name: /Read it in the text/ }).click();
    await page.waitForURL(/\/documents\/sample:1\/text\?code=/);
    assert.ok(await page.locator('mark').first().isVisible(), 'the source is one click away');
  } finally {
    paper.close();
    await page.context().close();
  }
});

test('a mark of a chart is a link that the keyboard reaches, and leads to as many documents', async () => {
  const page = await open(chromium);
  await page.goto(`${site.origin}/explore?rows=risk&columns=form&chart=bars`);
  const mark = page.locator('svg.chart a[href^="/documents?"]').first();
  const said = await mark.getAttribute('aria-label');
  const count = Number(said.match(/: (\d+) documents/)[1]);
  await page.locator('main .presets a').last().focus();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), said);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/documents\?/);
  assert.match(await page.locator('#count').innerText(), new RegExp(`^${count} of`));
  await page.context().close();
});

test('a downloaded picture carries title, set, day and source', async () => {
  const answer = await fetch(`${site.origin}/explore.svg?rows=risk&columns=form&chart=bars&level=good`);
  assert.equal(answer.headers.get('content-type'), 'image/svg+xml');
  const svg = await answer.text();
  for (const part of ['<title>', 'All documents', 'as of 20', 'Source: ', 'highest level']) {
    assert.ok(svg.includes(part), part);
  }
});

test('a set is chosen by a form, stays in the address and is dropped by one click', async () => {
  const page = await open(chromium);
  await page.goto(`${site.origin}/gaps`);
  await page.getByText('Choose documents').click();
  const select = page.locator('.setgrid select[name="jurisdiction"]');
  const value = await select.locator('option').nth(1).getAttribute('value');
  await select.selectOption(value);
  await page.locator('.setgrid button').click();
  await page.waitForURL(/jurisdiction=/);
  assert.equal(new URL(page.url()).searchParams.get('jurisdiction'), value);
  await page.locator('.set a.chip').first().click();
  await page.waitForURL((url) => !url.searchParams.has('jurisdiction'));
  await page.context().close();
});

const DRAFT = `DRAFT ACT ON ORCHARD ROBOTS

SECTION 1. DEFINITIONS.

(a) "Orchard robot" means an artificial intelligence system that harvests fruit.

(b) "Deployer" means a person that uses an orchard robot.

SECTION 2. DUTIES.

(a) A deployer of an artificial intelligence system shall test the system for security vulnerabilities and attacks before use and every 90 days after, and shall keep a record of each test.

(b) A deployer shall tell each worker that an artificial intelligence system decides about their shifts, and shall explain the decision on request within 10 days.

(c) A deployer shall not use an artificial intelligence system that discriminates unlawfully against workers.

SECTION 3. ENFORCEMENT.

المادة ٣. على كل مشغل أن يحتفظ بسجلات اختبارات النظام.

The Orchard Office may fine a deployer that violates this Act up to $50,000.
`;

/** A draft as word processors keep it. */
const ORDINANCE = [
  'DRAFT ORDINANCE ON FERRY PILOTS (FICTION)',
  'SECTION 1. DUTIES.',
  '(a) "Ferry pilot" means an artificial intelligence system that steers a ferry.',
  '(b) An operator of an artificial intelligence system shall test the system for security vulnerabilities before use & keep a record.',
  '(c) An operator shall not use an artificial intelligence system that leads to algorithmic discrimination against passengers.',
];

/** Another draft, in a file of its own. */
const DROPPED = `DRAFT ORDINANCE ON LANTERN DRONES (FICTION)

SECTION 1. DUTIES.

(a) "Lantern drone" means an artificial intelligence system that lights a street.

(b) An operator of an artificial intelligence system shall test the system for security vulnerabilities before use and shall keep a record of each test.

(c) An operator shall not use an artificial intelligence system that leads to algorithmic discrimination against residents.
`;

describe('private drafts, on this machine alone', () => {
  let desk;

  before(async () => {
    desk = await draftDesk(DRAFT);
  });

  after(async () => {
    await desk?.stop();
  });

  test('a drafter compares a private draft with the corpus, on this machine alone', async () => {
    const page = await open(chromium);
    await page.goto(`${desk.origin}/drafts`);
    await page.getByRole('link', { name: 'Compare with the corpus' }).first().click();
    await page.waitForURL(/with-corpus/);
    const words = await page.locator('main').innerText();
    assert.match(words, /private, on this machine only/i);
    assert.match(words, /orchard robot/);
    assert.match(words, /\$50,000/);
    const quote = page.locator('table.beside blockquote a').first();
    await quote.click();
    await page.waitForURL(/\/text\?code=/);
    assert.ok(await page.locator('mark').first().isVisible(), 'the sentence is marked in the draft');
    const arabic = page.getByText('المادة ٣').first();
    const placed = await arabic.evaluate((at) => {
      const { direction, textAlign } = getComputedStyle(at);
      return { direction, textAlign };
    });
    assert.equal(placed.direction, 'rtl', 'a passage that is read from the right stands so');
    assert.ok(['start', 'right'].includes(placed.textAlign), placed.textAlign);
    assert.doesNotMatch(await (await fetch(`${desk.origin}/documents.csv`)).text(), /ORCHARD|draft\.txt/i);
    const found = [];
    for (const colorScheme of SCHEMES) {
      for (const width of [1280, 390]) {
        const looked = await open(chromium, { bypassCSP: true, colorScheme, viewport: { width, height: 844 } });
        for (const path of ['/drafts', page.url().replace(desk.origin, '')]) {
          await looked.goto(desk.origin + path);
          const { inner, full } = await widths(looked);
          if (full > inner + 1) found.push(`${path} is ${full} pixels wide on a screen of ${inner}`);
          found.push(...(await seriousFindings(looked)).map((finding) => `${path}, ${colorScheme}, ${width}: ${finding}`));
        }
        await looked.context().close();
      }
    }
    assert.deepEqual(found, []);
    const refused = await page.request.get(`${desk.origin}/drafts`, { headers: { 'x-forwarded-for': '10.0.0.7' } });
    assert.equal(refused.status(), 403);
    await page.context().close();
  });

  test('a drafter drops a file of a word processor on the page', async () => {
    const file = join(desk.folder, 'ferry.docx');
    await writeFile(file, docx(ORDINANCE));
    const page = await open(chromium);
    await page.goto(`${desk.origin}/drafts`);
    await drop(page, page.locator('.dropzone input[type="file"]'), file);
    await page.waitForFunction(() => document.querySelector('.dropzone input[type="file"]').files.length === 1);
    await page.getByRole('button', { name: 'Read, code and compare' }).click();
    await page.waitForURL(/\/compare\/with-corpus\?id=draft/);
    const words = await page.locator('main').innerText();
    assert.match(words, /private, on this machine only/i);
    assert.match(words, /ferry pilot/i, 'its definitions were read');
    await page.locator('table.beside blockquote a').first().click();
    await page.waitForURL(/\/text\?code=/);
    assert.ok(await page.locator('mark').first().isVisible(), 'the sentence is marked in its text');
    assert.doesNotMatch(await (await fetch(`${desk.origin}/documents.csv`)).text(), /ferry/i);
    await page.context().close();
  });

  test('a drafter drops a file on the page and sees it beside the corpus', async () => {
    const file = join(desk.folder, 'lantern.txt');
    await writeFile(file, DROPPED);
    const page = await open(chromium);
    await page.goto(`${desk.origin}/drafts`);
    const place = page.locator('.dropzone input[type="file"]');
    await drop(page, place, file);
    await page.waitForFunction(() => document.querySelector('.dropzone input[type="file"]').files.length === 1);
    await page.getByRole('button', { name: 'Read, code and compare' }).click();
    await page.waitForURL(/\/compare\/with-corpus\?id=draft/);
    const words = await page.locator('main').innerText();
    assert.match(words, /private, on this machine only/i);
    assert.match(words, /lantern drone/i);
    const quote = page.locator('table.beside blockquote a').first();
    await quote.click();
    await page.waitForURL(/\/text\?code=/);
    assert.ok(await page.locator('mark').first().isVisible(), 'the sentence is marked in the file that was dropped');
    await page.goto(`${desk.origin}/drafts`);
    assert.equal(await page.getByRole('link', { name: 'Compare with the corpus' }).count(), 3, 'it stands among the drafts');
    assert.doesNotMatch(await (await fetch(`${desk.origin}/documents.csv`)).text(), /lantern/i);
    await page.context().close();
  });
});
