// Behaviour of all dashboard pages. Everything works without it: links are links and forms are forms. The server joins this
// file to fragment.js, whose functions it uses, and serves both as one module.
//
// What pages write, and what it does (charts of package chart get a cursor without more):
//   data-copy="text", data-copy-from="#id"   a button copies the text, or what the element shows
//   <time datetime data-relative>            shows "4 min ago", and the exact time when it is hovered
//   <form data-filter="rows">                fetches the part "rows" of the page into #rows when a filter changes;
//                                            downloads in the form, and those with data-filtered, get the same filters
//   <a href data-dialog="id">                opens the dialog with the id; without an id, the part "dialog" of the address
//   data-close                               a button closes its dialog
//   <form data-busy="Saving…">               cannot be sent twice; its button shows the text
//   <input data-confirm="name">              its form can be sent when the name was typed
//   <form data-unsaved>                      leaving the page with changes asks first; a field with data-view changes nothing
//   <form data-theme-form>                   switches the theme at once, and sends the form; data-theme-button is a button
//                                            that goes through the themes and sends nothing
//   data-focus                               gets the focus when the page is opened, such as the list of a form's errors
//   <a href data-download>                   downloads with progress and a button to stop
//   <a href data-go="m">                     the keys g and m open it
//   <body data-idle="1800" data-alive="/p">  warns two minutes before the session ends, and asks /p to go on; without
//                                            data-alive nothing puts the end off
//   <body data-zone="/p">                    sends the browser's time zone to /p, as the user has none yet
//   <body data-palette="/find">              where Ctrl+K looks up ids and numbers; data-shortcuts="off" ends single keys
const root = document.documentElement;
const body = document.body;
root.classList.add('js');

/** @type {(selector: string, within?: ParentNode) => any[]} of the elements that are meant */
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

/**
 * make creates an element with attributes and children. Attributes are never event handlers or styles.
 * @param {string} tag
 * @param {Record<string, string>} attributes
 * @param {...(string | Node)} children
 */
function make(tag, attributes, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, value);
  e.append(...children);
  return e;
}

/** say lets screen readers speak a text. @param {string} text */
function say(text) {
  const says = document.getElementById('says') || body.appendChild(make('p', { class: 'sr', role: 'status', id: 'says' }));
  says.textContent = text;
}

/**
 * toast shows a text in the corner until its button is pressed.
 * @param {string | Node} what
 * @param {string} tone ok, info or bad
 * @param {() => void} [pressed]
 * @param {string} [label] of the button
 */
function toast(what, tone, pressed, label = t('Close')) {
  const place = document.querySelector('.toasts')
    || body.appendChild(make('section', { class: 'toasts', 'aria-label': t('Notices') }));
  const button = make('button', { type: 'button', class: 'button quiet small' }, label);
  const note = make('div', { class: `toast ${tone}` }, make('div', {}, what), button);
  button.addEventListener('click', () => {
    note.remove();
    if (pressed) pressed();
  });
  place.append(note);
  if (typeof what === 'string') say(what);
  return note;
}

/** local is an address of this server; null for any other. @param {string} address */
function local(address) {
  const url = new URL(address, location.href);
  return url.origin === location.origin ? url : null;
}

/** plain is a click that nothing else wants: no new tab, no second button. @param {MouseEvent} e */
const plain = (e) => !e.defaultPrevented && e.button === 0 && !e.ctrlKey && !e.metaKey && !e.shiftKey && !e.altKey;

