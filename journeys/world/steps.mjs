// The main jobs, step by step, for whoever does them by whichever hand.

import assert from 'node:assert/strict';

import { handOn } from './hand.mjs';
import { almostGive, enter, openEvidence, openToday, rows, signAndPay } from './page.mjs';

const decision = 'Settle where the sources disagree';
const brief = 'Make the decision brief';
const outcome = 'Which supplier should we choose for the self-service terminals?';
export const recommendation = 'Take Bramholt, once a notice of 30 days stands in the contract.';
const organisation = "Maren Holt's desk";
const errand = 'What else has to be known';
const title = 'Write to Bramholt about the training';
const letter = 'Dear Ms Tarn, before we sign we ask you to name the trainer and the two days.';
const lacking = 'Say by when she has to answer.';
const better = `${letter} Please answer by the end of the week.`;

const notes = { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('Asked on the telephone first.') };

/** Three people bring a piece of work to its payment, each in a browser of their own. */
export async function bringToPayment(traveller, how) {
  const orchestrator = handOn(await traveller.open(how), how);
  await enter(orchestrator, traveller.link);
  const invite = (name, role) => invited(orchestrator, traveller, how, name, role);
  const writer = await invite('Wilma Writer', 'Contributor');
  await addTheWork(orchestrator);
  await handIn(writer, letter);
  const reviewer = await invite('Rolf Reviewer', 'Reviewer');
  await sendBack(reviewer);
  await handIn(writer, better);
  await accept(reviewer);
  await sign(orchestrator);
  await seePayment(writer);
  return { orchestrator, writer, reviewer };
}

/** Invites somebody, who comes in by their link in a browser of their own. */
export async function invited(hand, traveller, how, name, role) {
  const { page } = hand;
  await hand.go('/people');
  await hand.press(page.getByRole('link', { name: 'Invite somebody' }));
  await hand.write(page.getByLabel('Their name'), name);
  await hand.write(page.getByLabel('What can they do?'), 'writing 5');
  await hand.choose(page.getByLabel('Into which organisation?'), organisation);
  await hand.tick(page.getByLabel(role));
  await hand.press(page.getByRole('button', { name: 'Make the link' }));
  const made = page.getByRole('region', { name: 'Keep it now' }).locator('code');
  await hand.sees(made);

  const theirs = handOn(await traveller.open({ ...how, isIn: false }), how);
  await enter(theirs, await made.textContent());
  return theirs;
}

async function addTheWork(hand) {
  const { page } = hand;
  await almostGive(hand, errand);
  await hand.leave(page.getByRole('button', { name: 'Give 0.40 practice' }));
  await hand.sees(page.getByRole('heading', { name: 'Money', exact: true }));
  await hand.press(page.getByRole('link', { name: 'Plan', exact: true }));
  await hand.press(page.getByRole('link', { name: 'Edit the plan' }));
  await hand.press(page.getByRole('link', { name: 'Add a task' }));
  await hand.write(page.getByLabel('Title'), title);
  await hand.write(page.getByLabel('Goal'), 'A letter that makes Bramholt name who trains our people, and when.');
  await hand.write(page.getByLabel('Constraints'), 'One page, and no promise of ours.');
  await hand.write(page.getByLabel('Criteria'), 'It asks for a name.\nIt says by when the answer is needed.');
  await hand.choose(page.getByLabel('Who may do it'), 'A person');
  await hand.choose(page.getByLabel('Risk'), 'High: hurts somebody, or much money');
  await hand.write(page.getByLabel('Pays, in'), '0.40');
  await hand.write(page.getByLabel('Level that it takes'), '4');
  await hand.write(page.getByLabel('Kind of work'), 'letter');
  await hand.write(page.getByLabel('Capability that it takes'), 'writing');
  await hand.write(page.getByLabel('Why?'), 'The papers do not say who trains.');
  await hand.press(page.getByRole('button', { name: 'Show what it does' }));
  await hand.sees(page.getByText('Nothing is changed yet.'));
  await hand.leave(page.getByRole('button', { name: 'Change the plan' }));
  await hand.sees(page.getByRole('link', { name: title }).first());
}

async function handIn(hand, text) {
  const { page } = hand;
  await openToday(hand, title);
  await hand.leave(page.getByRole('button', { name: 'Take it' }));
  const result = page.getByLabel('Your result');
  const file = page.getByLabel(notes.name);
  await hand.write(result, text);
  if (await file.count() === 0) await hand.attach(page.getByLabel('Files that belong to it'), notes);
  await hand.leave(page.getByRole('button', { name: 'Hand in' }));
  await hand.sees(page.getByRole('alert').getByText('It is not ready yet.'));
  assert.equal(await result.inputValue(), text, 'nothing that was filled in is lost');
  assert.ok(await file.isChecked(), 'nor the file');
  await hand.tick(page.getByLabel('No', { exact: true }));
  await hand.leave(page.getByRole('button', { name: 'Hand in' }));
  await result.waitFor({ state: 'detached' });
}

