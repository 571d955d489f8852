// A journey: somebody comes into a network of their own with a browser of their own, and goes. Every
// page they see is watched: it logs no error, breaks no rule of its own about what it loads, and is
// never answered by a fault of the server.

import assert from 'node:assert/strict';
import test from 'node:test';

import { chromium } from 'playwright-core';

import { Network } from './network.mjs';

/** How long a journey may take; only a fault, or a machine that stands still, is slower. */
const timeout = 240_000;
/** Inside a container Chromium runs as root and with little shared memory. */
const args = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** A test that walks through the pages. */
export function journey(name, walk) {
  test(name, { timeout }, async (t) => {
    const browser = await chromium.launch({ executablePath: process.env.CONSORT_CHROMIUM, args });
    t.after(() => browser.close());
    const network = await Network.start();
    t.after(() => network.end());
    const traveller = new Traveller(network, browser);
    await walk(traveller);
    assert.deepEqual(traveller.faults, [], 'no page logs an error');
  });
}

/** Who goes on a journey. */
class Traveller {
  faults = [];
  #browser;
  #session;

  constructor({ link, origin }, browser) {
    Object.assign(this, { link, origin });
    this.#browser = browser;
  }

  /** Opens a window. Whoever came in before is in. */
  async open({ width = 1280, height = 900, theme = 'light', scripts = true } = {}) {
    const context = await this.#browser.newContext({
      baseURL: this.origin,
      colorScheme: theme,
      javaScriptEnabled: scripts,
      reducedMotion: 'reduce',
      storageState: this.#session,
      viewport: { width, height },
    });
    context.on('page', (page) => this.#watch(page));
    return context.newPage();
  }

  /** Opens a window and comes in by the link, which works once. */
  async comeIn(how) {
    const page = await this.open(how);
    await page.goto(this.link);
    await page.getByRole('button', { name: 'Come in' }).click();
    await page.waitForURL('/today');
    this.#session = await page.context().storageState();
    return page;
  }

  #watch(page) {
    const note = (what) => this.faults.push(`${new URL(page.url()).pathname}: ${what}`);
    page.on('pageerror', (error) => note(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') note(message.text());
    });
    page.on('response', (response) => {
      if (response.status() >= 500) note(`${response.status()} for ${response.url()}`);
    });
  }
}