// Relative times. The page gives the exact time as the text, in the zone of the user.
/** @type {[number, number, string, string][]} up to how many seconds, of how many each, in the past and to come */
const spans = [
  [60, 1, t('%s s ago'), t('in %s s')], [3600, 60, t('%s min ago'), t('in %s min')],
  [86400, 3600, t('%s h ago'), t('in %s h')], [30 * 86400, 86400, t('%s d ago'), t('in %s d')],
];
function relative(time) {
  const exact = time.dataset.exact || time.textContent.trim();
  const past = (Date.now() - Date.parse(time.dateTime)) / 1000;
  const span = spans.find(([end]) => Math.abs(past) < end);
  if (!span) return; // so long ago that the date says more
  const [, size, ago, ahead] = span;
  if (!time.dataset.exact) {
    time.dataset.exact = exact;
    time.dataset.title = time.title;
    time.title = time.title && time.title !== exact ? `${exact} (${time.title})` : exact;
  }
  const n = past < 0 ? Math.ceil(-past / size) : Math.floor(past / size); // no time is left shorter than it is
  if (size === 1 && n < 5) time.textContent = t('now');
  else time.textContent = t(past < 0 ? ahead : ago, n);
}
/** fresh is called for what was put into the page. @param {ParentNode} within */
function fresh(within) {
  for (const time of all('time[data-relative]', within)) relative(time);
  for (const input of all('[data-confirm]', within)) confirmed(input);
}
setInterval(() => { if (!document.hidden) fresh(document); }, 10000);

// Copying.
async function copy(button) {
  const from = button.dataset.copyFrom;
  const text = from ? document.querySelector(from).textContent : button.dataset.copy;
  const label = button.querySelector('[data-label]') || button;
  const was = label.dataset.was || label.textContent;
  label.dataset.was = was;
  try {
    await navigator.clipboard.writeText(text);
    label.textContent = t('Copied');
    say(t('Copied'));
  } catch {
    label.textContent = t('Select and copy');
    const shown = from && document.querySelector(from);
    if (shown) getSelection().selectAllChildren(shown);
  }
  setTimeout(() => { label.textContent = was; }, 1600);
}

// Dialogs.
async function openDialog(link) {
  const id = link.dataset.dialog;
  let dialog = /** @type {any} */ (document.getElementById(id || 'fetched-dialog'));
  if (!id) {
    dialog = dialog || body.appendChild(make('dialog', { id: 'fetched-dialog', class: 'dialog' }));
    try {
      await fragment(link.href, 'dialog', dialog);
    } catch {
      location.assign(link.href);
      return;
    }
    const title = dialog.querySelector('h2[id]');
    if (title) dialog.setAttribute('aria-labelledby', title.id);
    fresh(dialog);
  }
  if (!dialog.open) dialog.showModal();
}

// Filters. An answer that was overtaken by a later one is dropped. What is typed may not be whole yet, so a wrong value
// waits; it is marked when the field is left or Enter is pressed.
let filtering = null;
async function filter(form, typed = false) {
  let url = new URL(form.action);
  url.search = '';
  for (const [name, value] of new FormData(form)) if (value) url.searchParams.append(name, String(value));
  const rows = /** @type {any} */ (document.getElementById(form.dataset.filter));
  filtering?.abort();
  const mine = filtering = new AbortController();
  rows.setAttribute('aria-busy', 'true');
  form.dataset.waits = '';
  try {
    const answer = await fragment(url, form.dataset.filter, rows, { signal: mine.signal });
    url = new URL(answer.headers.get('Content-Location') || url, url); // with times that are the same in every zone
    marks(form, []);
  } catch (e) {
    if (mine.signal.aborted) return;
    rows.removeAttribute('aria-busy');
    if (![400, 422].includes(e.answer?.status)) {
      if (e.answer?.status === 401) location.reload(); // it leads to the sign-in
      else toast(t('The list could not be filtered. Please try again.'), 'bad');
      return;
    }
    form.dataset.waits = 'yes';
    if (typed) return;
    const page = elements(await e.answer.text());
    marks(form, all('form[data-filter] .error', page));
    rows.replaceChildren(...(page.getElementById(rows.id)?.childNodes || []));
  }
  rows.removeAttribute('aria-busy');
  history.replaceState(null, '', url);
  for (const link of [...all('[data-download]', form), ...all('[data-download][data-filtered]')]) {
    const to = new URL(link.href);
    for (const field of form.elements) to.searchParams.delete(field.name);
    for (const [name, value] of url.searchParams) to.searchParams.append(name, value);
    link.href = to.href;
  }
  const [now] = all('.as-curl', rows); // the call of the API with these filters
  const [was] = all('main > .as-curl');
  if (now && was) {
    now.open = was.open;
    was.replaceWith(now);
  }
  fresh(rows);
  document.dispatchEvent(new Event('rows')); // for live.js
  say(rows.querySelector('[data-says]')?.dataset.says || t('The list was filtered'));
}
/** marks shows what is wrong with the fields of a filter; each error has the id "e-" and the name of its field. */
function marks(form, errors) {
  for (const old of all('.error', form)) old.remove();
  for (const field of form.elements) {
    const error = errors.find((one) => one.id === `e-${field.name}`);
    field.removeAttribute('aria-invalid');
    if (error) {
      field.setAttribute('aria-invalid', 'true');
      field.setAttribute('aria-describedby', error.id);
      form.append(error);
    } else field.removeAttribute('aria-describedby');
  }
}
let typing = 0;
document.addEventListener('input', (e) => {
  const input = /** @type {HTMLInputElement} */ (e.target);
  if (input.matches('[data-confirm]')) confirmed(input);
  const form = input.form;
  if (form?.matches('[data-unsaved]') && !input.matches('[data-view]')) form.dataset.unsaved = 'changed';
  if (!form?.matches('[data-filter]')) return;
  clearTimeout(typing);
  const choice = input.matches('select, [type=checkbox], [type=radio]');
  typing = setTimeout(() => filter(form, !choice), choice ? 0 : 300);
});
document.addEventListener('change', (e) => {
  const form = /** @type {HTMLInputElement} */ (e.target).form;
  if (!form?.matches('[data-filter]') || !form.dataset.waits) return;
  clearTimeout(typing);
  filter(form);
});

