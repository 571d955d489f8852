// No page has a barrier that a program can find: the rules of WCAG 2.2 to the level AA and what is
// good practice beside them, in both themes, on a wide and on a narrow screen, with their parts opened.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { journey } from './world/journey.mjs';
import { places } from './world/places.mjs';
import { bringToPayment, closeTheOutcome } from './world/steps.mjs';

const axe = await readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** What is looked at in which theme: a theme changes colours alone, which a test of the style makes sure of. */
const themes = { light: rules, dark: ['color-contrast'] };
const height = 900;
/** How many closed parts of a page are opened: where there are many, they are alike. */
const OPENED_MAX = 20;
/** How many places of one barrier are shown. */
const SHOWN_MAX = 3;

for (const width of [1280, 360]) {
  journey(`no page has a barrier, ${width} pixels wide`, async (traveller) => {
    const page = await traveller.comeIn({ width, height });
    const barriers = [];
    for (const place of await places(page)) {
      await place.go();
      barriers.push(...await meet(page, place.name));
    }
    assert.deepEqual(barriers, []);
  }, { refusals: [404, 410, 422] });

  journey(`no page that three people pass has a barrier, ${width} pixels wide`, async (traveller) => {
    const { barriers, looks } = observer();
    const { orchestrator, writer } = await bringToPayment(traveller, { width, height, looks });
    await closeTheOutcome(orchestrator);
    await looks(orchestrator.page);
    await writer.page.goto('/people/invite');
    await writer.page.getByText('you may not').waitFor();
    await looks(writer.page);
    const stranger = await traveller.open({ width, height, isIn: false });
    for (const address of ['/sign-in', traveller.link, '/today']) {
      await stranger.goto(address);
      await looks(stranger);
    }
    assert.deepEqual(barriers, []);
  }, { refusals: [403, 410, 422] });
}

/** Looks at each kind of page once, by its address and its heading. */
function observer() {
  const [barriers, known] = [[], new Set()];
  const looks = async (page) => {
    const path = new URL(page.url()).pathname.replace(/[a-z]+_[0-9a-z]{20,}/g, 'id').replace(/^.enter.*/, '/enter');
    const heading = await page.locator('h1').first().textContent();
    const complaints = await page.getByRole('alert').count();
    const name = `${path} “${heading}”${complaints ? ' with a complaint' : ''}`;
    if (known.has(name)) return;
    known.add(name);
    barriers.push(...await meet(page, name));
  };
  return { barriers, looks };
}

/** What is in somebody's way, in both themes; the page is left as it was. */
async function meet(page, name) {
  const barriers = [];
  const { width } = page.viewportSize();
  await unroll(page, width);
  for (const [theme, looked] of Object.entries(themes)) {
    await page.emulateMedia({ colorScheme: theme });
    const found = await look(page, looked);
    barriers.push(...found.map((barrier) => `${name}, ${theme}: ${barrier}`));
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await rollUp(page);
  await page.setViewportSize({ width, height });
  return barriers;
}

/** Has all of the page drawn at once, for the colours of what is not drawn are not known. */
async function unroll(page, width) {
  const whole = await page.evaluate((most) => {
    // Nothing can be said about letters on a gradient: its two colours are put where they are seen.
    document.body.style.background = 'var(--page)';
    document.querySelector('.side')?.style.setProperty('background', 'var(--ground)');
    for (const part of [...document.querySelectorAll('details:not([open])')].slice(0, most)) {
      part.open = true;
      part.dataset.unrolled = '';
    }
    return document.documentElement.scrollHeight;
  }, OPENED_MAX);
  await page.setViewportSize({ width, height: Math.max(whole, height) });
}

async function rollUp(page) {
  await page.evaluate(() => {
    for (const part of document.querySelectorAll('details[data-unrolled]')) {
      part.open = false;
      delete part.dataset.unrolled;
    }
  });
}

/** What is in somebody's way on this page. A colour that cannot be told is too, but in a drawing. */
async function look(page, values) {
  const asked = { runOnly: values, resultTypes: ['violations', 'incomplete'] };
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  const found = await page.evaluate((options) => window.axe.run(options), asked);
  const isOfDrawing = (node) => node.html.startsWith('<text');
  const unsure = found.incomplete.filter((it) => it.id === 'color-contrast')
    .map((it) => ({ ...it, nodes: it.nodes.filter((node) => !isOfDrawing(node)) }))
    .filter((it) => it.nodes.length > 0);
  const where = (node) => `${node.target.join(' ')} (${node.failureSummary})`;
  return [...found.violations, ...unsure].map(({ id, nodes }) => {
    const shown = nodes.slice(0, SHOWN_MAX).map(where).join('; ');
    return `${id} at ${nodes.length}: ${shown}`;
  });
}
