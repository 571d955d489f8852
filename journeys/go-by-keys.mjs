// Everything by keys: coming in, finding what needs a decision, deciding, signing, closing the outcome,
// and going elsewhere. What has the focus can be seen at each step.

import assert from 'node:assert/strict';

import { journey } from './world/journey.mjs';
import { appears, goesOn, rows } from './world/page.mjs';

const decision = 'Settle where the sources disagree';
const brief = 'Make the decision brief';
const outcome = 'Which supplier should we choose for the self-service terminals?';
const weak = 'Say what Penmarsh found after a year with Bramholt';
/** More steps than any page has places to stop at. */
const STOPS_MAX = 300;

journey('somebody who has no mouse brings an outcome to its end', async (traveller) => {
  const page = await traveller.open();
  await page.goto(traveller.link);
  await tabTo(page, (focus) => focus.words === 'Come in');
  await page.keyboard.press('Enter');
  await page.waitForURL('/today');

  await appears(page, page.getByRole('link', { name: decision }));
  await page.keyboard.press('j');
  const first = await focused(page);
  await page.keyboard.press('j');
  assert.notEqual((await focused(page)).words, first.words);
  await page.keyboard.press('k');
  assert.equal((await focused(page)).words, first.words);
  while ((await focused(page)).words !== decision) await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: decision }).waitFor();

  const asked = page.getByRole('group').filter({ has: page.getByRole('radio') });
  const questions = await asked.count();
  for (let question = 0; question < questions; question += 1) {
    await tabTo(page, (focus) => focus.kind === 'radio');
    await page.keyboard.press('Space');
    await tabTo(page, (focus) => focus.kind === 'text');
    await page.keyboard.type('It is the later paper.');
  }
  await press(page, 'Settle');
  await asked.first().waitFor({ state: 'detached' });

  await goToRow(page, brief);
  await openByKeys(page);
  await tabTo(page, (focus) => /^text/.test(focus.kind));
  await page.keyboard.type('nothing seen');
  await press(page, 'Go on to sign');
  await page.getByText('Nothing is recorded yet.').waitFor();
  const before = page.url();
  await press(page, 'Sign and pay');
  await goesOn(page, before);

  await goToRow(page, outcome);
  await tabTo(page, (focus) => /^text/.test(focus.kind));
  await page.keyboard.type('Take Bramholt.');
  await press(page, 'Go on to sign');
  await page.getByText('Nothing is recorded yet.').waitFor();
  await press(page, 'Sign and close');
  await page.getByRole('heading', { name: 'Deliverables' }).waitFor();
  await page.getByText('Delivered', { exact: true }).first().waitFor();
});

journey('keys lead everywhere, and say so', async (traveller) => {
  const page = await traveller.comeIn();
  const places = {
    go: '/outcomes', gp: '/people', gl: '/ledger', gt: '/tasks', gm: '/map', gh: '/health',
    gs: '/settings', c: '/outcomes/new', gi: '/today',
  };
  for (const [keys, path] of Object.entries(places)) {
    for (const key of keys) await page.keyboard.press(key);
    await page.waitForURL(path);
  }

  const list = page.getByRole('dialog', { name: 'Keys' });
  await page.keyboard.press('?');
  await list.getByText('Next in the list').waitFor();
  await page.keyboard.press('Escape');
  await list.waitFor({ state: 'hidden' });

  await page.keyboard.press('Control+k');
  await page.keyboard.type('playb');
  await page.keyboard.press('Enter');
  await page.waitForURL('/playbooks');

  await page.keyboard.press('Control+k');
  await page.keyboard.type('penmarsh found');
  const palette = page.getByRole('dialog', { name: 'Search or go to' });
  await palette.getByRole('link', { name: weak }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: weak }).waitFor();

  // Whoever presses keys by accident switches them off, and on again.
  await page.keyboard.press('?');
  await list.getByRole('checkbox').uncheck();
  await page.keyboard.press('Escape');
  await page.keyboard.press('g');
  await page.keyboard.press('i');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('keys');
  await page.keyboard.press('Enter');
  await list.getByRole('checkbox').check();
  await page.keyboard.press('Escape');
  await page.getByRole('heading', { level: 1, name: weak }).waitFor();

  await page.keyboard.press('Control+k');
  await page.keyboard.press('ArrowDown');
  assert.equal((await focused(page)).words, 'Todayg i');
  await page.keyboard.press('Enter');
  await page.waitForURL('/today');

  await page.keyboard.press('Tab');
  assert.equal((await focused(page)).words, 'Skip to the content');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  assert.equal((await focused(page)).words, 'New outcome');
});

/** Goes to what bears these words, and presses it. */
async function press(page, words) {
  await tabTo(page, (focus) => focus.words === words);
  await page.keyboard.press('Enter');
}

/** Opens what waits on today's list for a signature, as soon as it is there. */
async function goToRow(page, title) {
  await page.keyboard.press('g');
  await page.keyboard.press('i');
  await page.waitForURL('/today');
  await appears(page, rows(page).getByRole('link', { name: title }));
  await page.keyboard.press('j');
  for (let stops = 0; (await focused(page)).words !== title; stops += 1) {
    assert.ok(stops < STOPS_MAX, `'${title}' can be reached`);
    await page.keyboard.press('j');
  }
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/sign$/);
}

/** Opens all that a signature rests on. */
async function openByKeys(page) {
  const evidence = page.getByRole('region', { name: 'What it rests on' });
  const count = await evidence.getByRole('button').count();
  for (let file = 0; file < count; file += 1) {
    await tabTo(page, (focus) => /^Open /.test(focus.words));
    const opened = page.waitForEvent('popup');
    await page.keyboard.press('Enter');
    const file = await opened;
    await file.waitForLoadState();
    await file.close();
  }
  await appears(page, evidence.getByText('You have opened all of it.'));
}

/** Goes on to the next place where something holds. */
async function tabTo(page, holds) {
  for (let stops = 0; stops < STOPS_MAX; stops += 1) {
    await page.keyboard.press('Tab');
    if (holds(await focused(page))) return;
  }
  assert.fail('no such place can be reached');
}

/** What has the focus. It is drawn so that it can be seen, and nothing lies over it. */
async function focused(page) {
  const focus = await page.evaluate(() => {
    const element = document.activeElement;
    // In a list, the whole row is outlined.
    const outlined = [element, element.closest('.row') ?? element].map((it) => getComputedStyle(it));
    const box = element.getBoundingClientRect();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const top = document.elementFromPoint(x, y);
    return {
      words: element.textContent.trim().replace(/\s+/g, ' '),
      kind: element.type,
      isDrawn: outlined.some((style) => style.outlineStyle === 'solid'),
      isOnTop: Boolean(top) && (element.contains(top) || top.contains(element)),
    };
  });
  assert.ok(focus.isDrawn, `the focus can be seen at '${focus.words}'`);
  assert.ok(focus.isOnTop, `nothing lies over '${focus.words}'`);
  return focus;
}
