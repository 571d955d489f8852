// What a page can do beyond its links and forms, all of which work without this file: it keeps
// itself up to date, shows times in its reader's zone, and goes by keys. It decides nothing, and it
// learns nothing but what the server prints for this reader.

const main = document.getElementById('main');
const line = document.querySelector('.status');
const palette = document.querySelector('dialog#palette');
const $$ = (where, selector) => [...where.querySelectorAll(selector)];

/** Makes an element. Words go in as text, never as markup. */
function make(tag, properties = {}, ...within) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...within);
  return made;
}

/** Reads what this browser remembers, or has it remember. It may refuse; nothing rests on it. */
function memory(kind, key, value) {
  try {
    if (value === undefined) return window[kind].getItem(key);
    window[kind].setItem(key, value);
  } catch { /* It forgets, that is all. */ }
  return null;
}

// The status line: something is said for four seconds, or stands until it is over.

let standing = [];
let saying;

function say(words) {
  clearTimeout(saying);
  line?.replaceChildren(words);
  saying = setTimeout(() => line?.replaceChildren(...standing), 4000);
}

function stand(...words) {
  clearTimeout(saying);
  standing = words;
  line?.replaceChildren(...words);
}

// What the script adds to what the server printed. It is added to an update before the two are
// compared, so that an update undoes none of it.

