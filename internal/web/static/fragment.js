// The only place that puts HTML into a page: parts of pages of this server, as its templates made them.
const fragments = window.trustedTypes
  ? window.trustedTypes.createPolicy('ss-fragment', { createHTML: (html) => html })
  : { createHTML: (html) => html };

// fragment fetches the part of a page with a name and puts it into an element. It refuses what is not of this server.
async function fragment(address, name, into) {
  const url = new URL(address, location.href);
  if (url.origin !== location.origin) throw new Error('a fragment of another origin');
  const answer = await fetch(url, { headers: { 'X-Fragment': name } });
  if (answer.redirected || !(answer.headers.get('Content-Type') || '').startsWith('text/html')) {
    throw new Error('no fragment');
  }
  into.innerHTML = fragments.createHTML(await answer.text());
}

// Elements with data-refresh are kept up to date while the page is seen.
for (const part of document.querySelectorAll('[data-refresh]')) {
  const renew = async () => {
    if (document.visibilityState === 'visible') {
      try {
        await fragment(location.pathname, part.dataset.refresh, part);
      } catch {
        part.textContent = 'The server does not answer.';
      }
    }
  };
  setInterval(renew, 5000);
}
