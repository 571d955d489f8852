// A journey is a test: somebody comes in, gets something done, and no page logs an error meanwhile.

import assert from 'node:assert/strict';
import test from 'node:test';

import { depart } from './traveller.mjs';

/** How long a journey may take; only a fault, or a machine that stands still, is slower. */
const TIMEOUT_MS = 240_000;

/** The ways in which the main jobs are done. */
const ways = {
  'with scripts on': {},
  'with scripts off': { scripts: false },
  'on a phone': { width: 360, height: 740 },
  'by keys alone': { keys: true },
};

/** The same job in each of the ways, a test for each. */
export function journeyInEveryWay(name, walk, more) {
  for (const [way, how] of Object.entries(ways)) {
    journey(`${name} ${way}`, (traveller) => walk(traveller, how), more);
  }
}

/** A test that walks through the pages. Refusals that are part of it are named by their status. */
export function journey(name, walk, { refusals } = {}) {
  test(name, { timeout: TIMEOUT_MS }, async (t) => {
    const traveller = await depart((end) => t.after(end), refusals);
    await walk(traveller);
    assert.deepEqual(traveller.faults, [], 'no page logs an error');
  });
}
