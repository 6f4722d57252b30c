// Behaviour of the documentation: theme, copy buttons, the language of the samples, search. Everything is also readable
// without it. It is a classic script, because browsers load no modules from a folder.
(() => {
  const root = document.documentElement;
  const says = document.getElementById('says');
  const say = (text) => { says.textContent = text; };
  const keep = (name, value) => {
    try {
      if (value) localStorage.setItem(name, value);
      else localStorage.removeItem(name);
    } catch {
      // a browser that stores nothing
    }
  };

  // Theme: automatic, light, dark.
  const themes = ['', 'light', 'dark'];
  const themeButton = document.querySelector('[data-theme-button]');
  const label = () => `Theme: ${root.dataset.theme || 'automatic'}`;
  if (themeButton) {
    themeButton.setAttribute('aria-label', label());
    themeButton.addEventListener('click', () => {
      const next = themes[(themes.indexOf(root.dataset.theme || '') + 1) % themes.length];
      if (next) root.dataset.theme = next;
      else delete root.dataset.theme;
      keep('theme', next);
      themeButton.setAttribute('aria-label', label());
      say(label());
    });
  }

  // Copy buttons.
  for (const card of document.querySelectorAll('.card')) {
    const pre = card.querySelector('pre');
    const head = card.querySelector('.card-head');
    if (!pre || !head || !navigator.clipboard) continue;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'copy';
    button.textContent = 'Copy';
    button.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(pre.textContent);
        button.textContent = 'Copied';
        say('Copied');
      } catch {
        button.textContent = 'Select and copy';
      }
      setTimeout(() => { button.textContent = 'Copy'; }, 1600);
    });
    head.append(button);
  }

  // The language of all samples.
  const picks = document.querySelectorAll('[data-pick]');
  const mark = () => {
    for (const p of picks) p.setAttribute('aria-pressed', String(p.dataset.pick === root.dataset.lang));
  };
  mark();
  for (const p of picks) {
    p.addEventListener('click', () => {
      const before = p.getBoundingClientRect().top;
      root.dataset.lang = p.dataset.pick;
      keep('lang', p.dataset.pick);
      mark();
      window.scrollBy(0, p.getBoundingClientRect().top - before); // samples above have other heights now
      say(`Samples in ${p.textContent}`);
    });
  }

  // The example of a signature, computed again with what the reader writes.
  const example = document.querySelector('[data-signature]');
  if (example && window.crypto && crypto.subtle) {
    const part = (name) => document.getElementById(`sig-${name}`).value;
    const bytes = (text) => new TextEncoder().encode(text);
    const sign = async () => {
      const key = await crypto.subtle.importKey('raw', bytes(part('secret')), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
      const made = new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes(`${part('time')}.${part('body')}`)));
      const hex = [...made].map((b) => b.toString(16).padStart(2, '0')).join('');
      document.getElementById('sig-made').textContent = `t=${part('time')},v1=${hex}`;
    };
    example.addEventListener('input', () => {
      if (part('secret')) sign();
      else document.getElementById('sig-made').textContent = 'A signature needs a secret.';
    });
  }

  // The menu of small screens closes when a link within the page is followed.
  const side = document.getElementById('side');
  if (side) {
    side.addEventListener('click', (e) => {
      if (e.target.closest('a') && side.matches(':popover-open')) side.hidePopover();
    });
    const here = side.querySelector('[aria-current]');
    if (here && getComputedStyle(side).position === 'sticky') side.scrollTop = here.offsetTop - side.clientHeight / 2;
  }

  search();

  function search() {
    const form = document.querySelector('form.search');
    if (!form) return;
    const input = form.querySelector('input');
    const list = document.createElement('ul');
    let index = null;
    let loading = null;
    let chosen = -1;
    list.id = 'results';
    list.setAttribute('role', 'listbox');
    list.setAttribute('aria-label', 'Search results');
    list.hidden = true;
    form.append(list);
    input.setAttribute('role', 'combobox');
    input.setAttribute('aria-autocomplete', 'list');
    input.setAttribute('aria-controls', 'results');
    input.setAttribute('aria-expanded', 'false');

    const load = () => { loading = loading || read(); return loading; };
    const read = async () => {
      // An export cannot fetch. Its addresses are relative to the folder of its index.
      const script = document.querySelector('script[src$="search.js"]');
      index = (window.searchIndex || []).map((e) => [e[0], new URL(e[1], script.src).href, e[2], e[3], e[4]]);
      if (index.length === 0 && form.dataset.index) {
        try {
          index = await (await fetch(form.dataset.index)).json();
        } catch {
          index = null;
          loading = null; // the next key tries again
        }
      }
    };

    const plain = (s) => s.toLowerCase().replace(/[_./{}+:-]+/g, ' ').trim();
    const score = (entry, query, words) => {
      const title = plain(entry[0]);
      const more = plain(`${entry[2]} ${entry[3] || ''}`);
      let sum = 0;
      for (const w of words) {
        if (title === w) sum += 40;
        else if (title.startsWith(w)) sum += 20;
        else if (` ${title}`.includes(` ${w}`)) sum += 12;
        else if (title.includes(w)) sum += 6;
        else if (` ${more}`.includes(` ${w}`)) sum += 3;
        else return 0;
      }
      if (` ${(entry[3] || '').toLowerCase()} `.includes(` ${query} `)) sum += 12; // the whole name
      if (entry[4]) sum += 5; // operations are looked for most
      return sum + 4 / (1 + title.length);
    };

    const close = () => {
      list.hidden = true;
      chosen = -1;
      input.setAttribute('aria-expanded', 'false');
      input.removeAttribute('aria-activedescendant');
    };

    const choose = (n) => {
      const options = list.querySelectorAll('[role=option]');
      if (options.length === 0) return;
      chosen = (n + options.length) % options.length;
      options.forEach((o, i) => o.setAttribute('aria-selected', String(i === chosen)));
      input.setAttribute('aria-activedescendant', options[chosen].id);
      options[chosen].scrollIntoView({ block: 'nearest' });
    };

    const show = async () => {
      const asked = input.value;
      await load();
      if (asked !== input.value) return undefined; // a later key shows its own results
      const words = plain(input.value).split(' ').filter(Boolean);
      list.replaceChildren();
      if (!index || words.length === 0) return close();
      const found = index.map((e) => [score(e, input.value.toLowerCase().trim(), words), e]).filter((f) => f[0] > 0)
        .sort((a, b) => b[0] - a[0]).slice(0, 10);
      found.forEach(([, e], i) => {
        const option = document.createElement('li');
        option.id = `result-${i}`;
        option.setAttribute('role', 'option');
        option.setAttribute('aria-selected', 'false');
        option.dataset.href = e[1];
        const title = document.createElement('strong');
        title.textContent = e[0];
        const where = document.createElement('span');
        where.textContent = e[2];
        option.append(title, where);
        option.addEventListener('mousedown', (ev) => {
          ev.preventDefault();
          location.assign(e[1]);
        });
        list.append(option);
      });
      if (found.length === 0) {
        const none = document.createElement('li');
        none.className = 'none';
        none.setAttribute('role', 'option');
        none.setAttribute('aria-disabled', 'true');
        none.textContent = form.action.startsWith('http')
          ? 'No title and no name has this. Press Enter to search the whole text.'
          : 'No title and no name has this.';
        list.append(none);
      }
      list.hidden = false;
      input.setAttribute('aria-expanded', 'true');
      if (found.length > 0) choose(0);
    };

    input.addEventListener('focus', load);
    input.addEventListener('input', show);
    input.addEventListener('blur', close);
    input.addEventListener('keydown', (e) => {
      if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
        e.preventDefault();
        choose(chosen + (e.key === 'ArrowDown' ? 1 : -1));
      } else if (e.key === 'Escape') {
        close();
        input.blur();
      }
    });
    form.addEventListener('submit', (e) => {
      const option = list.querySelectorAll('[role=option]')[chosen];
      if (option && option.dataset.href) {
        e.preventDefault();
        close();
        location.assign(option.dataset.href);
      } else if (!form.action.startsWith('http')) {
        e.preventDefault();
      }
    });
    document.addEventListener('keydown', (e) => {
      if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === 'k') {
        e.preventDefault();
        input.focus();
        input.select();
      }
    });
  }
})();