// Forms.
const sendButtons = (form) => [...form.elements].filter((e) => e.matches('button:not([type=button], [type=reset])'));
function confirmed(input) {
  for (const button of sendButtons(input.form)) button.disabled = input.value.trim() !== input.dataset.confirm;
}
document.addEventListener('submit', (e) => {
  const form = /** @type {HTMLFormElement} */ (e.target);
  if (e.defaultPrevented) return;
  if (form.matches('[data-filter]')) {
    e.preventDefault();
    clearTimeout(typing);
    filter(form);
  } else if (form.matches('[data-theme-form]')) {
    e.preventDefault();
    theme(form, e.submitter);
  } else if (form.matches('[data-busy]')) {
    if (form.dataset.sent) e.preventDefault();
    form.dataset.sent = 'yes';
    // Later, because a disabled button does not send its name.
    setTimeout(() => {
      for (const button of sendButtons(form)) {
        button.dataset.was = button.textContent;
        if (button === e.submitter) button.textContent = form.dataset.busy;
        button.disabled = true;
      }
    });
  }
  if (form.matches('[data-unsaved]')) form.dataset.unsaved = '';
});
// A page that comes back from the browser's memory can be sent again.
addEventListener('pageshow', (e) => {
  for (const form of e.persisted ? all('form[data-sent]') : []) {
    delete form.dataset.sent;
    for (const button of sendButtons(form)) {
      button.disabled = false;
      if (button.dataset.was) button.textContent = button.dataset.was;
    }
  }
});
addEventListener('beforeunload', (e) => {
  if (document.querySelector('form[data-unsaved="changed"]')) e.preventDefault();
});

// Before somebody signs in, the browser keeps the theme.
for (const button of all('[data-theme-button]')) {
  const named = { light: t('Theme: light'), dark: t('Theme: dark') };
  const label = () => named[root.dataset.theme || ''] || t('Theme: automatic');
  button.setAttribute('aria-label', label());
  button.addEventListener('click', () => {
    const themes = ['', 'light', 'dark'];
    paint(themes[(themes.indexOf(root.dataset.theme || '') + 1) % themes.length]);
    button.setAttribute('aria-label', label());
    say(label());
  });
}

/** paint changes the theme, also of the documentation, which knows no user. @param {string} chosen */
function paint(chosen) {
  const known = chosen === 'light' || chosen === 'dark';
  if (known) root.dataset.theme = chosen;
  else delete root.dataset.theme;
  try {
    if (known) localStorage.setItem('theme', chosen);
    else localStorage.removeItem('theme');
  } catch {
    // a browser that stores nothing
  }
}

