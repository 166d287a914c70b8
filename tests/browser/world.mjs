// A served demo store and a browser, shared by the stories.

import { spawn } from 'node:child_process';
import { mkdtemp, rm, readFile, writeFile } from 'node:fs/promises';
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

/** Starts `lacuna demo`, or another command, in a folder of its own and waits until it answers. */
export async function demo({ keep = false, folder: given, command = ['demo'] } = {}) {
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
          if (!keep) await rm(folder, { recursive: true, force: true });
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

/**
 * The demo with two releases, of its offline run and of its run of a language model's answers: their ids, and the ids
 * of the runs.
 */
export async function released() {
  const site = await demo();
  const list = await (await fetch(`${site.origin}/runs.json`)).json();
  const runs = list.runs.map(({ run }) => run.id);
  const cut = async (words) => JSON.parse(await run(['--data', site.folder, '--quiet', '--json', 'release', ...words]));
  const releases = [];
  for (const id of runs) releases.push((await cut(['--note', 'a day', '--run', id])).id);
  return { ...site, runs, releases };
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
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.length} × ${nodes[0].html.slice(0, 160)}`);
}
