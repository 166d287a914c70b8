// A store in which there is nothing yet: what its pages say.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { browser as launch, demo, page as open, SCHEMES, seriousFindings, statusOf } from './world.mjs';

const KINDS = JSON.parse(await readFile(new URL('kinds.json', import.meta.url), 'utf8'));

let site;
let chromium;

before(async () => {
  [site, chromium] = await Promise.all([demo({ command: ['serve'] }), launch()]);
});

after(async () => {
  await chromium?.close();
  await site?.stop();
});

for (const scheme of SCHEMES) {
  test(`pages of an empty store are whole, accessible and name a next step, ${scheme}`, async () => {
    const page = await open(chromium, { colorScheme: scheme, bypassCSP: true });
    const faults = [];
    let looked = 0;
    // A place in braces stands for what only a store with documents has.
    for (const [kind, path] of Object.entries(KINDS).filter(([, address]) => !address.includes('{'))) {
      const answer = await page.goto(site.origin + path);
      if (answer.status() !== statusOf(kind)) faults.push(`${kind}: ${path} answers ${answer.status()}`);
      if (answer.status() !== 200) continue;
      looked += 1;
      const words = await page.locator('body').innerText();
      if (/NaN|Infinity|undefined/.test(words)) faults.push(`${kind}: a number is none`);
      if (!path.startsWith('/embed') && !/lacuna ingest/.test(words)) faults.push(`${kind}: no next step is named`);
      faults.push(...(await seriousFindings(page)).map((finding) => `${kind}: ${finding}`));
    }
    assert.deepEqual(faults, []);
    assert.ok(looked > 30, `${looked} kinds were looked at`);
    await page.context().close();
  });
}