const zoned = (form) => new Intl.DateTimeFormat('en-GB', form);
const short = zoned({ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
const full = zoned({ dateStyle: 'full', timeStyle: 'long' });

/** Forms that say that their page was read, as far as they were sent. */
const marked = new WeakSet();

/** What stands before somebody's eyes is read: they need not say so. */
function read(form) {
  if (marked.has(form) || document.visibilityState !== 'visible') return;
  marked.add(form);
  const body = new URLSearchParams(new FormData(form));
  fetch(form.action, { method: 'POST', body }).then((answer) => answer.ok && form.remove(), () => marked.delete(form));
}

/** Reads what stands on this page: what is on a copy of it stands before nobody. */
const readAll = () => $$(document, 'form[data-read]').forEach(read);

document.addEventListener('visibilitychange', readAll);

function enrich(where) {
  for (const time of $$(where, 'time[data-moment]')) {
    const moment = new Date(time.getAttribute('datetime'));
    if (Number.isNaN(moment.getTime())) continue;
    time.textContent = short.format(moment);
    time.title = full.format(moment);
  }
  if (!navigator.clipboard) return;
  for (const pre of $$(where, 'pre:has(> code[data-copy])')) {
    const copied = pre.firstElementChild.dataset.copy;
    const button = make('button', { type: 'button', className: 'button' }, `Copy ${copied}`);
    button.dataset.copies = '';
    pre.after(make('p', { className: 'actions' }, button));
  }
  for (const id of $$(where, 'span.id')) {
    if (id.closest('a, button, label, summary')) continue;
    for (const [name, value] of Object.entries({ role: 'button', tabindex: 0, title: 'Copy' })) {
      id.setAttribute(name, value);
    }
  }
}

// Morphing: the present page becomes the new one with as few changes as can be. Elements stay who
// they are, and so do focus, scroll, open parts, and whatever the reader typed or chose.

/** What the server no longer prints but somebody has typed into: it stays until they leave. */
const abandoned = new WeakSet();
/** Forms that were just sent, with their buttons: they stay as they are until the answer comes. */
const sent = new WeakSet();
/** Where something changed that can be read, the rows of it, and when it was last said. */
let [changed, fresh, announced] = [new Set(), new Set(), -Infinity];

const rows = 'li.row, tr, .timeline > li';
const isControl = (node) => /^(INPUT|TEXTAREA|SELECT)$/.test(node.nodeName);
const ownKey = (node) => node.getAttribute?.('id') || node.getAttribute?.('data-key');

/** What has to agree for two nodes to be the same one, wherever they stand. */
function kind(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return node.nodeName;
  const told = ['name', 'type', 'action'].map((name) => node.getAttribute(name));
  if (/^(radio|checkbox)$/.test(node.type)) told.push(node.getAttribute('value'));
  // Forms that ask the same of several things differ by the names of their fields.
  const field = ':is(input, textarea, select)[id]';
  if (node.nodeName === 'FORM') told.push(node.querySelector(field)?.id);
  return [node.nodeName, ...told].join(' ');
}

/** Where a row of a list or a table leads: that is what it is about. */
function leadsTo(node) {
  if (!/^(LI|TR)$/.test(node.nodeName)) return null;
  return node.querySelector('a[href]')?.getAttribute('href');
}

/** By what nodes find each other: the sure signs first, their place among their like last. */
const signs = [
  (node) => ownKey(node),
  (node) => (ownKey(node) ? null : node.textContent.trim()),
  (node) => (ownKey(node) ? null : leadsTo(node)),
  (node) => (ownKey(node) || leadsTo(node) || abandoned.has(node) ? null : 'place'),
];

/** Finds for each new node the present one that it is, if there is one. */
function pairs(present, next) {
  const found = new Map();
  const left = new Set(present);
  for (const sign of signs) {
    const mark = (node) => (sign(node) ? `${kind(node)}\n${sign(node)}` : null);
    const known = Map.groupBy(left, mark);
    for (const node of next) {
      const same = found.has(node) || !mark(node) ? null : known.get(mark(node))?.shift();
      if (!same) continue;
      found.set(node, same);
      left.delete(same);
      abandoned.delete(same);
    }
  }
  return [found, left];
}

/** Whether the reader changed a field or is in it. One choice of a group speaks for the group. */
function isTouched(field) {
  if (field === document.activeElement) return true;
  if (field.type === 'radio' && field.name) {
    const group = $$(field.form ?? main, 'input[type=radio]');
    return group.some((it) => it.name === field.name && it.checked !== it.defaultChecked);
  }
  if (/^(radio|checkbox)$/.test(field.type)) return field.checked !== field.defaultChecked;
  if (field.nodeName !== 'SELECT') return field.value !== field.defaultValue;
  const options = [...field.options];
  // Where the server chose nothing, the browser chose the first.
  if (!field.multiple && !options.some((it) => it.defaultSelected)) return field.selectedIndex > 0;
  return options.some((it) => it.selected !== it.defaultSelected);
}

function isTypedInto(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return false;
  const fields = $$(node, 'input, textarea').concat(node.matches('input, textarea') ? node : []);
  return fields.some((field) => field.value !== field.defaultValue);
}

/** Remembers that something reads differently, and the rows in which words do. */
function note(node, isWords) {
  changed.add(node.nodeType === Node.ELEMENT_NODE ? node : node.parentNode);
  if (!isWords || node.nodeType !== Node.ELEMENT_NODE) return;
  const row = node.closest(rows);
  for (const each of row ? [row] : $$(node, rows)) fresh.add(each);
}

const telling = /^(datetime|disabled|value|checked|selected)$/;

function morphAttributes(present, next) {
  for (const { name } of [...present.attributes, ...next.attributes]) {
    const value = next.getAttribute(name);
    if (present.getAttribute(name) === value) continue;
    if (value === null) present.removeAttribute(name);
    else present.setAttribute(name, value);
    // A time that moved is news, even where it reads the same, and what can be pressed or is filled in.
    // Other attributes are not: what they show is said in words, too, and a browser adds some of its own.
    if (telling.test(name)) note(present, name === 'datetime');
  }
}

function morphChildren(present, next) {
  const [found, left] = pairs(present.childNodes, next.childNodes);
  for (const node of left) {
    if (node.textContent.trim() && !abandoned.has(node) && !marked.has(node)) note(present, present.closest(rows));
    if (isTypedInto(node)) abandoned.add(node);
    else node.remove();
  }
  let at = present.firstChild;
  for (const node of [...next.childNodes]) {
    while (at && abandoned.has(at)) at = at.nextSibling;
    const same = found.get(node);
    if (same === at && at) at = at.nextSibling;
    else present.insertBefore(same ?? node, at);
    if (same) morph(same, node);
    else if (node.nodeType === Node.ELEMENT_NODE || node.data.trim()) note(node, true);
  }
}

function morph(present, next) {
  if (sent.has(present) || present.isEqualNode(next)) return;
  if (present.nodeType !== Node.ELEMENT_NODE) {
    // Words in a time, as in "in 5 minutes", change by themselves: that is no news.
    const isNews = present.data.trim() !== next.data.trim() && !present.parentNode.closest('time');
    present.data = next.data;
    if (isNews) note(present.parentNode, true);
    return;
  }
  // What the reader did goes into the new page before the two are compared.
  if (present.classList.contains('is-fresh')) next.classList.add('is-fresh');
  if (present.matches('details, dialog')) next.toggleAttribute('open', present.open);
  const isField = isControl(present);
  const keeps = isField && isTouched(present);
  for (const name of keeps ? ['value', 'checked'] : []) {
    if (present.hasAttribute(name)) next.setAttribute(name, present.getAttribute(name));
    else next.removeAttribute(name);
  }
  morphAttributes(present, next);
  if (keeps) return;
  morphChildren(present, next);
  if (!isField || present.type === 'file') return;
  if (present.value !== next.value) present.value = next.value;
  if (present.checked !== next.checked) present.checked = next.checked;
}

/** A part of this page that is kept as it is on another page, while the rest stays as it is: by what it is in. */
const follows = document.querySelector('[data-follow]');
const followed = follows?.querySelector('[id]');
const isStill = main?.hasAttribute('data-still') && !followed;

/** Tells around the page what its middle tells: what it is called, and how much waits. */
function surround({ dataset: { title, waiting } }) {
  if (title === undefined) return;
  document.title = `${title} · Consort`;
  document.querySelector('.crumbs [aria-current]')?.replaceChildren(title);
  const today = document.querySelector('.side a[href="/today"].nav-link');
  today?.querySelector('.count')?.remove();
  if (waiting === '0') return;
  today?.append(make('span', { className: 'count' }, waiting, make('span', { className: 'sr' }, ' waiting')));
}

/** Makes this page what the server now prints. */
function update(text) {
  const middle = new DOMParser().parseFromString(text, 'text/html').getElementById('main');
  const next = followed ? middle?.querySelector(`#${followed.id}`) : middle;
  if (!next) return;
  enrich(next);
  surround(next);
  const focused = document.activeElement;
  const selected = [focused.selectionStart, focused.selectionEnd];
  [changed, fresh] = [new Set(), new Set()];
  morph(followed ?? main, next);
  readAll();
  // An element that was moved to another place has lost its focus on the way.
  if (focused !== document.activeElement && main.contains(focused)) {
    focused.focus({ preventScroll: true });
    if (selected[0] != null) focused.setSelectionRange(...selected);
  }
  for (const row of fresh) {
    row.classList.add('is-fresh');
    setTimeout(() => row.classList.remove('is-fresh'), 1600);
  }
  // What is in a part that is closed shows when it is opened.
  const isSeen = [...changed].some((it) => it.isConnected && it.checkVisibility());
  if (!isSeen || performance.now() - announced < 10_000) return;
  announced = performance.now();
  say('This page was updated.');
}

// Live: a stream that tells that there is news, and never what. The page then asks for itself, at
// most once in 150 ms and never twice at once. When the stream opens it asks for what it missed.

const paused = 'consort-paused';
const pauseButton = document.querySelector('button[data-pause]');
let isPaused = memory('sessionStorage', paused) === 'yes';
let [stream, tag, soon, asked] = [null, null, 0, -Infinity];
let [isOver, isInterrupted, isAsking, isWanted] = [false, false, false, false];
/** Whether a form is on its way whose answer will be another page: this one is not asked for again. */
let isLeaving = false;

function isLive() {
  const may = document.body.dataset.live && main && !isStill;
  return may && !isOver && !isPaused && !document.hidden;
}

/** Opens or closes the stream, whichever is right now. */
function tune() {
  if (!isLive()) {
    stream?.close();
    stream = null;
    interrupted(false);
  } else if (!stream) {
    stream = new EventSource(document.body.dataset.live);
    stream.addEventListener('changed', news);
    stream.addEventListener('open', () => {
      interrupted(false);
      news();
    });
    stream.addEventListener('error', () => {
      interrupted(true);
      if (stream.readyState !== EventSource.CLOSED) return;
      // It will not try again by itself: the page tells why, or we try later.
      stream = null;
      news();
      setTimeout(tune, 5000);
    });
  }
}

function interrupted(now) {
  if (now === isInterrupted) return;
  isInterrupted = now;
  stand(...(now ? ['Live updates are interrupted; trying again.'] : []));
}

function news() {
  isWanted = true;
  if (!isAsking && !soon) soon = setTimeout(ask, Math.max(0, asked + 150 - performance.now()));
}

async function ask() {
  soon = 0;
  if (!isLive() || isLeaving) return;
  [isWanted, isAsking, asked] = [false, true, performance.now()];
  try {
    const headers = { 'x-fragment': '1', ...(tag && { 'if-none-match': tag }) };
    const answer = await fetch(follows?.dataset.follow ?? location.href, { headers, signal: AbortSignal.timeout(10_000) });
    const text = await answer.text();
    if (isLive()) take(answer, text);
  } catch {
    // The stream will notice as well, and its next opening asks again.
  }
  isAsking = false;
  if (isWanted) news();
}

function take(answer, text) {
  const link = (href, words) => make('a', { href }, words);
  if (answer.status === 401 || new URL(answer.url).pathname === '/sign-in') {
    end('You were signed out. ', link('/sign-in', 'Sign in again.'));
  } else if (answer.status === 404 || answer.status === 410) {
    end('This page is gone.');
  } else if (answer.redirected) {
    end('This page is elsewhere now. ', link(answer.url, 'Go there.'));
  } else if ([403, 409, 422].includes(answer.status)) {
    end('There is nothing to do here any more. ', link('/today', 'Go to Today.'));
  } else if (answer.ok) {
    tag = answer.headers.get('etag');
    update(text);
  } else if (answer.status >= 500) {
    setTimeout(news, 5000);
  }
}

function end(...words) {
  isOver = true;
  tune();
  stand(...words);
}

function showPause() {
  pauseButton.setAttribute('aria-pressed', isPaused);
  const words = isPaused ? 'Go on with live updates' : 'Pause live updates';
  pauseButton.querySelector('.sr').textContent = words;
}

if (pauseButton && main && !isStill) {
  pauseButton.hidden = false;
  showPause();
  pauseButton.addEventListener('click', () => {
    isPaused = !isPaused;
    memory('sessionStorage', paused, isPaused ? 'yes' : 'no');
    showPause();
    tune();
  });
}
document.addEventListener('visibilitychange', () => {
  tune();
  // Whoever comes back may have opened something meanwhile that counts here: the stream need not open first.
  if (!document.hidden) news();
});

// Keys. They can be switched off, for those whose voice or hands press them by accident.

const keys = [
  ['j', 'Next in the list'], ['k', 'The one before'], ['Enter', 'Open it'],
  ['g i', 'Today', '/today'], ['g o', 'Outcomes', '/outcomes'],
  ['g p', 'People and agents', '/people'], ['g l', 'Ledger', '/ledger'],
  ['g t', 'Tasks', '/tasks'], ['g m', 'Map of people and AI', '/map'],
  ['g h', 'Health', '/health'], ['g s', 'Settings', '/settings'],
  ['c', 'New outcome', '/outcomes/new'], ['Ctrl K', 'Search or go to'], ['?', 'Every key'],
];
const switched = 'consort-keys';
let [prefix, place] = ['', 0];

/** The dialog that lists the keys, made when it is first asked for. */
function showKeys() {
  let dialog = document.getElementById('keys');
  if (!dialog) {
    const nav = { className: 'nav-link' };
    const rows = keys.map(([key, does]) => {
      const shown = make('span', { className: 'muted' }, make('kbd', {}, key));
      return make('li', nav, make('span', {}, does), shown);
    });
    const checked = memory('localStorage', switched) !== 'off';
    const box = make('input', { type: 'checkbox', id: 'keys-on', checked });
    box.onchange = () => memory('localStorage', switched, box.checked ? 'on' : 'off');
    const label = make('label', { htmlFor: 'keys-on' }, 'Use keys without Ctrl');
    const close = make('button', { className: 'button' }, 'Close');
    const form = make('form', { method: 'dialog' }, make('h2', {}, 'Keys'), close);
    const list = make('ul', {}, ...rows, make('li', nav, box, label));
    dialog = make('dialog', { id: 'keys', className: 'palette', ariaLabel: 'Keys' }, form, list);
    document.body.append(dialog);
  }
  if (!dialog.open) dialog.showModal();
}

/** Goes along the rows of the lists, from where the focus is or was last. */
function step(by) {
  const links = $$(main, '[data-keys] > *').map((row) => row.querySelector('a[href], button'));
  const seen = links.filter((link) => link?.checkVisibility());
  const now = seen.findIndex((link) => link.closest('li, tr').contains(document.activeElement));
  place = Math.min(Math.max(now < 0 ? place : now + by, 0), seen.length - 1);
  seen[place]?.focus({ focusVisible: true });
  seen[place]?.scrollIntoView({ block: 'nearest' });
}

document.addEventListener('keydown', (event) => {
  const { key, target } = event;
  if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === 'k' && palette) {
    event.preventDefault();
    showPalette();
  }
  if (target.matches('span.id[role=button]') && (key === 'Enter' || key === ' ')) {
    event.preventDefault();
    target.click();
  }
  const isTyping = target.closest('input, textarea, select, [contenteditable], dialog');
  if (isTyping || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (memory('localStorage', switched) === 'off' || key === 'Shift') return;
  const pressed = prefix + key;
  prefix = '';
  const leads = keys.find(([name]) => name === pressed)?.[2];
  if (leads) location.assign(leads);
  else if (pressed === 'j' || pressed === 'k') step(pressed === 'j' ? 1 : -1);
  else if (pressed === '?') showKeys();
  else if (pressed === 'g') {
    prefix = 'g ';
    setTimeout(() => { prefix = ''; }, 1500);
  }
});

// The palette: its own entries, and every link of the page, found by their words.

const entryLinks = () => $$(palette, 'ul > li:not([hidden]) > *');

function showPalette() {
  if (palette.open) return;
  for (const old of $$(palette, 'li.is-found')) old.remove();
  const found = new Map();
  const entry = (tag, words, more) => {
    const inner = make(tag, { className: 'nav-link', ...more }, make('span', {}, words));
    found.set(`${words} ${more.href}`, make('li', { className: 'is-found' }, inner));
  };
  for (const { textContent, href } of $$(main, 'a[href]')) {
    if (textContent.trim()) entry('a', textContent.trim(), { href });
  }
  entry('button', 'Keys', { type: 'button', onclick: showKeys });
  palette.querySelector('ul').append(...found.values());
  palette.querySelector('input').value = '';
  sought = '';
  filter();
  palette.showModal();
}

function filter() {
  const words = palette.querySelector('input').value.toLowerCase().split(/\s+/);
  for (const entry of $$(palette, 'ul > li')) {
    const text = entry.textContent.toLowerCase();
    entry.hidden = !entry.matches('.is-served') && !words.every((word) => text.includes(word));
  }
  search(words.join(' ').trim());
}

// What the server finds under the reader's own rights joins the entries; an answer that comes after
// other words were typed is left alone.

let [sought, seeking] = ['', 0];

/** How much of what is found stands in the palette; the page of the search has all of it. */
const FOUND_MAX = 12;

function search(words) {
  if (words === sought) return;
  sought = words;
  clearTimeout(seeking);
  for (const old of $$(palette, 'li.is-served')) old.remove();
  if (words.length > 1) seeking = setTimeout(seek, 120, words);
}

async function seek(words) {
  try {
    const answer = await fetch(`/search.json?q=${encodeURIComponent(words)}`);
    const { items } = answer.ok ? await answer.json() : { items: [] };
    if (words !== sought) return;
    const known = new Set($$(palette, 'ul > li:not([hidden]) > a').map((it) => it.getAttribute('href')));
    const isNew = ({ address }) => !known.has(address) && !known.has(location.origin + address);
    for (const { title, kind, address } of items.filter(isNew).slice(0, FOUND_MAX)) {
      const more = make('span', { className: 'muted' }, kind);
      const link = make('a', { className: 'nav-link', href: address }, make('span', {}, title), more);
      palette.querySelector('ul').append(make('li', { className: 'is-found is-served' }, link));
    }
    const count = entryLinks().length;
    palette.querySelector('[role=status]').textContent = `${count} ${count === 1 ? 'entry' : 'entries'}`;
  } catch {
    // What is on the page is found without it.
  }
}

palette?.addEventListener('input', filter);
palette?.addEventListener('submit', (event) => {
  event.preventDefault();
  entryLinks()[0]?.click();
});
palette?.addEventListener('click', (event) => {
  // Beside the palette, or on what leads away from it.
  if (event.target === palette || event.target.closest('li > *')) palette.close();
});
palette?.addEventListener('keydown', (event) => {
  const input = palette.querySelector('input');
  const stops = [input, ...entryLinks()];
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by) {
    event.preventDefault();
    const next = stops.indexOf(document.activeElement) + by;
    stops[(next + stops.length) % stops.length].focus({ focusVisible: true });
  } else if (/^[^ ]$/u.test(event.key) && !event.ctrlKey && !event.metaKey) {
    input.focus();
  }
});

// Clicks and submissions anywhere on the page.

document.addEventListener('click', (event) => {
  const pressed = event.target.closest('span.id[role=button], button[data-copies]');
  const copied = pressed?.matches('button') ? pressed.parentNode.previousElementSibling : pressed;
  const id = copied?.textContent.trim();
  const [done, failed] = ['Copied.', 'It could not be copied.'];
  if (id) navigator.clipboard.writeText(id).then(() => say(done), () => say(failed));
  const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (!palette || !isPlain || !event.target.closest('a[data-palette]')) return;
  event.preventDefault();
  showPalette();
});

// A form is sent once. The button is disabled only after the browser has read the form, or what is
// sent would lack the button's name and value.
document.addEventListener('submit', (event) => {
  const { target: form, submitter: button } = event;
  if (event.defaultPrevented || (button?.formMethod || form.method) === 'dialog') return;
  if (sent.has(form)) return void event.preventDefault();
  const hold = (isHeld) => {
    for (const it of [form, button]) if (it) sent[isHeld ? 'add' : 'delete'](it);
    isLeaving = isHeld && !form.target;
    if (button) setTimeout(() => { button.disabled = isHeld; });
  };
  hold(true);
  setTimeout(() => {
    hold(false);
    // Whatever was held back meanwhile is asked for again.
    tag = null;
    news();
  }, form.target ? 1000 : 5000);
  // What is opened in another tab may count here as soon as it was sent, which no stream tells.
  if (form.target) for (const wait of [200, 500, 3000]) setTimeout(news, wait);
});

enrich(document);
readAll();
tune();
