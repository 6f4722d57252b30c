// What was typed into a form is kept until the server has answered it. When the session ended meanwhile, or the user has to
// prove again who it is, the form is filled in again afterwards. Only this tab keeps it, and only for the same user; what is
// secret, such as a password, is not kept. The server joins this file to dash.js, whose functions it uses.
const keptAs = 'ss-form';
const keptFor = document.querySelector('#you a')?.textContent;
const notKept = 'button, fieldset, output, [type=password], [type=hidden], [type=file], '
  + '[autocomplete=one-time-code], [data-confirm]';
const sentForms = () => all('main form[method=post]');
const keptFields = (form) => [...form.elements].filter((f) => f.name && !f.matches(notKept));

/** keep stores a form in the tab; null forgets what was stored. @param {object | null} what */
function keep(what) {
  try {
    if (what) sessionStorage.setItem(keptAs, JSON.stringify(what));
    else sessionStorage.removeItem(keptAs);
  } catch {
    // a browser that stores nothing, or not so much
  }
}
function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(keptAs) || 'null');
  } catch {
    return null;
  }
}

document.addEventListener('submit', (e) => {
  const form = /** @type {HTMLFormElement} */ (e.target);
  const at = sentForms().indexOf(form);
  if (e.defaultPrevented || !keptFor || at < 0 || !keptFields(form).length) return;
  const fields = keptFields(form).map((f) => [f.name, f.value, Boolean(f.checked)]);
  keep({ path: location.pathname, user: keptFor, at, fields });
});

/** fillIn puts what was kept into the form it came from. */
function fillIn(was) {
  const form = sentForms()[was.at];
  const fields = form ? keptFields(form) : [];
  if (fields.length !== was.fields.length || fields.some((f, i) => f.name !== was.fields[i][0])) return;
  fields.forEach((f, i) => {
    if (f.matches('[type=checkbox], [type=radio]')) f.checked = was.fields[i][2];
    else [, f.value] = was.fields[i];
  });
  for (const closed of all('details')) if (closed.contains(form)) closed.open = true;
  form.before(make('p', { class: 'banner', role: 'status' },
    t('What you typed is still here. Check it, and send the form again.')));
  fields[0].dispatchEvent(new Event('input', { bubbles: true }));
}

// The ways in stand between a form and its answer.
const keptForm = kept();
if (keptForm && document.querySelector('main.entry')) {
  keep({ ...keptForm, interrupted: true });
  const form = sentForms()[0];
  if (form) form.before(make('p', { class: 'dim' },
    t('What you typed into the form is kept in this tab, and filled in again afterwards.')));
} else if (keptForm) {
  keep(null);
  const here = `${keptForm.path}/`.startsWith(`${location.pathname}/`); // a form that was refused stands below its page
  if (keptForm.interrupted && here && keptForm.user === keptFor) fillIn(keptForm);
}

// A field that is full says so, since browsers cut what does not fit without a word.
document.addEventListener('input', (e) => {
  const field = /** @type {HTMLInputElement} */ (e.target);
  const most = field.maxLength;
  if (!(most > 0) || !field.closest('.field')) return;
  const note = field.parentElement.querySelector('[data-bound]');
  if (field.value.length < most) note?.remove();
  else if (!note) {
    field.after(make('p', { class: 'help', role: 'status', 'data-bound': '' },
      t('At most %s characters fit here. What is longer is cut off.', most)));
  }
});

// While the server is down, a browser leaves the page for its own, and what was typed is gone. So the page asks whether
// the server answers before a form is sent or a link is followed, when the button is pressed, so that nobody waits.
const forNow = 1000; // for so long an answer counts
let met = 0; // when the server answered last
/** @type {Promise<boolean> | null} */
let asking = null;
function answers() {
  const address = `${import.meta.url}?${Date.now()}`; // no copy of a proxy
  asking ||= fetch(address, { method: 'HEAD', signal: AbortSignal.timeout(8000) })
    .then((answer) => answer.status < 500, () => false)
    .then((up) => {
      asking = null;
      if (up) met = Date.now();
      return up;
    });
  return asking;
}

/** reach does what leaves the page, or offers to try it again. @param {() => void} act */
async function reach(act) {
  if (await answers()) act();
  else away(act);
}

/** @type {HTMLElement | null} says that the server does not answer */
let awayNote = null;
let look = 0;
function away(act) {
  awayNote?.remove();
  const text = t('The server does not answer. What you typed is still here.');
  awayNote = toast(text, 'bad', () => reach(act), t('Try again'));
  clearTimeout(look);
  look = setTimeout(back, 3000);
}
async function back() {
  if (!awayNote?.isConnected) return;
  if (await answers()) {
    awayNote.className = 'toast ok';
    awayNote.firstElementChild.textContent = t('The server answers again.');
    say(t('The server answers again.'));
  } else look = setTimeout(back, 3000);
}

/** asks holds an event until the server has answered, and then repeats it. @param {Event} e @param {() => void} act */
function asks(e, act) {
  if (e.defaultPrevented || Date.now() - met < forNow) return;
  e.preventDefault();
  e.stopImmediatePropagation();
  reach(act);
}
document.addEventListener('pointerdown', (e) => {
  if (/** @type {Element} */ (e.target).closest('a[href], form button')) answers();
});
document.addEventListener('submit', (e) => {
  const form = /** @type {HTMLFormElement} */ (e.target); // those that scripts send say themselves what went wrong
  if (!form.matches('[data-filter], [data-theme-form], [data-passkey]')) asks(e, () => form.requestSubmit(e.submitter));
}, true);
document.addEventListener('click', (e) => {
  const link = /** @type {HTMLAnchorElement | null} */ (/** @type {Element} */ (e.target).closest('a[href]'));
  if (!link || !plain(e) || link.matches('[target], [data-download]') || !local(link.href)) return;
  if (link.hash && link.href.split('#')[0] === location.href.split('#')[0]) return;
  asks(e, () => link.click());
}, true);
