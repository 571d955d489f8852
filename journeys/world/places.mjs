// Every kind of page that there is to see in the demo, each with the way to it.

import { appears, openEvidence, rows } from './page.mjs';

const decision = 'Settle where the sources disagree';
const weak = 'Say what Penmarsh found after a year with Bramholt';
const offered = 'Compare what the three suppliers say about training';
const unfounded = 'Quote what Bramholt promises about repairs';

/** The pages, for whoever is in. The last ones leave a session that has opened evidence. */
export async function places(page) {
  await page.goto('/today');
  await appears(page, rows(page).getByRole('link', { name: decision }));
  const follow = async (name) => page.getByRole('link', { name }).first().getAttribute('href');
  const [settle, sign, offer] = [await follow(decision), await follow(weak), await follow(offered)];
  await page.goto('/outcomes');
  const [choice, errand] = [await follow('Which supplier'), await follow('What else has to be known')];
  await page.goto(errand);
  const returned = await follow(unfounded);
  await page.goto('/people');
  const [person, agent] = [await follow('Maren Holt'), await follow('Researcher')];

  const paths = {
    today: '/today',
    outcomes: '/outcomes',
    'new outcome': '/outcomes/new',
    'form of a new outcome': '/outcomes/new/brief',
    outcome: choice,
    plan: `${choice}?view=plan`,
    timeline: `${choice}?view=timeline`,
    money: `${choice}?view=money`,
    deliverables: `${choice}?view=deliverables`,
    'small outcome': errand,
    'task that is offered': offer,
    'task that went back': returned,
    'task that waits for a signature': sign.replace('/sign', ''),
    decision: settle,
    'review desk': sign,
    people: '/people',
    'connect an agent': '/people/connect',
    'invite somebody': '/people/invite',
    person,
    agent,
    playbooks: '/playbooks',
    ledger: '/ledger',
    'sign-in': '/sign-in',
    'no page': '/nowhere',
  };
  const found = Object.entries(paths).map(([name, path]) => ({ name, go: () => page.goto(path) }));
  return [...found, { name: 'decision with gaps', go: () => leaveGaps(page, settle) },
    { name: 'second step of a signature', go: () => almostSign(page, sign) }];
}

async function leaveGaps(page, settle) {
  await page.goto(settle);
  await page.getByRole('button', { name: 'Settle' }).click();
  await page.getByRole('alert').waitFor();
}

async function almostSign(page, sign) {
  await page.goto(sign);
  await openEvidence(page);
  await page.getByLabel('What does it miss?').fill('nothing seen');
  await page.getByRole('button', { name: 'Go on to sign' }).click();
  await page.getByText('Nothing is recorded yet.').waitFor();
}
