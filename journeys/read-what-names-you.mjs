// Somebody is named in a discussion. It stands on their list until they have read it: with scripts, what
// stands before their eyes is read; without, they say so. To look at a page changes nothing.

import assert from 'node:assert/strict';

import { handOn } from './world/hand.mjs';
import { journey } from './world/journey.mjs';
import { enter, openOutcome, rows } from './world/page.mjs';
import { invited } from './world/steps.mjs';

const errand = 'What else has to be known';
const remark = '@Rolf Reviewer, has anybody asked them about the training?';
const unread = 'You are named here';

journey('what names somebody is read when it stands before their eyes, and not sooner', async (traveller) => {
  const { page, address, asked } = await named(traveller, {});
  await hide(page, true);
  await page.goto(address);
  await page.getByText(unread).waitFor();
  assert.deepEqual(asked, [], 'nobody looks at a page that is hidden');

  await hide(page, false);
  await page.getByText(unread).waitFor({ state: 'detached' });
  await page.goto('/today');
  await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
  assert.equal(await mention(page).count(), 0);
  assert.equal(asked.length, 1, 'it is said once');
});

journey('what names somebody while they look is read, and is no news to them twice', async (traveller) => {
  const { page, address, asked, say } = await named(traveller, {});
  await page.goto(address);
  await page.getByText(unread).waitFor({ state: 'detached' });
  assert.equal(asked.length, 1);

  const read = page.waitForResponse((answer) => answer.url().endsWith('/discussion/read'));
  await say('@Rolf Reviewer, and about the spare parts?');
  await page.getByText('and about the spare parts?').first().waitFor();
  await read;
  await page.getByText(unread).waitFor({ state: 'detached' });
  assert.equal(asked.length, 2, 'each is said once');
  await page.goto('/today');
  await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
  assert.equal(await mention(page).count(), 0);
});

journey('what names somebody is read when they say so, with scripts off', async (traveller) => {
  const { page, address } = await named(traveller, { scripts: false });
  await page.goto(address);
  await page.goto('/today');
  await mention(page).waitFor();

  await mention(page).getByRole('link').first().click();
  await page.getByRole('button', { name: 'I have read it' }).click();
  await page.getByText('has anybody asked them').first().waitFor();
  assert.equal(await page.getByText(unread).count(), 0);
  await page.goto('/today');
  assert.equal(await mention(page).count(), 0);
});

/** Somebody who was just named, what their page said that it read, and who named them. */
async function named(traveller, how) {
  const orchestrator = handOn(await traveller.open(how), how);
  await enter(orchestrator, traveller.link);
  const { page } = await invited(orchestrator, traveller, how, 'Rolf Reviewer', 'Reviewer');
  await openOutcome(orchestrator, errand);
  await orchestrator.press(orchestrator.page.getByRole('link', { name: 'Discussion', exact: true }));
  const say = async (words) => {
    await orchestrator.write(orchestrator.page.getByLabel('What do you want to say?'), words);
    await orchestrator.press(orchestrator.page.getByRole('button', { name: 'Say it' }));
    await orchestrator.sees(orchestrator.page.getByText(words.split(', ')[1]).first());
  };
  await say(remark);

  const asked = [];
  page.on('request', (it) => {
    if (it.method() === 'POST' && it.url().endsWith('/discussion/read')) asked.push(it.postData());
  });
  await page.goto('/today');
  const address = await mention(page).getByRole('link').first().getAttribute('href');
  return { page, address, asked, say };
}

const mention = (page) => rows(page).filter({ hasText: /Mention[.:]/ });

/** Puts a page, and those that come after it, behind another one, or before its reader. */
async function hide(page, isHidden) {
  const tell = (hidden) => {
    const value = hidden ? 'hidden' : 'visible';
    Object.defineProperty(document, 'visibilityState', { value, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  };
  await page.evaluate(tell, isHidden);
  await page.addInitScript(tell, isHidden);
}
