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

/** Opens all that a signature rests on, each in a window of its own. */
export async function openEvidence(page) {
  const evidence = page.getByRole('region', { name: 'What it rests on' });
  for (const button of await evidence.getByRole('button').all()) {
    const opened = page.waitForEvent('popup');
    await button.click();
    const file = await opened;
    await file.waitForLoadState();
    await file.close();
  }
  await appears(page, evidence.getByText('You have opened all of it.'));
}

/** Takes home the file that a link leads to. */
export async function download(page, link) {
  const started = page.waitForEvent('download');
  await link.click();
  return readFile(await (await started).path());
}
