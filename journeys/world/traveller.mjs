// Somebody with a browser of their own, in a network of their own. Every page they see is watched: what
// it logs as an error, as where it breaks the rules on what it loads, and each fault of the server.

import { chromium } from 'playwright-core';

import { Network } from './network.mjs';

/** Inside a container Chromium runs as root and with little shared memory. */
const args = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** Sets out. What has to be done at the end is told as soon as there is something to end. */
export async function depart(atTheEnd, refusals = []) {
  const browser = await chromium.launch({ executablePath: process.env.CONSORT_CHROMIUM, args });
  atTheEnd(() => browser.close());
  const network = await Network.start();
  atTheEnd(() => network.end());
  return new Traveller(network, browser, refusals);
}

/** Who goes on a journey. */
class Traveller {
  faults = [];
  #browser;
  #refusals;
  #session;

  constructor({ link, origin }, browser, refusals) {
    Object.assign(this, { link, origin });
    this.#browser = browser;
    this.#refusals = refusals.map((status) => `the server responded with a status of ${status} `);
  }

  /** Opens a window. Whoever came in before is in, unless it is a stranger's. */
  async open({ width = 1280, height = 900, theme = 'light', scripts = true, isIn = true } = {}) {
    const context = await this.#browser.newContext({
      baseURL: this.origin,
      colorScheme: theme,
      javaScriptEnabled: scripts,
      locale: 'en-GB',
      reducedMotion: 'reduce',
      storageState: isIn ? this.#session : undefined,
      timezoneId: 'UTC',
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
      const text = message.text();
      if (!/^(error|warning)$/.test(message.type())) return;
      if (!this.#refusals.some((refusal) => text.includes(refusal))) note(text);
    });
    page.on('response', (response) => {
      if (response.status() >= 500) note(`${response.status()} for ${response.url()}`);
    });
  }
}
