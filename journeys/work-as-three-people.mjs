// The main job as three people, each in a browser of their own: one states work and answers for it, one
// does it, one reviews it; then it is signed, and whoever did it has their money.

import assert from 'node:assert/strict';

import { journey } from './world/journey.mjs';
import { almostGive, appears, openEvidence, rows, signAndPay } from './world/page.mjs';

const title = 'Write to Bramholt about the training';
const letter = 'Dear Ms Tarn, before we sign we ask you to name the trainer and the two days.';
const lacking = 'Say by when she has to answer.';
const better = `${letter} Please answer by the end of the week.`;

const notes = { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('Asked on the telephone first.') };

const ways = {
  'with scripts on': {},
  'with scripts off': { scripts: false },
  'on phones': { width: 360, height: 740 },
};

for (const [way, how] of Object.entries(ways)) {
  journey(`three people bring a piece of work to its payment ${way}`, async (traveller) => {
    const orchestrator = await traveller.comeIn(how);
    const writer = await invited(traveller, how, orchestrator, 'Wilma Writer', 'Contributor');
    await addTheWork(orchestrator);
    await handIn(writer, letter);
    const reviewer = await invited(traveller, how, orchestrator, 'Rolf Reviewer', 'Reviewer');
    await sendBack(reviewer);
    await handIn(writer, better);
    await accept(reviewer);
    await sign(orchestrator);
    await seePayment(writer);
  }, { refusals: [422] });
}

/** Invites somebody, who comes in by their link in a browser of their own. */
async function invited(traveller, how, orchestrator, name, role) {
  await orchestrator.goto('/people/invite');
  await orchestrator.getByLabel('Their name').fill(name);
  await orchestrator.getByLabel('What can they do?').fill('writing 5');
  await orchestrator.getByLabel('Into which organisation?').selectOption({ index: 1 });
  await orchestrator.getByLabel(role).check();
  await orchestrator.getByRole('button', { name: 'Make the link' }).click();
  const link = await orchestrator.getByRole('region', { name: 'Keep it now' }).locator('code').textContent();

  const page = await traveller.open({ ...how, isIn: false });
  await page.goto(link);
  await page.getByRole('button', { name: 'Come in' }).click();
  await page.waitForURL('/today');
  return page;
}

async function addTheWork(page) {
  await page.goto('/outcomes');
  const errand = await page.getByRole('link', { name: 'What else has to be known' }).first().getAttribute('href');
  await giveMoney(page, `${errand}?view=money`);
  await page.goto(`${errand}/plan?what=add`);
  await page.getByLabel('Title').fill(title);
  await page.getByLabel('Goal').fill('A letter that makes Bramholt name who trains our people, and when.');
  await page.getByLabel('Constraints').fill('One page, and no promise of ours.');
  await page.getByLabel('Criteria').fill('It asks for a name.\nIt says by when the answer is needed.');
  await page.getByLabel('Who may do it').selectOption('person');
  await page.getByLabel('Risk').selectOption('high');
  await page.getByLabel('Pays, in').fill('0.40');
  await page.getByLabel('Level that it takes').fill('4');
  await page.getByLabel('Kind of work').fill('letter');
  await page.getByLabel('Capability that it takes').fill('writing');
  await page.getByLabel('Why?').fill('The papers do not say who trains.');
  await page.getByRole('button', { name: 'Show what it does' }).click();
  await page.getByText('Nothing is changed yet.').waitFor();
  await page.getByRole('button', { name: 'Change the plan' }).click();
  await page.getByRole('link', { name: title }).first().waitFor();
}

/** Records what was set aside, and gives the outcome some of it. */
async function giveMoney(page, money) {
  await almostGive(page, money);
  await page.getByRole('button', { name: 'Give 0.40 practice' }).click();
  await page.getByRole('heading', { name: 'Money', exact: true }).waitFor();
}

async function handIn(page, text) {
  await page.goto('/today');
  const row = rows(page).getByRole('link', { name: title });
  await appears(page, row);
  await row.click();
  await page.getByRole('button', { name: 'Take it' }).click();
  await page.getByLabel('Your result').fill(text);
  if (await page.getByLabel(notes.name).count() === 0) await page.getByLabel('Files that belong to it').setInputFiles(notes);
  await page.getByRole('button', { name: 'Hand in' }).click();
  await page.getByRole('alert').getByText('It is not ready yet.').waitFor();
  assert.equal(await page.getByLabel('Your result').inputValue(), text, 'nothing that was filled in is lost');
  assert.ok(await page.getByLabel(notes.name).isChecked(), 'nor the file');
  await page.getByLabel('No', { exact: true }).check();
  await page.getByRole('button', { name: 'Hand in' }).click();
}

async function openReview(page) {
  await page.goto('/today');
  const row = rows(page).getByRole('link', { name: title });
  await appears(page, row);
  await row.click();
  assert.ok(await page.getByRole('button', { name: 'It holds' }).isDisabled(), 'nothing was opened yet');
  await openEvidence(page, 'What was handed in');
}

async function sendBack(page) {
  await openReview(page);
  await page.getByLabel('It says by when the answer is needed.').fill(lacking);
  await page.getByLabel('What does it miss?').fill('a date');
  await page.getByRole('button', { name: 'Ask for changes' }).click();
}

async function accept(page) {
  await openReview(page);
  await page.getByText(better).first().waitFor();
  await page.getByLabel('What does it miss?').fill('nothing seen');
  await page.getByRole('button', { name: 'It holds' }).click();
}

async function sign(page) {
  await page.goto('/today');
  const row = rows(page).getByRole('link', { name: title });
  await appears(page, row);
  await row.click();
  await openEvidence(page);
  await page.getByLabel('What does it miss?').fill('nothing seen');
  await page.getByRole('button', { name: 'Go on to sign' }).click();
  await page.getByText('Nothing is recorded yet.').waitFor();
  await signAndPay(page);
}

async function seePayment(page) {
  await page.goto('/tasks');
  const task = page.getByRole('link', { name: title }).first();
  await appears(page, task);
  await task.click();
  await appears(page, page.getByText('0.40 practice').first());
  await page.goto('/people');
  await page.getByRole('link', { name: 'Wilma Writer' }).first().click();
  await appears(page, page.getByText(title).first());
}
