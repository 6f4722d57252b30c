// The only place that puts HTML into a page: parts of pages of this server, as its templates made them.
const types = /** @type {any} */ (window).trustedTypes; // not in every browser
const fragments = types
  ? types.createPolicy('ss-fragment', { createHTML: (html) => html })
  : { createHTML: (html) => html };

// The page has the texts of its language, by the English ones, as JSON in #texts. An English page has none.
const texts = JSON.parse(document.getElementById('texts')?.textContent || '{}');

/**
 * t is a text in the language of the page. Values stand in it as %s, or as %[2]s in another order; without values it stays
 * as it is, for a later t.
 * @param {string} english
 * @param {...(string | number)} values
 */
function t(english, ...values) {
  const text = texts[english] || english;
  if (!values.length) return text;
  let next = 0;
  return text.replace(/%(?:\[(\d+)\])?s/g, (_, at) => String(values[at ? at - 1 : next++]));
}

// fragment fetches the part of a page with a name and puts it into an element. It refuses what is not of this server,
// and returns the answer; the error of one that is no such part has it, too.
async function fragment(address, name, into, options = {}) {
  const url = new URL(address, location.href);
  if (url.origin !== location.origin) throw new Error('a fragment of another origin');
  const answer = await fetch(url, { ...options, headers: { ...options.headers, 'X-Fragment': name } });
  if (!answer.ok || answer.redirected || !(answer.headers.get('Content-Type') || '').startsWith('text/html')) {
    throw Object.assign(new Error('no fragment'), { answer });
  }
  into.innerHTML = fragments.createHTML(await answer.text());
  return answer;
}

// elements are what HTML of an event of this server describes, for example a row of a table.
function elements(html) {
  const holder = document.createElement('template');
  holder.innerHTML = fragments.createHTML(html);
  return holder.content;
}

// Elements with data-refresh are kept up to date while the page is seen. The header says that nobody asked for it, so that an
// open page does not keep its session alive. A page that its user may not see any more is loaded again, and says so.
for (const part of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-refresh]'))) {
  const renew = async () => {
    if (document.visibilityState === 'visible') {
      try {
        await fragment(location.pathname, part.dataset.refresh, part, { headers: { 'X-Refresh': 'yes' } });
      } catch (e) {
        if ([401, 403].includes(e.answer?.status)) location.reload();
        else part.textContent = t('The server does not answer.');
      }
    }
  };
  setInterval(renew, 5000);
}
