// A reader looks at what changed between two versions of one document.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { browser as launch, demo, page as open, seriousFindings, widths } from './world.mjs';

let site;
let chromium;

before(async () => {
  [site, chromium] = await Promise.all([demo(), launch()]);
});

after(async () => {
  await chromium?.close();
  await site?.stop();
});

test('a reader without JavaScript goes from a document to the words that changed, and to their place', async () => {
  const page = await open(chromium, { javaScriptEnabled: false });
  await page.goto(`${site.origin}/documents/sample:3`);
  await page.getByRole('link', { name: 'What changed in the last version' }).click();
  await page.waitForURL(/\/compare\?ids=sample(:|%3A)3&v=1,2$/);
  const changes = page.locator('.redline > p');
  const counted = await page.locator('#text-h .quiet').innerText();
  assert.equal(counted, `${await changes.count()} changed passage${(await changes.count()) === 1 ? '' : 's'}`);
  for (const change of await changes.all()) {
    assert.ok((await change.locator('ins, del').count()) > 0, `nothing is marked in “${await change.innerText()}”`);
  }
  const changed = changes.filter({ has: page.locator('ins') }).first();
  const added = (await changed.locator('ins').first().innerText()).trim();
  await changed.getByRole('link', { name: 'in the text' }).click();
  await page.waitForURL(/\/text\?v=\d#p-\d+$/);
  const target = page.locator(new URL(page.url()).hash);
  const words = (await target.innerText()).replace(/\s+/g, ' ');
  assert.ok(added && words.includes(added), `“${added}” stands in “${words}”`);
  await page.context().close();
});

test('what changed is readable by everybody, on a narrow screen too', async () => {
  const page = await open(chromium, { bypassCSP: true });
  await page.goto(`${site.origin}/compare?ids=sample:3&v=1,2`);
  assert.deepEqual(await seriousFindings(page), []);
  await page.setViewportSize({ width: 390, height: 844 });
  const { inner, full } = await widths(page);
  assert.ok(full <= inner, `${full} > ${inner}`);
  await page.context().close();
});
