package dashboard_test

import (
	"maps"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/dashboard/texts"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/signin"
)

// opening and closing are around every text of the pseudo-language. English has neither.
const opening, closing = '⟦', '⟧'

// accents are the letters of the pseudo-language, so that a person sees it, too.
var accents = strings.NewReplacer("a", "á", "e", "é", "i", "í", "o", "ö", "u", "ü", "y", "ý", "A", "Á", "E", "É")

var placeholder = regexp.MustCompile(`%[-+# 0]*(?:\[\d+\])?(?:\d+)?(?:\.\d+)?[a-zA-Z%]`)

// pseudo is a text in the pseudo-language. Placeholders stay as they are.
func pseudo(english string) string {
	var out strings.Builder
	last := 0
	for _, at := range placeholder.FindAllStringIndex(english, -1) {
		out.WriteString(accents.Replace(english[last:at[0]]) + english[at[0]:at[1]])
		last = at[1]
	}
	return string(opening) + out.String() + accents.Replace(english[last:]) + string(closing)
}

// inPseudo is the pseudo-language as a catalogue: every text of the file for translators is translated.
func inPseudo(t testing.TB) *texts.Catalogue {
	t.Helper()
	pot, err := os.ReadFile("texts/dashboard.pot")
	if err != nil {
		t.Fatal(err)
	}
	var po strings.Builder
	po.WriteString("msgid \"\"\nmsgstr \"\"\n\"Plural-Forms: nplurals=2; plural=(n != 1);\\n\"\n")
	for _, entry := range strings.Split(string(pot), "\n\n")[1:] {
		var one, many string
		for line := range strings.Lines(entry) {
			name, quoted, _ := strings.Cut(strings.TrimSpace(line), " ")
			text, err := strconv.Unquote(quoted)
			switch {
			case name == "msgid" && err == nil:
				one = text
			case name == "msgid_plural" && err == nil:
				many = text
			}
		}
		po.WriteString("\nmsgid " + strconv.Quote(one) + "\n")
		if many == "" {
			po.WriteString("msgstr " + strconv.Quote(pseudo(one)) + "\n")
			continue
		}
		po.WriteString("msgid_plural " + strconv.Quote(many) + "\nmsgstr[0] " + strconv.Quote(pseudo(one)) +
			"\nmsgstr[1] " + strconv.Quote(pseudo(many)) + "\n")
	}

	c, err := texts.Read(fstest.MapFS{"languages/eo.po": {Data: []byte(po.String())}})
	if err != nil {
		t.Fatal(err)
	}

	return c
}

// asData are elements with what no language changes: code, ids, states of the API; lang marks sentences of the API.
func asData(n *html.Node) bool {
	if slices.Contains([]atom.Atom{atom.Code, atom.Pre, atom.Kbd, atom.Script, atom.Style, atom.Datalist, atom.Textarea}, n.DataAtom) {
		return true
	}
	for _, a := range n.Attr {
		if a.Key == "lang" && n.DataAtom != atom.Html || a.Key == "translate" && a.Val == "no" || a.Key == "class" && a.Val == "id" {
			return true
		}
		for _, class := range strings.Fields(a.Val) {
			if a.Key == "class" && slices.Contains([]string{"mono", "badge", "bubble", "brand"}, class) {
				return true
			}
		}
	}

	return false
}

// readable are the attributes that people see or hear.
var readable = []string{"aria-label", "placeholder", "title", "alt", "data-busy", "label"}

// leaks are the texts of a page that are outside of the pseudo-language.
func leaks(page string) []string {
	root, err := html.ParseWithOptions(strings.NewReader(page), html.ParseOptionEnableScripting(false))
	if err != nil {
		return []string{err.Error()}
	}
	var out strings.Builder
	depth := 0
	read := func(text string, within *int) {
		for _, r := range text {
			switch {
			case r == opening:
				*within++
			case r == closing:
				*within--
			case *within == 0:
				out.WriteRune(r)
			}
		}
		out.WriteString("\n")
	}
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			read(n.Data, &depth)
		}
		if n.Type == html.ElementNode && asData(n) {
			return
		}
		for _, a := range n.Attr {
			if slices.Contains(readable, a.Key) {
				read(a.Val, new(int))
			}
		}
		if n.DataAtom == atom.Option && isItsValue(n) {
			return
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(root)

	return english(out.String())
}

// isItsValue reports whether an option shows what it sends: a word of the API.
func isItsValue(n *html.Node) bool {
	shown := ""
	if n.FirstChild != nil {
		shown = n.FirstChild.Data
	}
	i := slices.IndexFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "value" })

	return i < 0 || n.Attr[i].Val == shown
}

