// Stories of review: two people signed in at once, one of them on the keyboard alone.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { browser as launch, demo, page as open, seriousFindings } from './world.mjs';

const binary = process.env.LACUNA_BINARY ?? 'target/debug/lacuna';
const PASSWORD = 'a long enough password';
const looks = process.env.LACUNA_LOOKS;

let site;
let chromium;

function lacuna(args, input = '') {
  const done = spawnSync(binary, ['--data', site.folder, ...args], { input, encoding: 'utf8' });
  assert.equal(done.status, 0, `${args.join(' ')}: ${done.stderr}`);
  return done.stdout;
}

before(async () => {
  [site, chromium] = await Promise.all([demo(), launch()]);
  for (const [name, role] of [['ada', 'coder'], ['ben', 'coder'], ['joan', 'adjudicator']]) {
    lacuna(['users', 'add', name, '--role', role, '--password-stdin'], `${PASSWORD}\n`);
  }
  lacuna(['sample', '--n', '1', '--seed', '3', '--assign', 'ada,ben']);
});

after(async () => {
  await chromium?.close();
  await site?.stop();
});

async function signIn(name, options = {}) {
  const page = await open(chromium, options);
  await page.goto(`${site.origin}/review`);
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/review$/);
  return page;
}

async function saved(page) {
  await page.waitForFunction(() => /^(Saved|Not saved)/.test(document.getElementById('saved').textContent));
  const words = await page.locator('#saved').innerText();
  await page.evaluate(() => (document.getElementById('saved').textContent = ''));
  return words;
}

let presses = 0;

/** One press of a key, counted. */
async function hit(page, key) {
  presses += 1;
  await page.keyboard.press(key);
}

/** One press that decides something: it must be saved. */
async function press(page, key) {
  await hit(page, key);
  assert.match(await saved(page), /^Saved/, `after ${key}`);
}

/** Answers every code of the dimension that is shown with the first answer, from the second code on or from the first. */
async function answerAll(page, from) {
  const codes = await page.locator('.card').count();
  for (let at = from; at < codes; at += 1) {
    if (at > 0) await hit(page, 'n');
    await press(page, '1');
  }
  const steps = await page.locator('.steps [aria-current] .quiet').innerText();
  assert.equal(steps, `${codes}/${codes}`, 'every code of the dimension is decided');
  return codes;
}

let shared;

test('two people code one document at once, one by keyboard alone, and lose nothing', async () => {
  const [ada, ben] = await Promise.all([signIn('ada'), signIn('ben')]);
  const begin = Date.now();
  // Keyboard alone: Tab to the first document of the queue and open it.
  for (let count = 0; count < 60; count += 1) {
    await hit(ada, 'Tab');
    if (await ada.evaluate(() => document.activeElement.getAttribute('href')?.startsWith('/review/code/'))) break;
  }
  await hit(ada, 'Enter');
  await ada.waitForURL(/\/review\/code\/\d+/);
  await ben.locator('a[href^="/review/code/"]').first().click();
  await ben.waitForURL(/\/review\/code\/\d+/);
  assert.doesNotMatch(await ada.locator('main').innerText(), /The machine says/);
  // Ada: the third sentence and the next show the first code, good; the rest of the dimension is not covered.
  for (const key of ['j', 'j', 'j', 'Shift+J']) await hit(ada, key);
  await press(ada, 'e');
  await press(ada, '3');
  await press(ada, 'h');
  await hit(ada, 'r');
  await ada.keyboard.type('Operative words.');
  presses += 'Operative words.'.length;
  await hit(ada, 'Escape');
  assert.match(await saved(ada), /^Saved/);
  // Ben meanwhile, with the mouse, on the same code of the same document.
  await ben.locator('.card:not(.folded) input[name="value"]').nth(1).check();
  assert.match(await saved(ben), /^Saved/);
  let codes = await answerAll(ada, 1);
  await ada.reload();
  const first = ada.locator('.card').first();
  assert.match(await first.locator('.answer').innerText(), /Good/, 'what was pressed is there after a reload');
  assert.equal(await first.locator('ol.quotes blockquote').count(), 1);
  assert.equal(await first.locator('input[name="reason"]').inputValue(), 'Operative words.');
  // The other dimensions, each by the key that leads to the next.
  const dimensions = await ada.locator('.steps a').count();
  for (let at = 1; at < dimensions; at += 1) {
    const before = ada.url();
    await hit(ada, 'd');
    await ada.waitForURL((url) => url.href !== before);
    codes += await answerAll(ada, 0);
  }
  assert.equal(await ada.locator('#undecided').innerText(), '0');
  await hit(ada, 'f');
  await hit(ada, 'Enter');
  await ada.waitForURL(/\/review$/);
  const seconds = ((Date.now() - begin) / 1000).toFixed(1);
  console.log(`keyboard story: ${codes} codes, ${presses} key presses, ${seconds} s with both browsers`);
  await ben.reload();
  assert.match(await ben.locator('.card').first().locator('.answer').innerText(), /Minimal/, 'Ben’s own word stands');
  await ben.getByRole('button', { name: 'Finish this document' }).click();
  await ben.waitForURL(/\/review$/);
  shared = true;
  await Promise.all([ada.context().close(), ben.context().close()]);
});