async function theme(form, button) {
  const data = new FormData(form, button);
  paint(String(data.get('theme')));
  for (const b of sendButtons(form)) b.setAttribute('aria-pressed', String(b === button));
  say(t('Theme: %s', button.textContent.trim()));
  await fetch(form.action, { method: 'POST', body: new URLSearchParams(/** @type {any} */ (data)) });
}

// Downloads. What breaks off is not saved, since half a list looks like a list. A file that would have more than a million rows
// ends with a zero in place of a line: another try would not help.
async function download(link) {
  const stop = new AbortController();
  const text = make('span', {}, t('Preparing the download…'));
  const note = toast(make('div', {}, text, make('progress', { 'aria-label': t('Download') })), 'info',
    () => stop.abort(), t('Cancel'));
  let refused = null; // why another try would not help now; of too many downloads, as the page of the error says it
  try {
    const answer = await fetch(link.href, { signal: stop.signal, headers: { 'X-Download': 'watched' } });
    if (!answer.ok || answer.redirected) {
      refused = answer.status === 429 && elements(await answer.text()).querySelector('[role=alert] p')?.textContent;
      throw new Error(`the server answered ${answer.status}`);
    }
    const chunks = [];
    let size = 0;
    const reader = answer.body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      chunks.push(part.value);
      size += part.value.length;
      text.textContent = t('Downloading: %s MB', (size / 1e6).toFixed(1));
    }
    if (chunks.at(-1)?.at(-1) === 0) {
      refused = t('The list has more than a million rows, and a file at most that many. Nothing was saved. Please filter it first.');
      throw new Error('too many rows');
    }
    const url = URL.createObjectURL(new Blob(chunks, { type: 'text/csv' }));
    const given = /filename="([^"]+)"/.exec(answer.headers.get('Content-Disposition') || '');
    make('a', { href: url, download: given ? given[1] : link.dataset.download }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
    toast(t('The download is complete.'), 'ok');
  } catch {
    if (!stop.signal.aborted) toast(refused || t('The download broke off. Nothing was saved. Please try again.'), 'bad');
  }
  note.remove();
}

document.addEventListener('click', (e) => {
  const target = /** @type {any} */ (e.target);
  const on = (selector) => /** @type {any} */ (target.closest(selector));
  const button = on('[data-copy], [data-copy-from]');
  if (button) {
    e.preventDefault();
    copy(button);
  } else if (on('[data-close]') && on('dialog')) {
    e.preventDefault();
    on('dialog').close();
  } else if (target.matches('dialog[open]')) {
    const box = target.getBoundingClientRect(); // a click on the backdrop
    if (e.clientY < box.top || e.clientY > box.bottom || e.clientX < box.left || e.clientX > box.right) target.close();
  } else if (plain(e) && on('[data-dialog]')) {
    e.preventDefault();
    openDialog(on('[data-dialog]'));
  } else if (plain(e) && on('a[data-download]') && window.ReadableStream) {
    e.preventDefault();
    download(on('a[data-download]'));
  } else if (plain(e) && on('table.data tbody tr') && !on('a, button, input, label, summary') && !String(getSelection())) {
    on('tr').querySelector('a')?.click();
  }
});

