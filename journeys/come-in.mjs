// Coming in and going: by a link that works once, and out again.

import assert from 'node:assert/strict';

import { journey } from './world/journey.mjs';

journey('a link lets somebody in once, until they sign out', async (traveller) => {
  const page = await traveller.comeIn();

  const other = await traveller.open({ isIn: false });
  await other.goto(traveller.link);
  await other.getByRole('heading', { name: 'This link lets nobody in' }).waitFor();
  await other.goto('/today');
  assert.equal(new URL(other.url()).pathname, '/sign-in');

  await page.getByRole('button', { name: 'your menu' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL('/sign-in');
  await page.goto('/outcomes');
  assert.equal(new URL(page.url()).pathname, '/sign-in');
}, { refusals: [410] });

journey('a theme that was chosen stays', async (traveller) => {
  const page = await traveller.comeIn();
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  await page.getByRole('button', { name: 'Use the dark theme' }).click();
  await page.getByRole('button', { name: 'Use the light theme' }).waitFor();
  assert.notEqual(await background(), light);
  await page.goto('/people');
  assert.notEqual(await background(), light);
});
