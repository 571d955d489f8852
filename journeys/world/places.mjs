// Every kind of page that there is to see in the demo, each with the way to it.

import { handOn } from './hand.mjs';
import { almostGive, appears, openEvidence, rows } from './page.mjs';

const decision = 'Settle where the sources disagree';
const weak = 'Say what Penmarsh found after a year with Bramholt';
const offered = 'Compare what the three suppliers say about training';
const small = 'What else has to be known';
const unfounded = 'Quote what Bramholt promises about repairs';

/** The pages, for whoever is in. The last ones leave a session that has opened evidence. */
export async function places(page) {
  await page.goto('/today');
  await appears(page, rows(page).getByRole('link', { name: decision }));
  const follow = async (name) => page.getByRole('link', { name }).first().getAttribute('href');
  const [settle, sign, offer] = [await follow(decision), await follow(weak), await follow(offered)];
  await page.goto(settle);
  const passage = await page.locator('main a[href*="/source?"]').first().getAttribute('href');
  await page.goto('/outcomes');
  const [choice, errand] = [await follow('Which supplier'), await follow(small)];
  await page.goto(errand);
  const returned = await follow(unfounded);
  await page.goto(`${errand}/plan`);
  const change = await page.getByRole('link', { name: 'Change' }).first().getAttribute('href');
  const key = new URL(change, page.url()).searchParams.get('task');
  await page.goto('/people');
  const [person, agent] = [await follow('Maren Holt'), await follow('Researcher')];

  await page.goto('/outcomes/new');
  const playbooks = await page.locator('main li.row a').evaluateAll((all) => all.map((it) => it.pathname));
  const forms = Object.fromEntries(playbooks.map((path) => [`form at ${path}`, path]));
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
    ...forms,
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
    'passage in its source': passage,
    'passage in a source of a task': passage.replace(/^\/outcomes\/[^/]+/, settle.replace('/settle', '')),
    decision: settle,
    'review desk': sign,
    people: '/people',
    'connect an agent': '/people/connect',
    'invite somebody': '/people/invite',
    invitations: '/people/invitations',
    'people who were searched': '/people?q=research&kind=agent',
    person,
    agent,
    'events behind a standing': `${agent}/standing`,
    'accepted work of somebody': `${agent}/portfolio`,
    map: '/map',
    health: '/health',
    playbooks: '/playbooks',
    'who may do what': '/access',
    organisation,
    'members of an organisation': `${organisation}/members`,
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
    'link that lets nobody in': '/enter/nothing',
    'task that cannot be begun here': '/outcomes/new/code-change',
    'review that is not theirs': `${offer}/review`,
    'views, none yet': '/views',
    'view to save': '/views/new?list=/tasks&query=q%3Dbramholt',
  };
  const found = Object.entries(paths).map(([name, path]) => ({ name, go: () => page.goto(path) }));
  return [...found, { name: 'decision with gaps', go: () => leaveGaps(page, settle) },
    { name: 'rules to be changed', go: () => openRules(page) },
    { name: 'outcome to be given up', go: () => almostEnd(page, choice) },
    { name: 'discussion with a remark', go: () => say(page, `${choice}?view=discussion`) },
    { name: 'money that is almost given', go: () => almostGive(handOn(page), small) },
    { name: 'what an edit does', go: () => almostEdit(page, `${errand}/plan?what=split&task=${key}`) },
    { name: 'form that lacks something', go: () => almostHandIn(page, offer) },
    { name: 'palette', go: () => openPalette(page) },
    { name: 'list of keys', go: () => openKeys(page) },
    { name: 'own menu', go: () => openMenu(page) },
    { name: 'views', go: () => saveView(page) },
    { name: 'link of an invitation', go: () => invite(page) },
    { name: 'token of an agent', go: () => connect(page) },
    { name: 'token of a program', go: () => makeToken(page) },
    { name: 'webhook that cannot be', go: () => refuseWebhook(page) },
    { name: 'secret of a webhook', go: () => makeWebhook(page) },
    { name: 'webhook', go: () => openWebhook(page) },
    { name: 'plan of an objective', go: () => plan(page) },
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
  await openEvidence(handOn(page));
  await page.getByLabel('What does it miss?').fill('nothing seen');
  await page.getByRole('button', { name: 'Go on to sign' }).click();
  await page.getByText('Nothing is recorded yet.').waitFor();
}

async function openKeys(page) {
  await page.goto('/playbooks');
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
}

async function openMenu(page) {
  await page.goto('/playbooks');
  await page.getByRole('button', { name: 'your menu' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
}

async function saveView(page) {
  await page.goto('/views/new?list=/tasks&query=q%3Dbramholt');
  await page.getByLabel('What is it called?').fill('About Bramholt');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('link', { name: 'About Bramholt' }).waitFor();
  await page.goto('/views');
}

async function invite(page) {
  await page.goto('/people/invite');
  await page.getByLabel('Their name').fill('Ben Example');
  await page.getByRole('button', { name: 'Make the link' }).click();
  await page.getByRole('region', { name: 'Keep it now' }).waitFor();
}

async function connect(page) {
  await page.goto('/people/connect');
  await page.getByLabel('Its name').fill('Reader');
  await page.getByLabel('What can they do?').fill('reading 3');
  await page.getByLabel('What is it built on?').fill('a program');
  await page.getByRole('button', { name: 'Connect it' }).click();
  await page.getByRole('region', { name: 'Keep it now' }).waitFor();
}

async function makeToken(page) {
  await page.goto('/people');
  await page.getByRole('link', { name: 'Maren Holt' }).first().click();
  await page.getByLabel('A new token for a program').fill('nightly report');
  await page.getByRole('button', { name: 'Make a token' }).click();
  await page.getByRole('region', { name: 'Keep it now' }).waitFor();
}

/** Adds a webhook whose address is nobody's. */
async function addWebhook(page, kind) {
  await page.goto('/settings/webhooks');
  await page.getByLabel('Address', { exact: true }).fill('https://hooks.example/consort');
  await page.getByLabel('Events', { exact: true }).fill(kind);
  await page.getByRole('button', { name: 'Add' }).click();
}

async function refuseWebhook(page) {
  await addWebhook(page, 'weather.turned');
  await page.getByRole('button', { name: 'Send it again' }).waitFor();
}

/** Nobody is suspended meanwhile, so that nothing is ever sent. */
async function makeWebhook(page) {
  await addWebhook(page, 'contributor.suspended');
  await page.getByRole('link', { name: 'Go on' }).waitFor();
}

async function openWebhook(page) {
  await page.goto('/settings/webhooks');
  await page.getByRole('link', { name: 'hooks.example' }).first().click();
  await page.getByRole('button', { name: 'End it' }).waitFor();
}

/** Goes as far as one step before an outcome begins. */
async function plan(page) {
  await page.goto('/outcomes/new/objective');
  await page.getByLabel('What do you call it?').fill('A letter to the council');
  await page.getByLabel('What is wanted?').fill('A letter that asks for the grant.');
  await page.getByLabel('Why does it matter?').fill('Without it there is no second terminal.');
  await page.getByLabel('When is it done?').fill('The council has it.');
  await page.getByLabel('Which tasks lead there?').fill('Write the letter = writing, 1.50\nSend it = writing, 0.50');
  await page.getByRole('button', { name: 'See the plan' }).click();
  await page.getByRole('heading', { level: 1, name: 'The plan' }).waitFor();
}