// The palette: screens of the navigation by name, and anything that the server finds by id, number or prefix of a key.
let palette = null;
function openPalette() {
  palette = palette || makePalette();
  if (!palette.open) palette.showModal();
}
function makePalette() {
  const input = /** @type {HTMLInputElement} */ (make('input', {
    type: 'text', role: 'combobox', 'aria-expanded': 'true', 'aria-controls': 'palette-list', 'aria-autocomplete': 'list',
    'aria-label': t('Go to a screen, an id or a number'), placeholder: t('Go to a screen, or paste an id or a number'),
    autocomplete: 'off', spellcheck: 'false', maxlength: '200',
  }));
  const list = make('ul', { id: 'palette-list', role: 'listbox', 'aria-label': t('Results') });
  const none = make('p', { role: 'status' });
  const dialog = make('dialog', { class: 'palette', 'aria-label': t('Go to') }, input, list, none);
  const find = body.dataset.palette;
  const screens = all('.side li a[href]').map((a) => ({ title: a.textContent.trim(), hint: t('Screen'), href: a.href }));
  let chosen = 0;
  let shown = [];
  let asked = 0;

  const choose = (i) => {
    chosen = shown.length ? (i + shown.length) % shown.length : 0;
    [...list.children].forEach((li, at) => li.setAttribute('aria-selected', String(at === chosen)));
    input.setAttribute('aria-activedescendant', shown.length ? `palette-${chosen}` : '');
    list.children[chosen]?.scrollIntoView({ block: 'nearest' });
  };
  const show = (found, words = '') => {
    shown = found.filter((f) => local(f.href));
    none.hidden = !words || shown.length > 0;
    none.textContent = none.hidden ? '' : t('Nothing has the name, id or number %s.', words);
    list.replaceChildren(...shown.map((f, i) =>
      make('li', { role: 'option', id: `palette-${i}`, 'data-href': f.href },
        make('strong', {}, f.title), make('span', {}, f.hint || ''))));
    choose(0);
  };
  const look = async () => {
    const words = input.value.trim().toLowerCase();
    const near = screens.filter((s) => s.title.toLowerCase().includes(words));
    show(near);
    clearTimeout(asked);
    if (find && words.length > 2) {
      asked = setTimeout(async () => {
        try {
          const query = `?q=${encodeURIComponent(input.value.trim())}`;
          const answer = await fetch(find + query, { headers: { Accept: 'application/json' } });
          const found = await answer.json();
          if (input.value.trim().toLowerCase() === words) show([...near, ...found], input.value.trim());
        } catch {
          // Enter asks the server for a page
        }
      }, 150);
    }
  };
  const open = (href) => reach(() => location.assign(href));
  const go = () => {
    const words = input.value.trim();
    if (shown[chosen]) open(shown[chosen].href);
    else if (find && words) open(`${find}?q=${encodeURIComponent(words)}`);
  };

  input.addEventListener('input', look);
  input.addEventListener('keydown', (e) => {
    if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      e.preventDefault();
      choose(chosen + (e.key === 'ArrowDown' ? 1 : -1));
    } else if (e.key === 'Enter') {
      e.preventDefault();
      go();
    }
  });
  list.addEventListener('click', (e) => {
    const li = /** @type {Element} */ (e.target).closest('li');
    if (li) open(li.dataset.href);
  });
  dialog.addEventListener('close', () => { input.value = ''; });
  body.append(dialog);
  dialog.addEventListener('toggle', look);
  look();
  return dialog;
}

// Keys. Single letters can be switched off, because speech input types them (WCAG 2.1.4). Ctrl+K always works.
const single = body.dataset.shortcuts !== 'off';
let before = 0; // when g was pressed
const searches = ['[data-search]', '.filters [type=search]', '.search input']; // the list's before the page's
const keys = {
  '/': [t('Search this list'), () => searches.map((field) => all(field)[0]).find(Boolean)?.focus()],
  j: [t('Next row'), () => row(1)],
  k: [t('Previous row'), () => row(-1)],
  l: [t('Pause or resume live rows'), () => all('[data-live-toggle]')[0]?.click()],
  '?': [t('Show these keys'), help],
};
function row(step) {
  const links = all('table.data tbody tr').map((tr) => tr.querySelector('a')).filter(Boolean);
  const now = links.findIndex((a) => a.closest('tr').contains(document.activeElement));
  const next = links[now < 0 ? 0 : now + step];
  next?.focus();
  next?.closest('tr').scrollIntoView({ block: 'nearest' });
}
let helped = null;
function help() {
  if (!helped) {
    const list = make('dl', { class: 'keys' });
    const line = (name, what) => list.append(make('dt', {}, make('kbd', {}, name)), make('dd', {}, what));
    line('Ctrl K', t('Go to a screen, an id or a number'));
    for (const [name, [what]] of Object.entries(keys)) line(name, what);
    line('Enter', t('Open the row'));
    for (const a of all('[data-go]')) line(`g ${a.dataset.go}`, a.textContent.trim());
    helped = body.appendChild(make('dialog', { class: 'dialog', 'aria-labelledby': 'keys-title' }, make('div', {},
      make('h2', { id: 'keys-title' }, t('Keys')), list, make('div', { class: 'actions' },
        make('button', { type: 'button', class: 'button', 'data-close': '' }, t('Close'))))));
  }
  helped.showModal();
}
document.addEventListener('keydown', (e) => {
  if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === 'k') {
    e.preventDefault();
    openPalette();
    return;
  }
  const target = /** @type {Element} */ (e.target);
  const writing = target.matches('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]');
  if (!single || writing || e.ctrlKey || e.metaKey || e.altKey || document.querySelector('dialog[open]')) return;
  const screen = Date.now() - before < 1500 && all('[data-go]').find((a) => a.dataset.go === e.key);
  before = e.key === 'g' ? Date.now() : 0;
  if (screen) screen.click();
  else if (Object.hasOwn(keys, e.key)) {
    e.preventDefault();
    keys[e.key][1]();
  }
});
for (const button of all('[data-palette-button]')) button.addEventListener('click', openPalette);

