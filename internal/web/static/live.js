// Live rows. An element with data-live="/path" shows what the server reports, as events whose data is the HTML of rows:
//   row     a row with an id; it replaces the row with this id, or becomes the first
//   drop    the id of a row that is gone
//   only    the ids of all rows of the list; others are gone
//   gap     rows were left out; the page offers to load the list again
//   end     the server will send no more; the data says why
// Rows wait while somebody reads: while the list is hovered or has the focus, is scrolled, or the button says so. Near the
// list stands <div data-live-state><span data-live-text></span><button data-live-toggle></button></div>.
import { all, elements, fresh, say, t } from './dash.js';

const most = 50; // rows, as in the lists of the server
const batch = 10; // rows for each frame
const quiet = 10000; // between two texts for screen readers

// A filter puts other lists into the page.
let stop = new AbortController();
function start() {
  stop.abort();
  stop = new AbortController();
  for (const list of all('[data-live]')) live(list, stop.signal);
}
document.addEventListener('rows', start);
start();

/** written is a row as the server wrote it. @param {Element} row */
function written(row) {
  const copy = /** @type {Element} */ (row.cloneNode(true));
  copy.classList.remove('new');
  if (!copy.classList.length) copy.removeAttribute('class');
  for (const time of all('time[data-exact]', copy)) {
    time.textContent = time.dataset.exact;
    if (time.dataset.title) time.title = time.dataset.title;
    else time.removeAttribute('title');
    delete time.dataset.exact;
    delete time.dataset.title;
  }
  return copy;
}

/** live keeps one list up to date. @param {HTMLElement} list @param {AbortSignal} signal */
function live(list, signal) {
  const region = /** @type {HTMLElement} */ (list.closest('.list') || list);
  const [state] = all('[data-live-state]');
  const [text, toggle] = ['[data-live-text]', '[data-live-toggle]'].map((part) => state?.querySelector(part));
  const reasons = new Set(); // why rows wait
  let source = null;
  let last = '';
  let ended = '';
  let lost = false;
  const waiting = new Map(); // the HTML of rows by their id, null for those that are gone; the oldest first
  let frame = 0;
  let counted = 0;
  let spoke = 0;
  let failures = 0;

  /** shown is the row of the list with an id. @param {string} id */
  const shown = (id) => {
    const row = document.getElementById(id);
    return row?.parentElement === list ? row : undefined;
  };

  /** status shows how it goes. */
  const status = () => {
    if (!state) return;
    const n = [...waiting.keys()].filter((id) => !shown(id)).length;
    state.dataset.liveState = ended || lost ? 'lost' : reasons.size ? 'paused' : 'live';
    const paused = n ? t('Paused, %s new', n) : t('Paused');
    text.textContent = ended || (lost ? t('Live paused: reconnecting') : reasons.size ? paused : t('Live'));
    const pressed = reasons.has('button');
    toggle.setAttribute('aria-pressed', String(pressed));
    toggle.textContent = pressed ? t('Resume') : t('Pause');
    toggle.hidden = Boolean(ended);
  };

  /** put applies one row to the list. What has not changed stays, with its selection and focus. */
  const put = (id, html) => {
    const old = shown(id);
    const row = html && elements(html.trim()).firstElementChild;
    if (!row || (old && written(old).isEqualNode(row))) {
      if (!row) old?.remove();
      return;
    }
    if (old) old.replaceWith(row);
    else {
      const none = list.querySelector('.empty');
      (none?.closest('tr') || none)?.remove();
      list.prepend(row);
      counted += 1;
    }
    row.classList.add('new');
    fresh(row);
  };

  /** flush applies what waits, some rows in each frame, so that many at once do not block the page. */
  const flush = () => {
    frame = 0;
    if (reasons.size || signal.aborted) return;
    for (const [id, html] of [...waiting].slice(0, batch)) {
      put(id, html);
      waiting.delete(id);
    }
    if (waiting.size) soon();
    while (list.children.length > most) list.lastElementChild.remove();
    if (counted && !waiting.size && Date.now() - spoke >= quiet) {
      say(t('New rows: %s', counted));
      spoke = Date.now();
      counted = 0;
    }
    status();
  };
  const soon = () => { frame = frame || requestAnimationFrame(flush); };

  /** take keeps the newest state of each row of the list, and the newest rows that are not in it. */
  const take = (id, html, event) => {
    if (event.lastEventId) last = event.lastEventId;
    waiting.delete(id);
    waiting.set(id, html);
    const others = [...waiting.keys()].filter((key) => !shown(key));
    if (others.length > most) waiting.delete(others[0]);
    if (reasons.size) status();
    else soon();
  };

  /** hold and release rows for one reason. */
  const hold = (why, held) => {
    if (held === reasons.has(why)) return;
    if (held) reasons.add(why);
    else reasons.delete(why);
    status();
    if (!reasons.size) soon();
  };

  const close = () => {
    source?.close();
    source = null;
  };
  const open = () => {
    if (source || ended || document.hidden || signal.aborted) return;
    const url = new URL(list.dataset.live, location.href);
    if (url.origin !== location.origin) return;
    if (last) url.searchParams.set('after', last); // a new EventSource does not remember it
    source = new EventSource(url);
    source.addEventListener('open', () => {
      lost = false;
      failures = 0;
      status();
    });
    source.addEventListener('row', (e) => {
      const [, id] = /\sid="?([^"\s>]+)/.exec(e.data) || [];
      if (id) take(id, e.data, e);
    });
    source.addEventListener('drop', (e) => take(e.data, null, e));
    source.addEventListener('only', (e) => {
      const kept = new Set(e.data.split(' '));
      for (const id of waiting.keys()) if (!kept.has(id)) waiting.delete(id);
      for (const row of list.children) if (row.id && !kept.has(row.id)) take(row.id, null, e);
    });
    source.addEventListener('gap', () => {
      ended = t('Rows were left out. Load the page again to see them.');
      close();
      status();
    });
    source.addEventListener('end', (e) => {
      ended = t(e.data); // t('You may not see these rows any more. Load the page again.'), which the server writes
      close();
      status();
    });
    source.addEventListener('error', () => {
      lost = true;
      status();
      if (source?.readyState !== EventSource.CLOSED) return; // the browser tries again itself
      close();
      failures += 1;
      // Why it was refused is told to other requests only.
      fetch(url, { method: 'HEAD', headers: { Accept: 'text/event-stream' } }).then((answer) => {
        if (![401, 403, 404].includes(answer.status)) return;
        ended = t('You may not see these rows any more. Load the page again.');
        status();
      }, () => {}); // the server is away
      setTimeout(open, Math.min(60000, 3000 * 2 ** Math.min(failures, 5)));
    });
  };

  const on = (target, name, act) => target?.addEventListener(name, act, { signal, passive: true });
  const scrolled = () => hold('scroll', region.scrollTop > 8 || region.getBoundingClientRect().bottom < 0);
  on(region, 'pointerenter', (e) => hold('hover', e.pointerType === 'mouse'));
  on(region, 'pointerleave', () => hold('hover', false));
  on(region, 'focusin', () => hold('focus', true));
  on(region, 'focusout', (e) => hold('focus', region.contains(e.relatedTarget)));
  on(region, 'scroll', scrolled);
  on(window, 'scroll', scrolled);
  on(toggle, 'click', () => hold('button', !reasons.has('button')));
  on(document, 'visibilitychange', () => (document.hidden ? close() : open()));
  on(window, 'pagehide', close);
  on(window, 'pageshow', open);
  signal.addEventListener('abort', close);
  status();
  open();
}
