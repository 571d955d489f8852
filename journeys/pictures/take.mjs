// Pictures of the main pages, for the documentation. Its one argument is the folder that they go to.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { places } from '../world/places.mjs';
import { depart } from '../world/traveller.mjs';

const folder = process.argv[2];
const wide = { width: 1440, height: 900 };
const narrow = { width: 360, height: 740 };

/** What is shown, by the name of the file. */
const pictures = [
  ['today', 'today', wide],
  ['decision', 'decision', wide],
  ['outcome', 'outcome', wide],
  ['plan', 'plan', wide],
  ['timeline', 'timeline', wide],
  ['money', 'money', wide],
  ['sources', 'task that went back', wide],
  ['review', 'review desk', wide],
  ['people', 'people', wide],
  ['ledger', 'ledger', wide],
  ['map', 'map', wide],
  ['health', 'health', wide],
  ['outcome-dark', 'outcome', { ...wide, theme: 'dark' }],
  ['review-dark', 'review desk', { ...wide, theme: 'dark' }],
  ['today-narrow', 'today', narrow],
];

const ends = [];
try {
  const traveller = await depart((end) => ends.push(end));
  await traveller.comeIn();
  for (const [file, name, how] of pictures) {
    const page = await traveller.open(how);
    const place = (await places(page)).find((it) => it.name === name);
    await place.go();
    const target = join(folder, `${file}.webp`);
    await writeFile(target, await picture(page));
    console.log(target);
    await page.context().close();
  }
} finally {
  for (const end of ends) await end();
}

/** A picture of what is in the window, small enough to be kept with the text. */
async function picture(page) {
  const session = await page.context().newCDPSession(page);
  const how = { format: 'webp', quality: 90 };
  const { data } = await session.send('Page.captureScreenshot', how);
  return Buffer.from(data, 'base64');
}