// data is what looks like English and is none: ids, addresses, times, names of the API and of the test's world.
var data = regexp.MustCompile(strings.Join([]string{
	`\b[a-z_]+(?:\.[a-z_]+)+\b`, `\b[a-z]+_[A-Za-z0-9_…•*]+`, `\S+@\S+`, `https?://\S+`,
	// actions, ids, people, servers
	`\b[\w-]+/[\d.]+`, `\botp-1\b`, `\bsend-otp\b`, // programs, nodes, operations
	`\b[A-Z]{2,}[0-9-]*\b`, `\b[A-Za-z]*[0-9]\S*`, `[A-Z][a-z]+/[A-Z][A-Za-z_]+`, // acronyms, countries, codes, zones
	`\b(?:SysSecure|CSV|OTP|Other Ltd|Acme|Olga|User \w+|Shop|smsc|wa|sandbox|test|live|postgres|http)\b`,
}, "|"))

var word = regexp.MustCompile(`\p{L}[\p{L}' ]+\p{L}`)

// english is what is left of a text that is no data.
func english(text string) (found []string) {
	for line := range strings.Lines(text) {
		line = data.ReplaceAllString(line, "")
		strange := func(w string) bool { return !slices.Contains(apiWords, strings.ToLower(strings.TrimSpace(w))) }
		if slices.ContainsFunc(word.FindAllString(line, -1), strange) {
			found = append(found, strings.TrimSpace(line))
		}
	}
	return found
}

// apiWords are words of the API, which are the same in every language.
var apiWords = []string{
	"whatsapp", "sms", "telegram", "voice", "owner", "developer", "support", "billing", "operator", "per segment",
	"segment",
	"message", "send", "verify", "read", "admin", "system", "grant", "hold", "capture", "release", "refund",
}

// visitor opens pages in the pseudo-language, and finds the others by their links.
type visitor struct {
	*browser
	t       *testing.T
	pending []string
	seen    map[string]bool
	forms   map[string]string
	leaks   map[string]string
	pages   int
}

var (
	hrefs   = regexp.MustCompile(` href="([^"#]+)`)
	actions = regexp.MustCompile(`action="([^"#]+)`)
	idLike  = regexp.MustCompile(`[a-z]+_[A-Za-z0-9]{6,}|[0-9a-f]{32,}`)
)

// shape is an address without ids, so that one thing of each kind is opened.
func shape(address string) string {
	path, _, _ := strings.Cut(address, "?")
	return idLike.ReplaceAllString(path, "*")
}

// check notes what leaks in an answer, and the links of it.
func (v *visitor) check(p page) {
	if !strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") || p.StatusCode/100 == 3 {
		return
	}
	v.pages++
	for _, leak := range leaks(p.raw) {
		if _, known := v.leaks[leak]; !known {
			v.leaks[leak] = p.Request.Method + " " + p.Request.URL.Path
		}
	}
	base := p.Request.URL
	for _, m := range hrefs.FindAllStringSubmatch(p.raw, -1) {
		if to, err := base.Parse(html.UnescapeString(m[1])); err == nil && to.Host == base.Host {
			v.note(to.RequestURI())
		}
	}
	for _, m := range actions.FindAllStringSubmatch(p.raw, -1) {
		if to, err := base.Parse(html.UnescapeString(m[1])); err == nil {
			v.forms[shape(to.Path)] = to.RequestURI()
		}
	}
}

func (v *visitor) note(address string) {
	if key := shape(address); strings.HasPrefix(address, "/dashboard") && !v.seen[key] && !strings.HasSuffix(key, "/live") {
		v.seen[key] = true
		v.pending = append(v.pending, address)
	}
}

// crawl opens every page that a link leads to.
func (v *visitor) crawl(from ...string) {
	for _, address := range from {
		v.note(address)
	}
	for len(v.pending) > 0 {
		next := v.pending[0]
		v.pending = v.pending[1:]
		v.check(v.get(v.t, next, "Accept-Language", "eo"))
	}
}

// send posts every form empty, and opens the page that follows.
func (v *visitor) send() {
	for _, key := range slices.Sorted(maps.Keys(v.forms)) {
		if strings.HasSuffix(key, "/sign-out") || strings.Contains(key, "/sessions") {
			continue
		}
		p := v.post(v.t, v.forms[key], url.Values{}, "Accept-Language", "eo")
		v.check(p)
		if to := p.Header.Get("Location"); p.StatusCode == http.StatusSeeOther && strings.HasPrefix(to, "/dashboard/") {
			v.check(v.get(v.t, to, "Accept-Language", "eo"))
		}
	}
}

