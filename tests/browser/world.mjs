// A served demo store and a browser, shared by the stories.

import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const binary = process.env.LACUNA_BINARY ?? 'target/debug/lacuna';
const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A port that was free a moment ago. */
async function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Starts `lacuna demo`, or another command, in a folder of its own and waits until it answers; what is to `remove` goes with it. */
export async function demo({ keep = false, folder: given, command = ['demo'], remove } = {}) {
  const folder = given ?? (await mkdtemp(join(tmpdir(), 'lacuna-browser-')));
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(binary, ['--data', folder, ...command, '--bind', address], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stdout.on('data', (chunk) => (said += chunk));
  child.stderr.on('data', (chunk) => (said += chunk));
  const origin = `http://${address}`;
  const end = Date.now() + 120_000;
  while (Date.now() < end) {
    if (child.exitCode !== null) throw new Error(`lacuna demo ended with ${child.exitCode}:\n${said}`);
    const answer = await fetch(`${origin}/healthz`).catch(() => null);
    if (answer?.ok) {
      return {
        origin,
        folder,
        async stop() {
          child.kill('SIGTERM');
          await new Promise((resolve) => (child.exitCode === null ? child.once('exit', resolve) : resolve()));
          if (!keep) await rm(remove ?? folder, { recursive: true, force: true });
        },
      };
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill('SIGKILL');
  throw new Error(`lacuna demo did not answer:\n${said}`);
}

/** Runs `lacuna` with these arguments to its end; gives what it printed. */
export async function run(args) {
  const child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stdout.on('data', (chunk) => (said += chunk));
  child.stderr.on('data', (chunk) => (said += chunk));
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`lacuna ${args.join(' ')} ended with ${code}:\n${said}`);
  return said;
}

/** The answers of those kinds of page in `kinds.json` that are not there. */
const REFUSALS = { 'not found': 404, gone: 410 };

/** The status that a kind of page in `kinds.json` answers with. */
export const statusOf = (kind) => REFUSALS[kind] ?? 200;

/** Brings an invented document without a text into the demo, or says anew of which place it is. */
async function placed(site, place) {
  const folder = await mkdtemp(join(tmpdir(), 'lacuna-placed-'));
  const row = `1,Order on harbour lamps (fiction),${place},true`;
  // A folder beside it makes it a catalogue.
  await mkdir(join(folder, 'fulltext'));
  await writeFile(join(folder, 'documents.csv'), `ID,Official name,Jurisdiction,Fiction\n${row}\n`);
  await run(['--data', site.folder, '--quiet', 'ingest', folder, '--source', 'placed']);
  await rm(folder, { recursive: true });
}

/** Waits until an address of the site answers with this status: pages follow the store every few seconds. */
async function answers(site, path, status) {
  const end = Date.now() + 30_000;
  let last;
  while (last !== status) {
    if (Date.now() > end) throw new Error(`${path} answers ${last}, not ${status}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    last = (await fetch(site.origin + path)).status;
  }
}

/**
 * The demo with two releases, of its offline run and of its run of a language model's answers: their ids, the ids of the
 * runs, and a place that releases have and the map has no longer.
 */
export async function released() {
  const site = await demo();
  const gone = 'Ostmark';
  await placed(site, gone);
  const list = await (await fetch(`${site.origin}/runs.json`)).json();
  const runs = list.runs.map(({ run }) => run.id);
  const cut = async (words) => JSON.parse(await run(['--data', site.folder, '--quiet', '--json', 'release', ...words]));
  const releases = [];
  for (const id of runs) releases.push((await cut(['--note', 'a day', '--run', id])).id);
  await placed(site, 'Norvale');
  await answers(site, `/jurisdictions/${gone}`, statusOf('gone'));
  return { ...site, runs, releases, gone };
}

/** Schemes that the style sheet knows. */
export const SCHEMES = ['light', 'dark'];

/** The samples with a private draft beside them, served for this machine alone. */
export async function draftDesk(text) {
  const first = await demo({ keep: true });
  await first.stop();
  const draft = join(first.folder, 'draft.txt');
  await writeFile(draft, text);
  await run(['--data', first.folder, '--quiet', 'ingest', draft, '--private']);
  await run(['--data', first.folder, '--quiet', 'classify']);
  return demo({ folder: first.folder, command: ['serve', '--local'] });
}

/** A headless Chromium that speaks to nobody but the pages under test. */
export async function browser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A page of its own context; `options` as Playwright takes them, such as `{ javaScriptEnabled: false }`. */
export async function page(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  return context.newPage();
}

/** Serious and critical findings of axe on the page as it stands, one line each. */
export async function seriousFindings(page) {
  await page.evaluate(axeSource);
  // Named, since without names axe leaves out rules of WCAG 2.2. Most best practices are moderate to axe and are not
  // looked at here: only the few that it calls serious are, such as a positive tabindex.
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const { violations } = await page.evaluate((runOnly) => globalThis.axe.run(document, { runOnly }), tags);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.length} × ${nodes[0].html.slice(0, 160)}`);
}

/** How wide the page is on a screen of this width; it should be no wider. */
export async function widths(page) {
  const [inner, full] = await page.evaluate(() => [window.innerWidth, document.documentElement.scrollWidth]);
  return { inner, full };
}

/** A sheet of A4 within the margins that browsers leave, in CSS pixels. */
export const SHEET = { width: 718, height: 1000 };

/**
 * What would be wrong with the page on paper, one line each: navigation and controls, what is wider than the sheet (of
 * which browsers shrink a page `shrunk` times) or cut off, and words that are not dark on light. Print is emulated already.
 */
export async function faultsOnPaper(page, shrunk = 1) {
  return page.evaluate((most) => {
    const faults = [];
    const fault = (at, what) => faults.push(`${at.cloneNode().outerHTML.slice(0, 100)} ${what}`);
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const lights = new Map();
    // How light a colour is on white paper, 0 to 1.
    const light = (colour) => {
      if (!lights.has(colour)) {
        for (const style of ['#fff', colour]) {
          canvas.fillStyle = style;
          canvas.fillRect(0, 0, 1, 1);
        }
        const linear = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
        const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].map((value) => linear(value / 255));
        lights.set(colour, 0.2126 * red + 0.7152 * green + 0.0722 * blue);
      }
      return lights.get(colour);
    };
    const ownWords = (at) => [...at.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== '');
    const sheet = document.documentElement.clientWidth * most + 1;
    for (const at of document.body.querySelectorAll('*')) {
      // Inside a picture the shades say something; hidden words are for those who hear the page.
      if (at.matches('svg *') || at.closest('.vh') || !at.checkVisibility({ visibilityProperty: true })) continue;
      if (at.matches('nav, button, input:not([type="hidden"]), select')) fault(at, 'is printed');
      if (at.getBoundingClientRect().right > sheet) fault(at, `reaches ${Math.round(at.getBoundingClientRect().right)} pixels`);
      const style = getComputedStyle(at);
      const scrolls = style.overflowX !== 'visible' && !at.matches('svg');
      if (scrolls && at.scrollWidth > at.clientWidth + 1) fault(at, 'is cut off');
      // Contrast of 4.5 to 1 on white, and a ground that a printer leaves nearly white.
      if (ownWords(at) && light(style.color) > 0.18) fault(at, `has pale words, ${style.color}`);
      if (at.textContent.trim() !== '' && light(style.backgroundColor) < 0.7) fault(at, `has a dark ground, ${style.backgroundColor}`);
    }
    if (light(getComputedStyle(document.body).backgroundColor) < 1) faults.push('the paper is not white');
    return faults.slice(0, 5);
  }, shrunk);
}

/** Drops a file of this machine on an element, as somebody does who drags it there from a folder. */
export async function drop(page, locator, file) {
  const { x, y, width, height } = await locator.boundingBox();
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [file], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop']) {
    await session.send('Input.dispatchDragEvent', { type, x: x + width / 2, y: y + height / 2, data });
  }
  await session.detach();
}