async function openReview(hand) {
  await openToday(hand, title);
  assert.ok(await hand.page.getByRole('button', { name: 'It holds' }).isDisabled(), 'nothing was opened yet');
  await openEvidence(hand, 'What was handed in');
}

async function sendBack(hand) {
  const { page } = hand;
  await openReview(hand);
  await hand.write(page.getByLabel('It says by when the answer is needed.'), lacking);
  await hand.write(page.getByLabel('What does it miss?'), 'a date');
  await hand.leave(page.getByRole('button', { name: 'Ask for changes' }));
  await page.getByLabel('What does it miss?').waitFor({ state: 'detached' });
}

async function accept(hand) {
  const { page } = hand;
  await openReview(hand);
  await hand.sees(page.getByText(better).first());
  await hand.write(page.getByLabel('What does it miss?'), 'nothing seen');
  await hand.leave(page.getByRole('button', { name: 'It holds' }));
  await page.getByLabel('What does it miss?').waitFor({ state: 'detached' });
}

async function sign(hand) {
  const { page } = hand;
  await openToday(hand, title);
  assert.ok(await page.getByRole('button', { name: 'Go on to sign' }).isDisabled(), 'nothing was opened yet');
  await openEvidence(hand);
  await hand.write(page.getByLabel('What does it miss?'), 'nothing seen');
  await hand.press(page.getByRole('button', { name: 'Go on to sign' }));
  await hand.sees(page.getByText('Nothing is recorded yet.'));
  await signAndPay(hand);
}

async function seePayment(hand) {
  const { page } = hand;
  await hand.go('/tasks');
  const task = page.getByRole('link', { name: title }).first();
  await hand.sees(task);
  await hand.open(task);
  const steps = page.getByRole('list', { name: 'Steps of this task' });
  await hand.sees(steps.getByText('0.40 practice', { exact: true }));
  await hand.go('/people');
  await hand.press(page.getByRole('link', { name: 'Wilma Writer' }).first());
  await hand.sees(page.getByText(title).first());
}

/** Somebody settles what the papers disagree about, signs what was made of it, and closes the outcome. */
export async function closeTheOutcome(hand) {
  await seeWhatNeedsThem(hand);
  await settle(hand);
  await signTheBrief(hand);
  await signTheOutcome(hand);
}

async function seeWhatNeedsThem(hand) {
  await hand.go('/today');
  await hand.sees(hand.page.getByRole('link', { name: decision }));
  const words = (await rows(hand.page).allTextContents()).join('\n');
  for (const word of ['Decision: ', 'Sign-off: ', 'Offer: ']) assert.ok(words.includes(word), word);
}

async function settle(hand) {
  const { page } = hand;
  await openToday(hand, decision);
  const questions = page.getByRole('group').filter({ has: page.getByRole('radio') });
  const count = await questions.count();
  assert.ok(count > 1, 'the papers disagree');

  // Nothing is chosen for anybody.
  assert.equal(await page.getByRole('radio', { checked: true }).count(), 0);
  await hand.leave(page.getByRole('button', { name: 'Settle' }));
  await hand.sees(page.getByRole('alert'));
  assert.equal(await page.getByRole('alert').getByRole('link').count(), count);

  for (const question of await questions.all()) {
    await hand.tick(question.getByRole('radio').first());
    await hand.write(question.getByLabel('Reason'), 'It is the later paper.');
  }
  await hand.tick(questions.last().getByLabel('Leave it open'));
  await hand.leave(page.getByRole('button', { name: 'Settle' }));
  await questions.first().waitFor({ state: 'detached' });
}

async function signTheBrief(hand) {
  const { page } = hand;
  await openToday(hand, brief);
  const sign = page.getByRole('button', { name: 'Go on to sign' });
  assert.ok(await sign.isDisabled(), 'what it rests on was not opened yet');
  await openEvidence(hand);
  await hand.write(page.getByLabel('What does it miss?'), 'nothing seen');
  await hand.press(sign);
  await hand.sees(page.getByText('Nothing is recorded yet.'));
  await signAndPay(hand);
}

async function signTheOutcome(hand) {
  const { page } = hand;
  await openToday(hand, outcome);
  await hand.write(page.getByLabel('Your recommendation'), recommendation);
  await hand.press(page.getByRole('button', { name: 'Go on to sign' }));
  await hand.sees(page.getByText('Nothing is recorded yet.'));
  await hand.sees(page.getByText(recommendation));
  await hand.leave(page.getByRole('button', { name: 'Sign and close' }));
  await hand.sees(page.getByRole('heading', { name: 'Deliverables' }));
}
