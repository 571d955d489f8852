// On a narrow screen: nothing is wider than it, and the way to everything is there.

import assert from 'node:assert/strict';

import { journey } from './world/journey.mjs';
import { places } from './world/places.mjs';

const width = 360;

journey('no page is wider than a phone', async (traveller) => {
  const page = await traveller.comeIn({ width, height: 740 });
  for (const place of await places(page)) {
    await place.go();
    assert.equal(await widest(page), width, place.name);
  }
}, { refusals: [404, 410, 422] });

journey('everything is reached on a phone', async (traveller) => {
  const page = await traveller.comeIn({ width, height: 740 });
  for (const [name, path] of [['Outcomes', '/outcomes'], ['People and agents', '/people'], ['Today', '/today']]) {
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).click();
    await page.waitForURL(path);
  }
  for (const [name, path] of [
    ['Playbooks', '/playbooks'], ['Ledger', '/ledger'], ['Map', '/map'], ['Health', '/health'],
    ['Settings', '/settings'],
  ]) {
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('link', { name }).click();
    await page.waitForURL(path);
  }
  await page.getByRole('button', { name: 'your menu' }).click();
  await page.getByRole('link', { name: 'Your profile' }).click();
  await page.getByRole('heading', { level: 1, name: 'Maren Holt' }).waitFor();
});

/** How far one can scroll to the side. */
const widest = (page) => page.evaluate(() => document.documentElement.scrollWidth);
