// Live rows. An element with data-live="/path" shows what the server reports, as events whose data is the HTML of rows:
//   row     a row; it replaces the row with its id, or becomes the first
//   drop    the id of a row that is gone
//   gap     rows were left out; the page offers to load the list again
//   end     the server will send no more; the data says why
// Rows wait while somebody reads: while the list is hovered or has the focus, is scrolled, or the button says so. Near the
// list stands <div data-live-state><span data-live-text></span><button data-live-toggle></button></div>.
import { elements, fresh, say } from './dash.js';

const most = 50;
const quiet = 10000; // between two texts for screen readers

for (const list of document.querySelectorAll('[data-live]')) live(/** @type {HTMLElement} */ (list));

/** live keeps one list up to date. @param {HTMLElement} list */
function live(list) {
  const region = list.closest('.list') || list;
  const state = document.querySelector('[data-live-state]');
  const text = state?.querySelector('[data-live-text]');
  const toggle = state?.querySelector('[data-live-toggle]');
  const reasons = new Set(); // why rows wait
  let source = null;
  let last = '';
  let ended = '';
  let lost = false;
  let waiting = []; // events, the oldest first
  let frame = 0;
  let counted = 0;
  let spoke = 0;
  let failures = 0;

  /** status shows how it goes. */
  const status = () => {
    if (!state) return;
    const news = waiting.length ? `, ${waiting.length} new` : '';
    state.dataset.liveState = ended || lost ? 'lost' : reasons.size ? 'paused' : 'live';
    text.textContent = ended || (lost ? 'Live paused: reconnecting' : reasons.size ? `Paused${news}` : 'Live');
    const pressed = reasons.has('button');
    toggle.setAttribute('aria-pressed', String(pressed));
    toggle.textContent = pressed ? 'Resume' : 'Pause';
    toggle.hidden = Boolean(ended);
  };

  /** put applies one event to the list. */
  const put = ({ kind, data }) => {
    if (kind === 'drop') {
      document.getElementById(data)?.remove();
      return;
    }
    const made = elements(data);
    const row = made.firstElementChild;
    if (!row) return;
    const old = row.id && document.getElementById(row.id);
    row.classList.add('new');
    if (old && list.contains(old)) old.replaceWith(row);
    else {
      list.querySelector('.empty')?.closest('tr, .empty').remove();
      list.prepend(row);
      counted += 1;
    }
    fresh(row.parentElement);
  };

  /** flush applies what waits, all in one frame. */
  const flush = () => {
    frame = 0;
    if (reasons.size) return;
    for (const event of waiting) put(event);
    waiting = [];
    while (list.children.length > most) list.lastElementChild.remove();
    if (counted && Date.now() - spoke >= quiet) {
      say(counted === 1 ? '1 new row' : `${counted} new rows`);
      spoke = Date.now();
      counted = 0;
    }
    status();
  };
  const soon = () => { frame = frame || requestAnimationFrame(flush); };

  const take = (kind) => (e) => {
    if (e.lastEventId) last = e.lastEventId;
    waiting.push({ kind, data: e.data });
    if (waiting.length > most) waiting.shift();
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
    if (source || ended || document.hidden) return;
    const url = new URL(list.dataset.live, location.href);
    if (url.origin !== location.origin) return;
    if (last) url.searchParams.set('after', last); // a new EventSource does not remember it
    source = new EventSource(url);
    source.addEventListener('open', () => {
      lost = false;
      failures = 0;
      status();
    });
    source.addEventListener('row', take('row'));
    source.addEventListener('drop', take('drop'));
    source.addEventListener('gap', () => {
      ended = 'Rows were left out. Load the page again to see them.';
      close();
      status();
    });
    source.addEventListener('end', (e) => {
      ended = e.data;
      close();
      status();
    });
    source.addEventListener('error', () => {
      lost = true;
      status();
      if (source?.readyState !== EventSource.CLOSED) return; // the browser tries again itself
      close();
      failures += 1;
      setTimeout(open, Math.min(60000, 3000 * 2 ** Math.min(failures, 5)));
    });
  };

  region.addEventListener('pointerenter', (e) => hold('hover', e.pointerType === 'mouse'));
  region.addEventListener('pointerleave', () => hold('hover', false));
  region.addEventListener('focusin', () => hold('focus', region.matches(':focus-within')));
  region.addEventListener('focusout', (e) => hold('focus', region.contains(/** @type {Node} */ (e.relatedTarget))));
  const scrolled = () => hold('scroll', region.scrollTop > 8 || region.getBoundingClientRect().bottom < 0);
  region.addEventListener('scroll', scrolled, { passive: true });
  addEventListener('scroll', scrolled, { passive: true });
  toggle?.addEventListener('click', () => hold('button', !reasons.has('button')));
  document.addEventListener('visibilitychange', () => (document.hidden ? close() : open()));
  addEventListener('pagehide', close);
  addEventListener('pageshow', open);
  status();
  open();
}