test('a third person sees both versions side by side and settles them', async () => {
  assert.ok(shared, 'the story before went well');
  lacuna(['agree']);
  const joan = await signIn('joan');
  await joan.goto(`${site.origin}/review/adjudicate`);
  await joan.locator('main table a').first().click();
  const dispute = joan.locator('section.block').first();
  assert.match(await dispute.innerText(), /ada \(blind\): Good[\s\S]*ben \(blind\): Minimal/);
  await dispute.getByLabel('Good').check();
  await dispute.getByLabel('Because').fill('Two elements.');
  await dispute.getByRole('button', { name: 'Settle' }).click();
  assert.match(await joan.locator('section.block').first().innerText(), /Settled: Good/);
  await joan.context().close();
});

test('without JavaScript the same forms work', async () => {
  lacuna(['sample', '--n', '2', '--seed', '5', '--assign', 'ada', '--mode', 'assisted']);
  const page = await signIn('ada', { javaScriptEnabled: false });
  await page.locator('a[href^="/review/code/"]').first().click();
  assert.match(await page.locator('main').innerText(), /The machine says/, 'assisted shows it');
  const card = page.locator('.card').first();
  await card.locator('input[name="value"]').first().check();
  await card.getByRole('button', { name: 'Save' }).click();
  assert.match(page.url(), /#c-/);
  assert.notEqual(await page.locator('.card').first().locator('.answer').innerText(), 'undecided');
  await page.context().close();
});

/** Opens the second of the documents that Ada has assisted; the first is the one without JavaScript. */
async function assistedDesk(options = {}) {
  const page = await signIn('ada', options);
  await page.locator('.queue a[href^="/review/code/"]').last().click();
  await page.waitForURL(/\/review\/code\/\d+/);
  return page;
}

test('keys in quick succession are all kept, quotes are marked in the text, and the machine’s word is taken over', async () => {
  const page = await assistedDesk();
  const first = page.locator('.card').first();
  await page.waitForSelector('body.scripted');
  // Nothing waits for anything: each press is sent after the one before it.
  for (const key of ['j', 'j', 'e', '3', 'h', 'k', 'e']) await page.keyboard.press(key);
  await page.waitForFunction(() => document.querySelectorAll('.card:first-of-type ol.quotes li').length === 2);
  assert.match(await saved(page), /^Saved/);
  assert.equal(await page.evaluate(() => CSS.highlights.get('own').size), 2, 'both quotes are marked in the text');
  await page.keyboard.press('g');
  assert.match(await page.locator('#saved').innerText(), /^Quote 1 of /);
  // Enter after a reason saves the reason and does nothing else.
  await page.keyboard.press('r');
  await page.keyboard.type('Two duties.');
  await page.evaluate(() => (document.getElementById('saved').textContent = ''));
  await page.keyboard.press('Enter');
  assert.match(await saved(page), /^Saved/);
  await page.keyboard.press('Escape');
  await page.reload();
  assert.match(await first.locator('.answer').innerText(), /Good/);
  assert.equal(await first.locator('ol.quotes blockquote').count(), 2);
  assert.ok(await first.getByLabel('high').isChecked());
  assert.equal(await first.getByLabel('Reason').inputValue(), 'Two duties.');
  // What counts stays open from code to code.
  await page.keyboard.press('b');
  assert.ok(await first.locator('details.rules').evaluate((rules) => rules.open));
  const found = page.locator('.card', { hasText: /The machine says: (Good|Minimal)/ }).first();
  const [id, says] = [await found.getAttribute('id'), (await found.locator('.machine strong').textContent()).split(': ')[1]];
  while ((await page.evaluate(() => document.activeElement.id)) !== id) await page.keyboard.press('n');
  assert.ok(await found.locator('details.rules').evaluate((rules) => rules.open));
  await press(page, 'a');
  assert.equal(await found.locator('.answer').innerText(), says);
  const quotes = await found.locator('.machine blockquote').allInnerTexts();
  assert.deepEqual(await found.locator('ol.quotes blockquote').allInnerTexts(), quotes);
  await page.keyboard.press('g');
  assert.equal(await page.locator('#saved').innerText(), `Quote 1 of ${quotes.length}`, 'none is counted twice');
  await page.context().close();
});

test('without a connection nothing is lost, and with single keys off the desk is worked by Tab and Enter', async () => {
  const page = await assistedDesk();
  await page.waitForSelector('body.scripted');
  const cards = page.locator('.card');
  await page.keyboard.press('n');
  await page.context().setOffline(true);
  await page.keyboard.press('2');
  await page.waitForFunction(() => /^Not saved yet/.test(document.getElementById('saved').textContent));
  await page.context().setOffline(false);
  assert.match(await page.waitForFunction(() => /^Saved/.test(document.getElementById('saved').textContent) && 'Saved').then((h) => h.jsonValue()), /Saved/);
  await page.keyboard.press('?');
  await page.locator('#keys-on').uncheck();
  await page.reload();
  assert.match(await cards.nth(1).locator('.answer').innerText(), /Minimal/);
  await page.keyboard.press('3');
  await page.keyboard.press('n');
  assert.match(await cards.nth(1).locator('.answer').innerText(), /Minimal/, 'single keys do nothing');
  const third = cards.nth(2).locator('button.fold');
  assert.equal(await third.getAttribute('aria-expanded'), 'false');
  for (let count = 0; count < 80 && !(await third.evaluate((button) => button === document.activeElement)); count += 1) {
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
  assert.equal(await third.getAttribute('aria-expanded'), 'true');
  await page.context().close();
});

test('on a phone the text and what was saved stay in view while the codes go by', async () => {
  const page = await assistedDesk({ viewport: { width: 390, height: 844 } });
  await page.locator('.card').nth(6).locator('button.fold').click();
  await page.evaluate(() => window.scrollTo(0, document.getElementById('cards').offsetTop + 600));
  for (const part of ['#text', '#saved']) {
    const { top, bottom } = await page.locator(part).evaluate((element) => element.getBoundingClientRect());
    assert.ok(top >= 0 && bottom <= 844, `${part} is from ${top} to ${bottom}`);
  }
  await page.goto(`${page.url().split(/[?#]/)[0]}?dimension=actor`);
  const box = page.locator('input[type="checkbox"][name="types"]').first();
  assert.ok((await box.boundingBox()).width < 30, 'a box is as wide as a box');
  await page.context().close();
});

test('a reader reports a label and reads the answer', async () => {
  const reader = await open(chromium);
  await reader.goto(`${site.origin}/documents/sample:1`);
  await reader.getByRole('link', { name: 'Report this label' }).first().click();
  await reader.getByLabel('Why').fill('The section was struck out.');
  await reader.getByRole('button', { name: 'Send' }).click();
  assert.match(await reader.locator('main').innerText(), /in the queue/);
  const joan = await signIn('joan');
  await joan.goto(`${site.origin}/review/reports`);
  await joan.getByLabel('Answer, for everybody to read').fill('It stands in the text of this day.');
  await joan.getByRole('button', { name: 'Decline' }).click();
  await reader.goto(`${site.origin}/reports`);
  assert.match(await reader.locator('main').innerText(), /declined[\s\S]*It stands in the text/);
  await Promise.all([reader.context().close(), joan.context().close()]);
});

for (const scheme of ['light', 'dark']) {
  for (const width of [390, 1280]) {
    test(`the coding screen is accessible and fits, ${scheme}, ${width} pixels`, async () => {
      const page = await signIn('ada', { colorScheme: scheme, viewport: { width, height: 900 }, bypassCSP: true });
      const fits = async (looked, path) => {
        assert.deepEqual(await seriousFindings(looked), [], path);
        const [inner, full] = await looked.evaluate(() => [window.innerWidth, document.documentElement.scrollWidth]);
        assert.ok(full <= inner + 1, `${path} is ${full} pixels wide on a screen of ${inner}`);
        const spilt = await looked.evaluate(() => [...document.querySelectorAll('main td, main th')].filter((c) => c.scrollWidth > c.clientWidth + 1).map((c) => c.innerText));
        assert.deepEqual(spilt, [], `${path}: words run over the edge of their cell`);
      };
      for (const path of ['/review', '/reports', '/agreement', '/review/sign-in']) {
        await page.goto(site.origin + path);
        await fits(page, path);
      }
      const refused = await page.goto(`${site.origin}/review/adjudicate`);
      assert.equal(refused.status(), 403, 'a coder settles nothing');
      await fits(page, 'a page for others');
      const reader = await open(chromium, { colorScheme: scheme, viewport: { width, height: 900 }, bypassCSP: true });
      await reader.goto(`${site.origin}/documents/sample:1`);
      const form = await reader.locator('a[href*="/report?label="]').first().getAttribute('href');
      await reader.goto(site.origin + form);
      await fits(reader, 'the form of a report');
      const missing = await reader.goto(`${site.origin}/documents/sample:none`);
      assert.equal(missing.status(), 404);
      await fits(reader, 'an address at which there is nothing');
      await reader.context().close();
      const joan = await signIn('joan', { colorScheme: scheme, viewport: { width, height: 900 }, bypassCSP: true });
      for (const path of ['/review/adjudicate', '/review/reports', '/review/private']) {
        await joan.goto(site.origin + path);
        await fits(joan, path);
      }
      await joan.goto(`${site.origin}/review/adjudicate`);
      await joan.locator('main table a').first().click();
      await joan.waitForURL(/\/review\/adjudicate\/./);
      await fits(joan, 'a document in dispute');
      await joan.context().close();
      await page.goto(`${site.origin}/review`);
      await page.locator('a[href^="/review/code/"]').first().click();
      await page.waitForURL(/\/review\/code\/\d+/);
      await fits(page, 'the coding screen');
      if (looks) {
        await mkdir(looks, { recursive: true });
        await page.screenshot({ path: `${looks}/coding-${scheme}-${width}.png` });
      }
      await page.context().close();
    });
  }
}
