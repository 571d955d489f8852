// The main job: somebody who answers for an outcome settles what the papers disagree about, signs
// what was made of it, and closes the outcome.

import assert from 'node:assert/strict';

import { handOn } from './world/hand.mjs';
import { closeTheOutcome, recommendation } from './world/steps.mjs';
import { journeyInEveryWay } from './world/journey.mjs';
import { download, enter } from './world/page.mjs';

journeyInEveryWay('an outcome is brought to its end', async (traveller, how) => {
  const hand = handOn(await traveller.open(how), how);
  await enter(hand, traveller.link);
  await closeTheOutcome(hand);
  await takeWhatIsDelivered(hand);
});

async function takeWhatIsDelivered(hand) {
  const { page } = hand;
  const document = await download(hand, page.getByRole('link', { name: 'brief.docx' }));
  assert.equal(document.subarray(0, 2).toString(), 'PK', 'a DOCX file is a ZIP archive');

  const record = JSON.parse(await download(hand, page.getByRole('link', { name: 'record.json' })));
  assert.equal(record.outcome.state, 'delivered');
  assert.equal(record.signed.recommendation, recommendation);
  assert.equal(record.ledger.escrow_minor, 0);

  await hand.press(page.getByRole('link', { name: 'Money', exact: true }));
  const escrow = page.locator('dt', { hasText: 'Left in escrow' }).locator('+ dd');
  await hand.sees(escrow);
  assert.equal(await escrow.textContent(), '0.00 practice');
}
