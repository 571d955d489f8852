// From a folder of one's own to an outcome that is under way: what is missing is said, what cannot be
// read is named, and the plan with its cost is seen before anything is handed out.

import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';

import { journey } from './world/journey.mjs';
import { appears, rows } from './world/page.mjs';

const folder = new URL('../examples/contracts/', import.meta.url);
const question = 'Which supplier should clean our offices?';
const decision = 'Settle where the sources disagree';

for (const scripts of [true, false]) {
  journey(`somebody runs it on a folder of their own with scripts ${scripts ? 'on' : 'off'}`, async (traveller) => {
    const page = await traveller.comeIn({ scripts });
    await page.getByRole('link', { name: 'Run it on your own folder' }).click();
    await page.getByLabel('Which folder holds the documents?').setInputFiles(await documents());
    await page.getByLabel('What do you want to decide?').fill(question);
    await page.getByLabel('Between which options?').fill('Northgate\nBrightway\nSparrow');
    await page.getByLabel('What do you have to know').fill('notice period\ninsurance');
    await page.getByRole('button', { name: 'See the plan' }).click();

    await page.getByRole('heading', { level: 1, name: 'The plan' }).waitFor();
    await page.getByText('1 file is left out.').waitFor();
    await page.getByText('photo.png: ').waitFor();
    await page.getByText('8.60 practice').waitFor();
    await page.getByRole('button', { name: 'Fund it and begin' }).click();

    await page.getByRole('heading', { level: 1, name: question }).waitFor();
    await page.goto('/today');
    const asked = rows(page).getByRole('link', { name: decision });
    await appears(page, asked.nth(1));
    assert.equal(await asked.count(), 2, 'the decision of the demo, and theirs');
  });
}

/** The documents of an example, and one that nobody can read. */
async function documents() {
  const names = await readdir(folder);
  const files = names.map(async (name) => {
    const buffer = await readFile(new URL(name, folder));
    return { name, mimeType: '', buffer };
  });
  const picture = { name: 'photo.png', mimeType: 'image/png', buffer: Buffer.from('\x89PNG\r\n\x1a\n', 'latin1') };
  return [...await Promise.all(files), picture];
}
