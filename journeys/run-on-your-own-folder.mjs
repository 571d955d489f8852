// From a folder of one's own to an outcome that is under way: what is missing is said, what cannot be
// read is named, and the plan with its cost is seen before anything is handed out.

import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';

import { handOn } from './world/hand.mjs';
import { journeyInEveryWay } from './world/journey.mjs';
import { enter, rows } from './world/page.mjs';

const folder = new URL('../examples/contracts/', import.meta.url);
const question = 'Which supplier should clean our offices?';
const decision = 'Settle where the sources disagree';

journeyInEveryWay('somebody runs it on a folder of their own', async (traveller, how) => {
  const hand = handOn(await traveller.open(how), how);
  const { page } = hand;
  await enter(hand, traveller.link);
  await hand.press(page.getByRole('link', { name: 'Run it on your own folder' }));
  await hand.attach(page.getByLabel('Which folder holds the documents?'), await documents());
  await hand.write(page.getByLabel('What do you want to decide?'), question);
  await hand.write(page.getByLabel('Between which options?'), 'Northgate\nBrightway\nSparrow');
  await hand.write(page.getByLabel('What do you have to know'), 'notice period\ninsurance');
  await hand.press(page.getByRole('button', { name: 'See the plan' }));

  await hand.sees(page.getByRole('heading', { level: 1, name: 'The plan' }));
  await hand.sees(page.getByText('1 file is left out.'));
  await hand.sees(page.getByText('photo.png: '));
  await hand.sees(page.getByText('8.60 practice'));
  await hand.press(page.getByRole('button', { name: 'Fund it and begin' }));

  await hand.sees(page.getByRole('heading', { level: 1, name: question }));
  await hand.go('/today');
  const asked = rows(page).getByRole('link', { name: decision });
  await hand.sees(asked.nth(1));
  assert.equal(await asked.count(), 2, 'the decision of the demo, and theirs');
});

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
