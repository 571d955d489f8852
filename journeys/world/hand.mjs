// How somebody works a page: with a pointer, or by keys alone. The steps of a journey are the same for
// both, and before each of them nothing on the page is wider than its window.

import assert from 'node:assert/strict';

import { appears } from './page.mjs';

/** More steps than any page has places to stop at. */
const STOPS_MAX = 300;
/** The keys that lead to a place. */
const shortcuts = { '/today': 'gi', '/outcomes': 'go', '/people': 'gp', '/tasks': 'gt' };

/** The hand of somebody on a page, who may look at it before they go on. */
export const handOn = (page, { keys = false, looks } = {}) => (keys ? new Keys(page, looks) : new Pointer(page, looks));

class Hand {
  #looks;

  constructor(page, looks) {
    this.page = page;
    this.#looks = looks;
  }

  /** Waits until something is there to be seen. */
  async sees(what) {
    await appears(this.page, what);
    await this.#fits();
  }

  /** Waits until something is there to be used. */
  async finds(what) {
    await what.waitFor();
    await this.#fits();
  }

  /** Presses what leads to another page, and waits until that is there: a live one may look like it before. */
  async leave(what) {
    const arrives = this.page.waitForEvent('load');
    await this.press(what);
    await arrives;
  }

  /** Waits until something is there to be pressed, which may lead elsewhere. */
  async presses(what) {
    await this.finds(what);
    await this.#looks?.(this.page);
  }

  async #fits() {
    const over = await this.page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return scrollWidth - clientWidth;
    });
    assert.equal(over, 0, `nothing is wider than the window at ${this.page.url()}`);
  }
}

/** What fingers and mice do. */
class Pointer extends Hand {
  async go(path) {
    await this.page.goto(path);
  }

  async press(what) {
    await this.presses(what);
    await what.click();
  }

  /** Opens a row of the list in front of them. */
  async open(link) {
    await this.press(link);
  }

  async write(field, text) {
    await this.finds(field);
    await field.fill(text);
  }

  async tick(box) {
    await this.finds(box);
    await box.check();
  }

  async choose(field, words) {
    await this.finds(field);
    await field.selectOption({ label: words });
  }

  async attach(field, files) {
    await this.finds(field);
    await field.setInputFiles(files);
  }
}

/** What is done by Tab, Enter, Space, arrows, letters, and the keys of the product. */
class Keys extends Hand {
  async go(path) {
    await this.page.waitForLoadState();
    const arrives = this.page.waitForEvent('load');
    for (const key of shortcuts[path]) await this.page.keyboard.press(key);
    await arrives;
    assert.equal(new URL(this.page.url()).pathname, path);
  }

  async press(what) {
    await this.presses(what);
    await this.#reach(what);
    await this.page.keyboard.press('Enter');
  }

  async open(link) {
    await this.finds(link);
    await this.page.keyboard.press('j');
    await this.#step('j', () => hasFocus(link));
    await this.page.keyboard.press('Enter');
  }

  async write(field, text) {
    await this.#reach(field);
    await this.page.keyboard.press('Control+a');
    const isOneLine = await field.evaluate((it) => it.nodeName === 'INPUT');
    assert.ok(!isOneLine || !text.includes('\n'), 'a line has no second one');
    await this.page.keyboard.type(text);
    assert.equal(await field.inputValue(), text);
  }

  /** Among choices of which one is made, Tab leads to the group, and arrows go on from there. */
  async tick(box) {
    if (await box.isChecked()) return;
    await this.finds(box);
    await this.#step('Tab', () => box.evaluate((it) => {
      const at = document.activeElement;
      return at === it || (it.type === 'radio' && at.name === it.name && at.form === it.form);
    }));
    await this.#step('ArrowDown', () => hasFocus(box));
    if (!(await box.isChecked())) await this.page.keyboard.press('Space');
    assert.ok(await box.isChecked());
  }

  async choose(field, words) {
    await this.#reach(field);
    await this.page.keyboard.type(words);
    assert.equal(await field.evaluate((it) => it.selectedOptions[0].textContent.trim()), words);
  }

  async attach(field, files) {
    await this.#reach(field);
    const asked = this.page.waitForEvent('filechooser');
    await this.page.keyboard.press('Space');
    await (await asked).setFiles(files);
  }

  async #reach(what) {
    await this.finds(what);
    await this.#step('Tab', () => hasFocus(what));
  }

  /** Presses a key until something holds. What has the focus can be seen at each step. */
  async #step(key, holds) {
    for (let stops = 0; stops < STOPS_MAX; stops += 1) {
      if (await holds()) return;
      await this.page.keyboard.press(key);
      // Behind the last place of a page comes the browser itself, and then the first one again.
      if (!(await hasFocus(this.page.locator('body')))) await focused(this.page);
    }
    assert.fail(`${key} does not lead there at ${this.page.url()}`);
  }
}

const hasFocus = (what) => what.evaluate((it) => it === document.activeElement);

/** What has the focus. It is drawn so that it can be seen, and nothing lies over it. */
export async function focused(page) {
  const focus = await page.evaluate(() => {
    const element = document.activeElement;
    // In a list, the whole row is outlined.
    const outlined = [element, element.closest('.row') ?? element].map((it) => getComputedStyle(it));
    const box = element.getBoundingClientRect();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const top = document.elementFromPoint(x, y);
    return {
      words: element.textContent.trim().replace(/\s+/g, ' '),
      isDrawn: outlined.some((style) => style.outlineStyle === 'solid'),
      isOnTop: Boolean(top) && (element.contains(top) || top.contains(element)),
      over: top ? top.cloneNode().outerHTML : `nothing, at ${Math.round(x)}, ${Math.round(y)}`,
    };
  });
  assert.ok(focus.isDrawn, `the focus can be seen at '${focus.words}'`);
  assert.ok(focus.isOnTop, `nothing lies over '${focus.words}', where ${focus.over} is`);
  return focus;
}
