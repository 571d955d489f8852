// Passkeys, with an authenticator that the browser itself plays: added, used to come in, and asked for
// before a signature.

import assert from 'node:assert/strict';

import { handOn } from './world/hand.mjs';
import { journey } from './world/journey.mjs';
import { appears, openEvidence, rows, signAndPay } from './world/page.mjs';

const weak = 'Say what Penmarsh found after a year with Bramholt';

/** Gives a page an authenticator that knows its person. */
async function authenticator(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  const options = {
    protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true,
    isUserVerified: true, automaticPresenceSimulation: true,
  };
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', { options });
  const tells = (isUserVerified) => devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
  return { tells };
}

async function goToOwnPage(page) {
  await page.getByRole('button', { name: 'your menu' }).click();
  await page.getByRole('link', { name: 'Your profile' }).click();
  await page.getByRole('heading', { name: 'Your passkeys' }).waitFor();
}

journey('somebody adds a passkey and comes in by it', async (traveller) => {
  const page = await traveller.comeIn();
  await authenticator(page);
  await goToOwnPage(page);
  await page.getByLabel('A new passkey').fill('my laptop');
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await page.getByRole('button', { name: 'End my laptop' }).waitFor();

  await page.getByRole('button', { name: 'your menu' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await page.waitForURL('/today');
  await goToOwnPage(page);
  await page.getByText('Session: by the passkey').waitFor();

  await page.getByRole('button', { name: 'End my laptop', exact: true }).click();
  await page.getByText('You have none yet.').waitFor();
});

journey('whoever has a passkey shows it before they sign', async (traveller) => {
  const page = await traveller.comeIn();
  const { tells } = await authenticator(page);
  await goToOwnPage(page);
  await page.getByLabel('A new passkey').fill('my laptop');
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await page.getByRole('button', { name: 'End my laptop' }).waitFor();

  // A link shows nothing but itself, so the passkey is asked for.
  const other = await traveller.open({ isIn: false });
  const device = await authenticator(other);
  await other.goto('/sign-in');
  await device.tells(true);
  await other.getByRole('button', { name: 'Use a passkey' }).click();
  await other.getByRole('alert').waitFor();

  await page.goto('/today');
  const sign = rows(page).getByRole('link', { name: weak });
  await appears(page, sign);
  await page.goto(await sign.getAttribute('href'));
  await openEvidence(handOn(page));
  await tells(true);
  await page.getByLabel('What does it miss?').fill('nothing seen');
  await page.getByRole('button', { name: 'Go on to sign' }).click();
  await signAndPay(handOn(page));
  assert.equal(await rows(page).getByRole('link', { name: weak }).count(), 0);
});
