// The main job: somebody who answers for an outcome settles what the papers disagree about, signs
// what was made of it, and closes the outcome.

import assert from 'node:assert/strict';

import { journey } from './world/journey.mjs';
import { appears, download, openEvidence, rows, signAndPay } from './world/page.mjs';

const decision = 'Settle where the sources disagree';
const brief = 'Make the decision brief';
const outcome = /^Which supplier should we choose/;
const recommendation = 'Take Bramholt, once a notice of 30 days stands in the contract.';

const ways = {
  'with scripts on': {},
  'with scripts off': { scripts: false },
  'on a phone': { width: 360, height: 740 },
};

for (const [way, how] of Object.entries(ways)) {
  journey(`an outcome is brought to its end ${way}`, async (traveller) => {
    const page = await traveller.comeIn(how);
    await seeWhatNeedsThem(page);
    await settle(page);
    await signTheBrief(page);
    await closeTheOutcome(page);
    await takeWhatIsDelivered(page);
  });
}

async function seeWhatNeedsThem(page) {
  await appears(page, page.getByRole('link', { name: decision }));
  const words = (await rows(page).allTextContents()).join('\n');
  for (const word of ['Decision: ', 'Sign-off: ', 'Offer: ']) assert.ok(words.includes(word), word);
}

async function settle(page) {
  await page.getByRole('link', { name: decision }).click();
  await page.getByRole('heading', { level: 1, name: decision }).waitFor();
  const questions = page.getByRole('group').filter({ has: page.getByRole('radio') });
  const count = await questions.count();
  assert.ok(count > 1, 'the papers disagree');

  // Nothing is chosen for anybody.
  assert.equal(await page.getByRole('radio', { checked: true }).count(), 0);
  await page.getByRole('button', { name: 'Settle' }).click();
  await page.getByRole('alert').waitFor();
  assert.equal(await page.getByRole('alert').getByRole('link').count(), count);

  for (const question of await questions.all()) {
    await question.getByRole('radio').first().check();
    await question.getByLabel('Reason').fill('It is the later paper.');
  }
  await questions.last().getByLabel('Leave it open').check();
  await page.getByRole('button', { name: 'Settle' }).click();
  await questions.first().waitFor({ state: 'detached' });
}

async function signTheBrief(page) {
  await page.goto('/today');
  const row = rows(page).getByRole('link', { name: brief });
  await appears(page, row);
  await row.click();
  const sign = page.getByRole('button', { name: 'Go on to sign' });
  assert.ok(await sign.isDisabled(), 'what it rests on was not opened yet');
  await openEvidence(page);
  await page.getByLabel('What does it miss?').fill('nothing seen');
  await sign.click();
  await page.getByText('Nothing is recorded yet.').waitFor();
  await signAndPay(page);
}

async function closeTheOutcome(page) {
  await page.goto('/today');
  const row = rows(page).getByRole('link', { name: outcome });
  await appears(page, row);
  await row.click();
  await page.getByLabel('Your recommendation').fill(recommendation);
  await page.getByRole('button', { name: 'Go on to sign' }).click();
  await page.getByText('Nothing is recorded yet.').waitFor();
  await page.getByText(recommendation).waitFor();
  await page.getByRole('button', { name: 'Sign and close' }).click();
  await page.getByRole('heading', { name: 'Deliverables' }).waitFor();
}

async function takeWhatIsDelivered(page) {
  const document = await download(page, page.getByRole('link', { name: 'brief.docx' }));
  assert.equal(document.subarray(0, 2).toString(), 'PK', 'a DOCX file is a ZIP archive');

  const record = JSON.parse(await download(page, page.getByRole('link', { name: 'record.json' })));
  assert.equal(record.outcome.state, 'delivered');
  assert.equal(record.signed.recommendation, recommendation);
  assert.equal(record.ledger.escrow_minor, 0);

  await page.getByRole('link', { name: 'Money' }).click();
  const escrow = page.locator('dt', { hasText: 'Left in escrow' }).locator('+ dd');
  assert.equal(await escrow.textContent(), '0.00 practice');
}
