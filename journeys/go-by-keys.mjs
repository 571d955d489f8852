// Everything by keys: coming in, finding what needs a decision, deciding, and going elsewhere. What
// has the focus can be seen at each step.

import assert from 'node:assert/strict';

import { journey } from './world/journey.mjs';
import { appears } from './world/page.mjs';

const decision = 'Settle where the sources disagree';
/** More steps than any page has places to stop at. */
const STOPS_MAX = 300;

journey('somebody who has no mouse decides a task', async (traveller) => {
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

  const questions = await page.getByRole('group').count();
  for (let question = 0; question < questions; question += 1) {
    await tabTo(page, (focus) => focus.kind === 'radio');
    await page.keyboard.press('Space');
    await tabTo(page, (focus) => focus.kind === 'text');
    await page.keyboard.type('It is the later paper.');
  }
  await tabTo(page, (focus) => focus.words === 'Settle');
  await page.keyboard.press('Enter');
  await page.getByRole('group').first().waitFor({ state: 'detached' });
});

journey('keys lead everywhere, and say so', async (traveller) => {
  const page = await traveller.comeIn();
  const places = { go: '/outcomes', gp: '/people', gl: '/ledger', c: '/outcomes/new', gi: '/today' };
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
