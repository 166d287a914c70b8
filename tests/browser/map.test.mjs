// Stories of those who use the map: a researcher, a drafter.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { browser as launch, demo, draftDesk, page as open, seriousFindings } from './world.mjs';

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
  const href = await page.locator('link[rel="alternate"][type="text/csv"]').getAttribute('href');
  const csv = await (await fetch(site.origin + href)).text();
  assert.equal(csv.trim().split(/\r?\n/).length - 1, count, 'the download holds the rows behind the number');
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

test('gaps print without forms', async () => {
  const page = await open(chromium);
  await page.goto(`${site.origin}/gaps`);
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.locator('form.inline').first().isVisible(), false);
  assert.equal(await page.locator('table.gaps').isVisible(), true);
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

The Orchard Office may fine a deployer that violates this Act up to $50,000.
`;

test('a drafter compares a private draft with the corpus, on this machine alone', async () => {
  const desk = await draftDesk(DRAFT);
  try {
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
    assert.doesNotMatch(await (await fetch(`${desk.origin}/documents.csv`)).text(), /ORCHARD|draft\.txt/i);
    await page.goto(`${desk.origin}/drafts`);
    assert.deepEqual(await seriousFindings(page).catch(() => []), []);
    const refused = await page.request.get(`${desk.origin}/drafts`, { headers: { 'x-forwarded-for': '10.0.0.7' } });
    assert.equal(refused.status(), 403);
    await page.context().close();
  } finally {
    await desk.stop();
  }
});
