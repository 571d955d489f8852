// Live pages: what happens in one tab shows in the other, and disturbs nobody who is typing there.

import assert from 'node:assert/strict';

import { journey } from './world/journey.mjs';
import { appears, rows } from './world/page.mjs';

const decision = 'Settle where the sources disagree';
const offered = 'Compare what the three suppliers say about training';

journey('what is done in one tab shows in another, where somebody is typing', async (traveller) => {
  const here = await traveller.comeIn();
  await rows(here).getByRole('link', { name: offered }).click();
  await here.getByRole('heading', { level: 1, name: offered }).waitFor();
  const there = await here.context().newPage();
  await there.goto(here.url());

  await there.getByRole('button', { name: 'Take it' }).click();
  const result = here.getByLabel('What is stated');
  await result.waitFor();

  await result.fill('Bramholt trains on site');
  await result.evaluate((field) => field.setSelectionRange(8, 8));
  await there.getByLabel('Your question').fill('Which year is meant?');
  await there.getByRole('button', { name: 'Ask', exact: true }).click();
  await here.getByText('Which year is meant?').first().waitFor();
  assert.equal(await result.inputValue(), 'Bramholt trains on site');
  assert.ok(await result.evaluate((field) => field === document.activeElement), 'the focus stays');
  await here.keyboard.type(', ');
  assert.equal(await result.inputValue(), 'Bramholt,  trains on site');
});

journey('an update says so where something reads differently, and nowhere else', async (traveller) => {
  const here = await traveller.comeIn();
  // What helps people to fill in forms marks their fields; the first update takes the mark away.
  await here.addInitScript(() => document.addEventListener('DOMContentLoaded', () => {
    document.getElementById('address')?.setAttribute('data-helper', 'yes');
  }));
  await here.goto('/settings/webhooks');
  await here.locator('#address:not([data-helper])').waitFor();
  const said = here.getByText('This page was updated.');
  assert.equal(await said.count(), 0, 'nobody reads anything else than before');

  const there = await here.context().newPage();
  await there.goto(here.url());
  await addWebhook(there, 'https://hooks.example/consort');
  await here.getByRole('link', { name: 'hooks.example' }).waitFor();
  await said.waitFor();
});

/** Nobody is suspended meanwhile, so that nothing is ever sent. */
async function addWebhook(page, address) {
  await page.getByLabel('Address', { exact: true }).fill(address);
  await page.getByLabel('Events', { exact: true }).fill('contributor.suspended');
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByRole('link', { name: 'Go on' }).waitFor();
}

// What is turned down comes back to whoever answers for it, as something that nobody takes.
const offers = (page) => rows(page).filter({ hasText: 'You rank first' });

journey('live updates can be paused, and catch up when they go on', async (traveller) => {
  const here = await traveller.comeIn();
  const row = offers(here).getByRole('link', { name: offered });
  const address = await row.getAttribute('href');
  const there = await here.context().newPage();
  await there.goto(address);

  // A paused page has no stream that could tell it of anything, and asks for nothing.
  const ended = here.waitForEvent('requestfailed', (it) => new URL(it.url()).pathname === '/live');
  await here.getByRole('button', { name: 'Pause live updates' }).click();
  await ended;
  const asked = [];
  here.on('request', (it) => asked.push(it.url()));
  const resume = here.getByRole('button', { name: 'Go on with live updates' });
  await resume.waitFor();
  await there.getByRole('button', { name: 'Say no' }).click();
  await there.waitForURL(({ pathname }) => pathname === '/today');
  await offers(there).getByRole('link', { name: offered }).waitFor({ state: 'detached' });
  assert.ok(await row.isVisible(), 'a paused page stands still');
  assert.deepEqual(asked, [], 'and asks for nothing');

  await resume.click();
  await row.waitFor({ state: 'detached' });
});

journey('a form says that it is over when somebody else, or another tab, has done it', async (traveller) => {
  const here = await traveller.comeIn();
  const row = rows(here).getByRole('link', { name: decision });
  await appears(here, row);
  await row.click();
  await here.getByRole('group').first().waitFor();
  const there = await here.context().newPage();
  await there.goto(here.url());

  for (const question of await there.getByRole('group').all()) {
    await question.getByLabel('Leave it open').check();
  }
  await there.getByRole('button', { name: 'Settle' }).click();
  await there.waitForURL(({ pathname }) => pathname === '/today');
  await here.getByRole('status').getByText('There is nothing to do here any more.').waitFor();
}, { refusals: [422] });
