// What everybody does on pages, whether scripts are on or off.

import { readFile } from 'node:fs/promises';

/** How long is waited for what others have to do first. */
const PATIENCE_MS = 120_000;

/** What is on a list, as on today's. */
export const rows = (page) => page.locator('main li.row');

/** Waits until something is on the page: a live one shows it by itself, another one is asked again. */
export async function appears(page, what) {
  const isLive = await page.locator('[data-pause]').isVisible();
  if (isLive) return what.waitFor({ timeout: PATIENCE_MS });
  const until = Date.now() + PATIENCE_MS;
  while (!(await what.isVisible())) {
    if (Date.now() > until) throw new Error(`it does not appear: ${what}`);
    await page.reload();
  }
}

/** Comes in by a link of one's own. */
export async function enter(hand, link) {
  await hand.page.goto(link);
  await hand.press(hand.page.getByRole('button', { name: 'Come in' }));
  await hand.page.waitForURL('/today');
}

/** Opens what waits on today's list, as soon as it is there. */
export async function openToday(hand, title) {
  await hand.go('/today');
  const row = rows(hand.page).getByRole('link', { name: title });
  await hand.sees(row);
  await hand.open(row);
  await hand.page.waitForURL(({ pathname }) => pathname !== '/today');
}

/** Opens an outcome. */
export async function openOutcome(hand, title) {
  await hand.go('/outcomes');
  await hand.open(hand.page.getByRole('link', { name: title }).first());
  await hand.sees(hand.page.getByRole('heading', { level: 1, name: title }));
}

/** Opens all that a signature rests on, or a review is about, each in a window of its own. */
export async function openEvidence(hand, region = 'What it rests on') {
  const evidence = hand.page.getByRole('region', { name: region });
  for (const button of await evidence.getByRole('button').all()) {
    const opened = hand.page.waitForEvent('popup');
    await hand.press(button);
    const file = await opened;
    await file.waitForLoadState();
    await file.close();
  }
  await hand.sees(evidence.getByText('You have opened all of it.'));
}

/** Records money that was set aside, and goes as far as one step before an outcome has some of it. */
export async function almostGive(hand, title) {
  const { page } = hand;
  await openOutcome(hand, title);
  await openMoney(hand);
  await hand.press(page.getByRole('link', { name: 'its page' }));
  await hand.press(page.locator('summary', { hasText: 'Record money that was set aside' }));
  await hand.write(page.getByLabel('How much, in practice money?'), '5');
  await hand.write(page.getByLabel('What shows it?'), 'statement 12');
  await hand.press(page.getByRole('button', { name: 'Record it' }));
  await hand.sees(page.getByText('5.00 practice').first());

  await openOutcome(hand, title);
  await openMoney(hand);
  await hand.write(page.getByLabel('How much, in'), '0.40');
  await hand.press(page.getByRole('button', { name: 'Show what it does' }));
  await hand.sees(page.getByText('Nothing is recorded yet.'));
}

async function openMoney(hand) {
  await hand.press(hand.page.getByRole('link', { name: 'Money', exact: true }));
  await hand.press(hand.page.locator('summary', { hasText: 'Give it more money' }));
}

/** Signs on the second step. */
export async function signAndPay(hand) {
  const before = hand.page.url();
  await hand.press(hand.page.getByRole('button', { name: 'Sign and pay' }));
  await goesOn(hand.page, before);
}

/** Waits until a signature at this address has led on to the next one, or to the list. */
async function goesOn(page, before) {
  const from = new URL(before).pathname;
  await page.waitForURL(({ pathname }) => pathname === '/today' || (pathname.endsWith('/sign') && pathname !== from));
}

/** Takes home the file that a link leads to. */
export async function download(hand, link) {
  const started = hand.page.waitForEvent('download');
  await hand.press(link);
  return readFile(await (await started).path());
}
