// Going about by keys: along lists, to every place, and into the palette. What has the focus can be seen
// at each step. The main jobs are done by keys where they are done in other ways, too.

import assert from 'node:assert/strict';

import { focused, handOn } from './world/hand.mjs';
import { journey } from './world/journey.mjs';
import { appears, enter } from './world/page.mjs';

const decision = 'Settle where the sources disagree';
const weak = 'Say what Penmarsh found after a year with Bramholt';

journey('keys go along a list, and open what is in it', async (traveller) => {
  const page = await traveller.open();
  const hand = handOn(page, { keys: true });
  await enter(hand, traveller.link);

  const link = page.getByRole('link', { name: decision });
  await appears(page, link);
  await page.keyboard.press('j');
  const first = await focused(page);
  await page.keyboard.press('j');
  assert.notEqual((await focused(page)).words, first.words);
  await page.keyboard.press('k');
  assert.equal((await focused(page)).words, first.words);
  await hand.open(link);
  await page.getByRole('heading', { level: 1, name: decision }).waitFor();
});

journey('keys lead everywhere, and say so', async (traveller) => {
  const page = await traveller.comeIn();
  const places = {
    go: '/outcomes', gp: '/people', gl: '/ledger', gt: '/tasks', gm: '/map', gh: '/health',
    gs: '/settings', c: '/outcomes/new', gi: '/today',
  };
  for (const [keys, path] of Object.entries(places)) {
    for (const key of keys) await page.keyboard.press(key);
    await page.waitForURL(path);
  }

  const list = page.getByRole('dialog', { name: 'Keys' });
  await page.keyboard.press('?');
  await list.getByText('Next in the list').waitFor();
  await page.keyboard.press('Escape');
  await list.waitFor({ state: 'hidden' });

  await page.keyboard.press('Control+k');
  await page.keyboard.type('playb');
  await page.keyboard.press('Enter');
  await page.waitForURL('/playbooks');

  await page.keyboard.press('Control+k');
  await page.keyboard.type('penmarsh found');
  const palette = page.getByRole('dialog', { name: 'Search or go to' });
  await palette.getByRole('link', { name: weak }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: weak }).waitFor();

  // Whoever presses keys by accident switches them off, and on again.
  await page.keyboard.press('?');
  await list.getByRole('checkbox').uncheck();
  await page.keyboard.press('Escape');
  await page.keyboard.press('g');
  await page.keyboard.press('i');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('keys');
  await page.keyboard.press('Enter');
  await list.getByRole('checkbox').check();
  await page.keyboard.press('Escape');
  await page.getByRole('heading', { level: 1, name: weak }).waitFor();

  await page.keyboard.press('Control+k');
  await page.keyboard.press('ArrowDown');
  assert.equal((await focused(page)).words, 'Todayg i');
  await page.keyboard.press('Enter');
  await page.waitForURL('/today');

  await page.keyboard.press('Tab');
  assert.equal((await focused(page)).words, 'Skip to the content');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  assert.equal((await focused(page)).words, 'New outcome');
});
