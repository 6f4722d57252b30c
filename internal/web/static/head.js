// Runs before the first paint, so that neither the theme nor the language of the samples flashes.
(() => {
  const root = document.documentElement;
  root.classList.add('js');
  let theme = null;
  let lang = null;
  try {
    theme = localStorage.getItem('theme');
    lang = localStorage.getItem('lang');
  } catch {
    // a browser that stores nothing
  }
  const asked = new URLSearchParams(location.search).get('lang');
  const known = /^(curl|python|node|php|ruby|java|go)$/;
  if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
  root.dataset.lang = known.test(asked) ? asked : known.test(lang) ? lang : 'curl';
})();