// The session. Other requests of the page renew it, too, so the warning may come too early, but never too late.
function session() {
  const idle = Number(body.dataset.idle);
  if (!idle) return;
  let note = null;
  setTimeout(() => {
    if (!body.dataset.alive) {
      note = toast(t('Your session ends in two minutes. Save your changes, and sign in again.'), 'info');
      return;
    }
    note = toast(t('You will be signed out in two minutes.'), 'info', async () => {
      const answer = await fetch(body.dataset.alive);
      if (answer.ok && !answer.redirected) session();
      else toast(t('You are signed out. Your changes on this page are not saved.'), 'bad');
    }, t('Stay signed in'));
  }, (idle - 120) * 1000);
  setTimeout(() => note?.remove(), idle * 1000);
}
session();

if (body.dataset.zone) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
  fetch(body.dataset.zone, { method: 'POST', body: new URLSearchParams({ zone }) });
}

// Charts: the arrow keys and the pointer move a cursor, and the line under the chart reads the table's row aloud.
for (const figure of all('figure.chart')) {
  const plot = /** @type {any} */ (figure.querySelector('.plot'));
  const svg = plot?.querySelector('svg');
  const rows = all('tbody tr', figure).slice(-200); // as many as are drawn
  const out = figure.querySelector('output');
  if (!svg || !out || !rows.length || !figure.matches('[data-cursor]')) continue;
  const heads = all('thead th', figure).map((th) => th.textContent);
  const cursor = document.createElementNS('http://www.w3.org/2000/svg', 'line');
  const width = svg.viewBox.baseVal.width;
  let at = -1;
  for (const [name, value] of [['class', 'cursor'], ['y1', '0'], ['y2', '100']]) cursor.setAttribute(name, value);

  const move = (to) => {
    at = Math.max(0, Math.min(rows.length - 1, to));
    const x = String(figure.dataset.cursor === 'block'
      ? (at + 0.5) * width / rows.length : rows.length > 1 ? at * width / (rows.length - 1) : width / 2);
    cursor.setAttribute('x1', x);
    cursor.setAttribute('x2', x);
    if (!cursor.parentNode) svg.append(cursor);
    const cells = [...rows[at].children].map((c) => c.textContent.trim());
    out.textContent = cells.map((c, i) => (i ? `${heads[i]} ${c}` : c)).join(' · ');
  };
  plot.tabIndex = 0;
  plot.setAttribute('role', 'group');
  const caption = figure.querySelector('figcaption').firstChild.textContent.trim();
  plot.setAttribute('aria-label', t('%s: arrow keys move through the values', caption));
  plot.addEventListener('keydown', (e) => {
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: rows.length - 1 }[e.key];
    if (e.target !== plot) return;
    if (to !== undefined) {
      e.preventDefault();
      move(to);
    } else if (e.key === 'Enter') rows[at]?.querySelector('a')?.click();
  });
  svg.addEventListener('pointermove', (e) => {
    const box = svg.getBoundingClientRect();
    const part = (e.clientX - box.left) / box.width;
    move(figure.dataset.cursor === 'block' ? Math.floor(part * rows.length) : Math.round(part * (rows.length - 1)));
  });
}

fresh(document);
all('[data-focus]')[0]?.focus();

export { all, elements, fragment, fresh, make, say, t, toast };
