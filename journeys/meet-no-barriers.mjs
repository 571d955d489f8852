// No page has a barrier that a program can find: the rules of WCAG 2.2 to the level AA and what is
// good practice beside them, in both themes, on a wide and on a narrow screen.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { journey } from './world/journey.mjs';
import { places } from './world/places.mjs';

const axe = await readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** What is looked at where: a theme is about colours alone, and they are the same on every screen. */
const looks = {
  1280: { light: rules, dark: ['color-contrast'] },
  360: { light: rules },
};
const height = 900;
/** How many places of one barrier are shown. */
const SHOWN_MAX = 3;

for (const [wide, themes] of Object.entries(looks)) {
  const width = Number(wide);
  journey(`no page has a barrier, ${width} pixels wide`, async (traveller) => {
    const page = await traveller.comeIn({ width, height });
    await page.addInitScript(axe);
    const barriers = [];
    for (const place of await places(page)) {
      await place.go();
      await unroll(page, width);
      for (const [theme, looked] of Object.entries(themes)) {
        await page.emulateMedia({ colorScheme: theme });
        const found = await look(page, looked);
        barriers.push(...found.map((barrier) => `${place.name}, ${theme}: ${barrier}`));
      }
      await page.setViewportSize({ width, height });
    }
    assert.deepEqual(barriers, []);
  }, { refusals: [404, 422] });
}

/** Has all of the page drawn at once, for the colours of what is not drawn are not known. */
async function unroll(page, width) {
  const whole = await page.evaluate(() => {
    // Nothing can be said about letters on a gradient: its two colours are put where they are seen.
    document.body.style.background = 'var(--page)';
    document.querySelector('.side')?.style.setProperty('background', 'var(--ground)');
    return document.documentElement.scrollHeight;
  });
  await page.setViewportSize({ width, height: Math.max(whole, height) });
}

/** What is in somebody's way on this page. A colour that cannot be told is too, but in a drawing. */
async function look(page, values) {
  const asked = { runOnly: values, resultTypes: ['violations', 'incomplete'] };
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