// TestTexts_AllAreGathered shows the dashboard in a language that no person speaks. What is still English there cannot be
// translated.
func TestTexts_AllAreGathered(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(v *screen.Verbs) { v.Texts = inPseudo(t) })
	for _, name := range []string{"empty", "full"} {
		if name == "full" {
			w.fill(t)
		}
		v := &visitor{
			browser: w.operator, t: t, seen: map[string]bool{}, forms: map[string]string{}, leaks: map[string]string{},
		}
		start := []string{
			"/dashboard/nothing", "/dashboard/profile", w.at(id.Test, "/overview"), w.at(id.Live, "/overview"),
			w.at(id.Test, "/history?to=%2B15005550006"), w.at(id.Test, "/verifications?status=failed"),
			"/dashboard/routes?to=x",
		}
		v.crawl(start...)
		v.send()
		v.crawl()
		for leak, where := range v.leaks {
			t.Errorf("%s, %s: %q", name, where, leak)
		}
		t.Logf("%s: %d pages", name, v.pages)
		if v.pages < 30 {
			t.Errorf("%s: only %d pages were opened", name, v.pages)
		}
	}
	stranger := &visitor{
		browser: w.browser(t, noToken), t: t, seen: map[string]bool{}, forms: map[string]string{},
		leaks: map[string]string{},
	}
	stranger.crawl("/dashboard/sign-in")
	stranger.send()
	for leak, where := range stranger.leaks {
		t.Errorf("without a session, %s: %q", where, leak)
	}
}

// fill gives the account something of each kind.
func (w *world) fill(t *testing.T) {
	t.Helper()
	w.user(t, w.Account, signin.Owner)
	w.sendCode(t, id.Test, "+15005550006")
	w.sendCode(t, id.Live, "+32470123456")
	for path, form := range map[string]url.Values{
		"/keys/new":      {"name": {"Shop"}, "scopes": {"send"}, "once": {"one"}},
		"/webhooks/new":  {"url": {"https://example.com/hook"}, "which": {"all"}, "once": {"two"}},
		"/templates/new": {"name": {"Shop"}, "tag": {"en"}, "text": {"Your code is {{code}}"}, "once": {"three"}},
		"/opt-outs/add":  {"numbers": {"+32470123457\nx"}},
		"/team/invite":   {"email": {"new@example.com"}, "role": {"support"}, "once": {"four"}},
	} {
		if p := w.operator.post(t, w.at(id.Test, path), form); p.StatusCode >= http.StatusBadRequest {
			t.Fatalf("%s: answered %d: %s", path, p.StatusCode, short(p.text))
		}
	}
	w.operator.get(t, w.at(id.Test, "/overview")) // shows what the last form said, which is in English here
}

// TestTexts_Language: the profile decides which language a user reads, scripts get their texts, and English has none.
func TestTexts_Language(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(v *screen.Verbs) { v.Texts = inPseudo(t) })
	const profile = "/dashboard/profile"
	english := w.operator.get(t, profile).shows(t, 200, `<html lang="en"`, "Profile and security", pseudo("English"))
	english.lacks(t, `id="texts"`)
	w.operator.get(t, profile, "Accept-Language", "eo, en;q=0.5").shows(t, 200, `<html lang="eo"`,
		pseudo("Profile and security"),
		`"Copied":"`+pseudo("Copied")+`"`)

	chosen := url.Values{"name": {"Olga"}, "shortcuts": {"on"}, "locale": {"eo"}}
	if p := w.operator.post(t, profile, chosen); p.StatusCode != http.StatusSeeOther {
		t.Fatalf("the profile was not saved: %d", p.StatusCode)
	}
	w.operator.get(t, profile).shows(t, 200, `<html lang="eo"`, `<option value="eo" selected`)
	w.operator.get(t, profile, "Accept-Language", "en").shows(t, 200, `<html lang="eo"`)
	w.browser(t, noToken).get(t, "/dashboard/sign-in").shows(t, 200, `<html lang="en"`)
	chosen.Set("locale", "no language")
	w.operator.post(t, profile, chosen).shows(t, 400, "must be a language as a BCP 47 tag")
}

// TestTexts_Values: what strangers wrote stays text in every language, also within a sentence.
func TestTexts_Values(t *testing.T) {
	t.Parallel()
	const evil = `<img src=x onerror=alert(1)>`
	w := newWorld(t)
	if p := w.operator.post(t, w.at(id.Test, "/keys/new"), url.Values{"name": {evil}, "scopes": {"send"}, "once": {"one"}}); p.StatusCode != 200 {
		t.Fatalf("no key was made: %d", p.StatusCode)
	}
	list := w.operator.get(t, w.at(id.Test, "/keys"))
	at := regexp.MustCompile(`/keys/key_[A-Za-z0-9]+`).FindString(list.raw)
	p := w.operator.get(t, w.at(id.Test, at+"/revoke")).shows(t, 200, "Type <code>"+evil+"</code> to confirm")
	if strings.Contains(p.raw, evil) {
		t.Error("the name of a key is HTML")
	}
}
