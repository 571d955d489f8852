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

/** Opens all that a signature rests on, or a review is about, each in a window of its own. */
export async function openEvidence(page, region = 'What it rests on') {
  const evidence = page.getByRole('region', { name: region });
  for (const button of await evidence.getByRole('button').all()) {
    const opened = page.waitForEvent('popup');
    await button.click();
    const file = await opened;
    await file.waitForLoadState();
    await file.close();
  }
  await appears(page, evidence.getByText('You have opened all of it.'));
}

/** Records money that was set aside, and goes as far as one click before an outcome has some of it. */
export async function almostGive(page, money) {
  await page.goto(money);
  await page.getByText('Give it more money').click();
  await page.getByRole('link', { name: 'its page' }).click();
  await page.getByText('Record money that was set aside').click();
  await page.getByLabel('How much, in practice money?').fill('5');
  await page.getByLabel('What shows it?').fill('statement 12');
  await page.getByRole('button', { name: 'Record it' }).click();
  await page.getByText('5.00 practice').first().waitFor();

  await page.goto(money);
  await page.getByText('Give it more money').click();
  await page.getByLabel('How much, in').fill('0.40');
  await page.getByRole('button', { name: 'Show what it does' }).click();
  await page.getByText('Nothing is recorded yet.').waitFor();
}

/** Signs on the second step. */
export async function signAndPay(page) {
  const before = page.url();
  await page.getByRole('button', { name: 'Sign and pay' }).click();
  await goesOn(page, before);
}

/** Waits until a signature at this address has led on to the next one, or to the list. */
export async function goesOn(page, before) {
  const from = new URL(before).pathname;
  await page.waitForURL(({ pathname }) => pathname === '/today' || (pathname.endsWith('/sign') && pathname !== from));
}

/** Takes home the file that a link leads to. */
export async function download(page, link) {
  const started = page.waitForEvent('download');
  await link.click();
  return readFile(await (await started).path());
}
