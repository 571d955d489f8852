// Work that does not hold: one result went back by itself, because its source says something else;
// another is sent back by whoever would have to sign it.

import { journey } from './world/journey.mjs';
import { rows } from './world/page.mjs';

const unfounded = 'Quote what Bramholt promises about repairs';
const weak = 'Say what Penmarsh found after a year with Bramholt';
const also = 'Say in which clause of the contract it stands.';
const wish = 'Say how long the second standstill lasted.';

journey('a statement that its source does not make is shown beside what the source says', async (traveller) => {
  const page = await traveller.comeIn();
  await page.getByRole('link', { name: 'Outcomes', exact: true }).click();
  await page.getByRole('link', { name: 'What else has to be known' }).click();
  await page.getByRole('table').getByRole('link', { name: unfounded }).click();

  await page.getByText('What Priya Nair handed in went back.').waitFor();
  const result = page.getByRole('region', { name: 'What went back' });
  await result.getByText('The source does not say this').waitFor();
  await result.getByText('An engineer is on site within two hours.').first().waitFor();
  await result.getByText('What stands there:').waitFor();
  await page.getByRole('cell', { name: 'Failed' }).or(page.getByText('Nothing is paid until')).first().waitFor();

  await page.getByText('Ask for changes').click();
  await page.getByLabel('What else has to change?').fill(also);
  await page.getByRole('button', { name: 'Ask for it' }).click();
  await page.getByText(also).first().waitFor();
});

journey('a result is sent back with what has to change', async (traveller) => {
  const page = await traveller.comeIn();
  await rows(page).getByRole('link', { name: weak }).click();
  await page.getByText('Ask for changes').click();
  await page.getByLabel('What has to change?').fill(wish);
  await page.getByRole('button', { name: 'Send it back' }).click();

  await page.getByText('You sent back').waitFor();
  await page.getByRole('link', { name: weak }).first().click();
  await page.getByText('What Tom Okafor handed in went back.').waitFor();
  await page.getByText(wish).first().waitFor();
  await page.goto('/today');
  await rows(page).getByRole('link', { name: weak }).waitFor({ state: 'detached' });
});
