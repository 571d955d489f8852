// How long it takes until what is said in one tab can be read in another: measured and printed, for the
// documentation. Nothing fails by it, for it depends on the machine.

import { rows } from '../world/page.mjs';
import { depart } from '../world/traveller.mjs';

/** How often it is measured in each of two ways: nobody says more than 20 things in a minute. */
const TIMES = 18;
const MINUTE_MS = 60_000;

const ends = [];
try {
  const traveller = await depart((end) => ends.push(end));
  const there = await traveller.comeIn();
  await there.getByRole('link', { name: 'Outcomes', exact: true }).click();
  await rows(there).getByRole('link').first().or(there.getByRole('table').getByRole('link').first()).first().click();
  await there.waitForURL(/\/outcomes\/out_/);
  await there.goto(`${new URL(there.url()).pathname}?view=discussion`);
  const here = await there.context().newPage();
  await here.goto(there.url());
  await here.bringToFront();
  for (const [way, apart] of [['one change by itself', 1_000], ['changes that follow on each other', 0]]) {
    const took = [];
    for (let number = 0; number < TIMES; number += 1) {
      // At any moment of what goes on by itself, and not always at the same.
      await there.waitForTimeout(apart + Math.random() * 300);
      took.push(await measure(here, there, `${way}, number ${number}`));
    }
    await there.waitForTimeout(MINUTE_MS);
    took.sort((one, other) => one - other);
    const at = (part) => `${Math.round(took[Math.ceil(part * TIMES) - 1])} ms`;
    console.log(`${way}: median ${at(0.5)}, 95 in 100 within ${at(0.95)}, at the most ${at(1)}`);
  }
} finally {
  for (const end of ends) await end();
}

/** Milliseconds from the answer to a remark in one tab until its words stand in another. */
async function measure(here, there, words) {
  const seen = here.evaluate((text) => new Promise((resolve) => {
    const look = () => {
      if (!document.querySelector('main').textContent.includes(text)) return;
      watch.disconnect();
      resolve(performance.timeOrigin + performance.now());
    };
    const watch = new MutationObserver(look);
    watch.observe(document.body, { childList: true, subtree: true, characterData: true });
  }), words);
  const answered = await there.evaluate(async (text) => {
    const form = document.getElementById('remark').form;
    const fields = new URLSearchParams(new FormData(form));
    fields.set('text', text);
    fields.set('idempotency-key', crypto.randomUUID());
    await fetch(form.action, { method: 'POST', body: fields, redirect: 'manual' });
    return performance.timeOrigin + performance.now();
  }, words);
  return (await seen) - answered;
}
