// Every kind of page that there is to see in the demo, each with the way to it.

import { almostGive, appears, openEvidence, rows } from './page.mjs';

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
  await page.goto(`${errand}/plan`);
  const change = await page.getByRole('link', { name: 'Change' }).first().getAttribute('href');
  const key = new URL(change, page.url()).searchParams.get('task');
  await page.goto('/people');
  const [person, agent] = [await follow('Maren Holt'), await follow('Researcher')];

  await page.goto('/access');
  const organisation = await follow('desk');

  const paths = {
    today: '/today',
    outcomes: '/outcomes',
    'outcomes that nothing fits': '/outcomes?q=nothing+like+it',
    tasks: '/tasks',
    'new outcome': '/outcomes/new',
    'form of a new outcome': '/outcomes/new/brief',
    'objective in own words': '/outcomes/new/objective',
    outcome: choice,
    plan: `${choice}?view=plan`,
    timeline: `${choice}?view=timeline`,
    'compact timeline': `${choice}?view=timeline&form=compact`,
    'raw timeline': `${choice}?view=timeline&form=raw`,
    'plan that is edited': `${errand}/plan`,
    'task to add': `${errand}/plan?what=add`,
    'task to change': `${errand}/plan?what=change&task=${key}`,
    'task to split': `${errand}/plan?what=split&task=${key}`,
    money: `${choice}?view=money`,
    deliverables: `${choice}?view=deliverables`,
    discussion: `${choice}?view=discussion`,
    'small outcome': errand,
    'task that is offered': offer,
    'task that went back': returned,
    'task that waits for a signature': sign.replace('/sign', ''),
    decision: settle,
    'review desk': sign,
    people: '/people',
    'connect an agent': '/people/connect',
    'invite somebody': '/people/invite',
    'people who were searched': '/people?q=research&kind=agent',
    person,
    agent,
    'events behind a standing': `${agent}/standing`,
    map: '/map',
    health: '/health',
    playbooks: '/playbooks',
    'who may do what': '/access',
    organisation,
    ledger: '/ledger',
    accounts: '/ledger/accounts',
    rules: '/settings',
    members: '/settings/members',
    'agents and models': '/settings/agents',
    tokens: '/settings/tokens',
    notifications: '/settings/notifications',
    webhooks: '/settings/webhooks',
    'audit log': '/settings/audit',
    search: '/search?q=bramholt',
    'sign-in': '/sign-in',
    'no page': '/nowhere',
  };
  const found = Object.entries(paths).map(([name, path]) => ({ name, go: () => page.goto(path) }));
  return [...found, { name: 'decision with gaps', go: () => leaveGaps(page, settle) },
    { name: 'rules to be changed', go: () => openRules(page) },
    { name: 'outcome to be given up', go: () => almostEnd(page, choice) },
    { name: 'discussion with a remark', go: () => say(page, `${choice}?view=discussion`) },
    { name: 'money that is almost given', go: () => almostGive(page, `${errand}?view=money`) },
    { name: 'what an edit does', go: () => almostEdit(page, `${errand}/plan?what=split&task=${key}`) },
    { name: 'form that lacks something', go: () => almostHandIn(page, offer) },
    { name: 'palette', go: () => openPalette(page) },
    { name: 'second step of a signature', go: () => almostSign(page, sign) }];
}

async function leaveGaps(page, settle) {
  await page.goto(settle);
  await page.getByRole('button', { name: 'Settle' }).click();
  await page.getByRole('alert').waitFor();
}

/** Takes a task, and hands in what cannot be handed in yet. */
async function almostHandIn(page, offer) {
  await page.goto(offer);
  const take = page.getByRole('button', { name: 'Take it' });
  if (await take.count()) await take.click();
  await page.getByLabel('Passage, word for word').fill('Nobody says this.');
  await page.getByRole('button', { name: 'Hand in' }).click();
  await page.getByRole('alert').waitFor();
}

async function openRules(page) {
  await page.goto('/settings');
  await page.getByText('Change the rules').click();
  await page.getByRole('button', { name: 'Put in force' }).waitFor();
}

async function almostEdit(page, form) {
  await page.goto(form);
  await page.getByLabel('Why?').fill('Two pairs of eyes see more.');
  await page.getByRole('button', { name: 'Show what it does' }).click();
  await page.getByText('Nothing is changed yet.').waitFor();
}

/** Goes as far as one click before an outcome is given up. */
async function almostEnd(page, outcome) {
  await page.goto(outcome);
  await page.getByText('Give it up').first().click();
  await page.getByLabel('Why?').last().fill('Nobody needs it any more');
  await page.getByRole('button', { name: 'Show what it does' }).last().click();
  await page.getByText('It cannot be undone.').waitFor();
}

async function say(page, discussion) {
  await page.goto(discussion);
  await page.getByLabel('What do you want to say?').fill('Has anybody asked them about the training?');
  await page.getByRole('button', { name: 'Say it' }).click();
  await page.getByText('Has anybody asked them').first().waitFor();
}

async function openPalette(page) {
  await page.goto('/playbooks');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('bramholt');
  await page.getByRole('dialog').getByRole('link').first().waitFor();
}

async function almostSign(page, sign) {
  await page.goto(sign);
  await openEvidence(page);
  await page.getByLabel('What does it miss?').fill('nothing seen');
  await page.getByRole('button', { name: 'Go on to sign' }).click();
  await page.getByText('Nothing is recorded yet.').waitFor();
}
