// Behaviour of single screens: previews of forms, passkeys.
import { all, fragment, fresh, make, t, toast } from './dash.js';

// Previews: <form data-preview="/path"> is posted while it is written, and the part "preview" of the answer is shown in
// #preview, or in the element with data-preview-into that is seen. The meter of templates is one.
for (const form of all('form[data-preview]')) {
  const seen = () => document.getElementById('preview') || all('[data-preview-into]', form).find((e) => e.offsetParent);
  let timer = 0;
  let running = null;
  const renew = async () => {
    running?.abort();
    const mine = running = new AbortController();
    const into = seen();
    if (!into) return;
    try {
      await fragment(form.dataset.preview, 'preview', into, {
        method: 'POST', body: new URLSearchParams(/** @type {any} */ (new FormData(form))), signal: mine.signal,
      });
      into.removeAttribute('data-stale');
      fresh(into);
    } catch {
      if (!mine.signal.aborted) into.setAttribute('data-stale', 'yes');
    }
  };
  form.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(renew, 250);
  });
}

// Passkeys: <form data-passkey="create|get" data-options="/path"> has a hidden field "credential". The options come from the
// server and the credential goes back to it, both in the JSON of WebAuthn, where bytes are base64url.
const bytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
const text = (buffer) => (buffer ? btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '') : undefined);
const known = (list) => list?.map((c) => ({ ...c, id: bytes(c.id) }));

/** ceremony asks the browser for a credential, and returns it as JSON. */
async function ceremony(kind, options, signal) {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    ...(options.user && { user: { ...options.user, id: bytes(options.user.id) } }),
    ...(options.excludeCredentials && { excludeCredentials: known(options.excludeCredentials) }),
    ...(options.allowCredentials && { allowCredentials: known(options.allowCredentials) }),
  };
  const c = /** @type {any} */ (await navigator.credentials[kind]({ publicKey, signal }));
  const r = c.response;
  return {
    id: c.id, rawId: text(c.rawId), type: c.type, authenticatorAttachment: c.authenticatorAttachment || undefined,
    clientExtensionResults: c.getClientExtensionResults(),
    response: {
      clientDataJSON: text(r.clientDataJSON),
      ...(kind === 'create'
        ? { attestationObject: text(r.attestationObject), transports: r.getTransports?.() || [] }
        : { authenticatorData: text(r.authenticatorData), signature: text(r.signature), userHandle: text(r.userHandle) }),
    },
  };
}

for (const form of all('form[data-passkey]')) {
  if (!window.PublicKeyCredential) {
    for (const button of all('button', form)) button.disabled = true;
    form.append(make('p', { class: 'help' }, t('This browser has no passkeys.')));
    continue;
  }
  form.addEventListener('submit', async (e) => {
    const field = form.elements.namedItem('credential');
    if (field.value) return;
    e.preventDefault();
    const button = e.submitter;
    try {
      if (button) button.disabled = true;
      const answer = await fetch(form.dataset.options, { method: 'POST', body: new URLSearchParams(/** @type {any} */ (new FormData(form))) });
      if (!answer.ok) throw new Error('no options');
      const options = await answer.json();
      field.value = JSON.stringify(await ceremony(form.dataset.passkey, options.publicKey || options));
      form.submit();
    } catch (err) {
      const stopped = err instanceof DOMException && err.name === 'NotAllowedError';
      const what = stopped ? t('The passkey was not used. Please try again.')
        : t('The passkey did not work. Please reload the page.');
      toast(what, 'bad');
    }
    if (button) button.disabled = false;
  });
}
