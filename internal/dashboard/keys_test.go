package dashboard_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/store"
)

var (
	onceValue = regexp.MustCompile(`name="once" value="([^"]+)"`)
	keyText   = regexp.MustCompile(`sk_(?:test|live)_[0-9A-Za-z]{8}_[0-9A-Za-z]{38}`)
	keyID     = regexp.MustCompile(`key_[0-9A-Za-z]{8}`)
)

// once is the value of a form's hidden field.
func (b *browser) once(t testing.TB, form string) string {
	t.Helper()
	found := onceValue.FindStringSubmatch(b.get(t, form).shows(t, 200).raw)
	if found == nil {
		t.Fatalf("%s has no field once", form)
	}
	return found[1]
}

// createKey makes a key as a user does, and gives its id and its text.
func (b *browser) createKey(t testing.TB, mode id.Mode, name string, scopes ...string) (public, text string) {
	t.Helper()
	form := b.w.at(mode, "/keys/new")
	p := b.post(t, form, url.Values{"name": {name}, "scopes": scopes, "once": {b.once(t, form)}}).shows(t, 200,
		"Your new key")
	text = keyText.FindString(p.text)
	if _, _, err := account.ParseKey(text); err != nil {
		t.Fatalf("the page shows the key %q: %v", text, err)
	}

	return "key_" + strings.Split(text, "_")[2], text
}

// keyNamed is the row of a key.
func (w *world) keyNamed(t testing.TB, public string) account.Key {
	t.Helper()
	all, err := w.Admin.ListKeys(t.Context(), w.Account)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range all {
		if k.PublicID() == public {
			return k
		}
	}
	t.Fatalf("there is no %s", public)

	return account.Key{}
}

func TestKeys_Create(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	list := w.at(id.Test, "/keys")
	owner.get(t, list).shows(t, 200, "No API key yet", "Create a key")

	w.Clock.Add(time.Second)
	public, text := owner.createKey(t, id.Test, "Shop & Söhne", "send", "verify")
	p := owner.get(t, list).shows(t, 200, "Shop & Söhne", "sk_test_"+public[4:]+"…", "send, verify", "User owner",
		"never", ">active<")
	p.lacks(t, "No API key yet", text, text[len(text)-20:])
	owner.get(t, list+"/"+public).shows(t, 200, "never used", "Check the codes that users enter",
		"/requests?key="+public).lacks(t, text)
	owner.get(t, w.at(id.Live, "/keys")).shows(t, 200, "No API key yet").lacks(t, public)
	owner.get(t, w.at(id.Live, "/keys/"+public)).shows(t, 404)

	k := w.keyNamed(t, public)
	if got := k.CreatedBy; got != "User owner" || len(k.Scopes) != 2 {
		t.Errorf("the key is %+v", k)
	}
	if rows := w.audits(t); rows[0].Action != "key.created" || rows[0].ActorKind != "user" {
		t.Errorf("the audit log has %+v", rows[0])
	}
}

// TestKeys_ShownOnce: the page with the key has what is needed to use it, and only this page.
func TestKeys_ShownOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	form := w.at(id.Test, "/keys/new")
	p := owner.post(t, form, url.Values{"name": {"Shop"}, "scopes": {"send"}, "once": {owner.once(t, form)}})
	text := keyText.FindString(p.text)
	p.shows(t, 200, "SYSSECURE_API_KEY="+text, "Authorization: Bearer "+text, "/v2/otp/send", "not shown again")
	if got := p.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("the page may be stored: %q", got)
	}
}

// TestKeys_FormTwice: a double click makes one key, and both answers show it. A form that was changed makes another one,
// and so does the same one after some minutes.
func TestKeys_FormTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, other := w.user(t, w.Account, signin.Owner), w.user(t, w.Account, signin.Developer)
	path := w.at(id.Test, "/keys/new")
	form := url.Values{"name": {"Shop"}, "scopes": {"send"}, "once": {owner.once(t, path)}}
	first := keyText.FindString(owner.post(t, path, form).shows(t, 200).text)
	if again := keyText.FindString(owner.post(t, path, form).shows(t, 200).text); again != first || first == "" {
		t.Errorf("the form made %q and %q", first, again)
	}
	if theirs := keyText.FindString(other.post(t, path, form).shows(t, 200).text); theirs == first {
		t.Error("another user got the key with the same form")
	}
	changed := url.Values{"name": {"Shop 2"}, "scopes": {"send"}, "once": form["once"]}
	if next := keyText.FindString(owner.post(t, path, changed).shows(t, 200).text); next == first || next == "" {
		t.Errorf("a changed form made %q", next)
	}

	rotate := w.at(id.Test, "/keys/"+keyID.FindString(owner.get(t, w.at(id.Test, "/keys?q=Shop+2")).text)+"/rotate")
	form = url.Values{"overlap": {"3600"}, "once": {owner.once(t, rotate)}}
	first = keyText.FindString(owner.post(t, rotate, form).shows(t, 200).text)
	if again := keyText.FindString(owner.post(t, rotate, form).shows(t, 200).text); again != first || first == "" {
		t.Errorf("the rotation made %q and %q", first, again)
	}

	w.Clock.Add(6 * time.Minute)
	if late := keyText.FindString(owner.post(t, rotate, form).text); late == first {
		t.Error("the key is shown again after minutes")
	}
}

func TestKeys_BadForms(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	public, _ := owner.createKey(t, id.Test, "Shop", "send")
	one := w.at(id.Test, "/keys/"+public)
	create, rotate, revoke := w.at(id.Test, "/keys/new"), one+"/rotate", one+"/revoke"
	for name, c := range map[string]struct {
		path  string
		form  url.Values
		shows string
	}{
		"no name of a key": {create, url.Values{"scopes": {"send"}}, "Name is empty"},
		"no scope":         {create, url.Values{"name": {"Kept"}}, `value="Kept"`},
		"an unknown scope": {create, url.Values{"scopes": {"root"}}, `"root" is not a scope`},
		"the operator's":   {create, url.Values{"name": {"Ops"}, "scopes": {"operator"}}, "does not have the scope operator"},
		"a name of 65": {
			create,
			url.Values{"name": {strings.Repeat("x", 65)}, "scopes": {"send"}},
			`href="#f-name"`,
		},
		"a line break":      {create, url.Values{"name": {"a\nb"}, "scopes": {"send"}}, `href="#f-name"`},
		"markup":            {create, url.Values{"name": {"<b>\u202e</b>"}, "scopes": {"send"}}, `value="<b>`},
		"no overlap":        {rotate, url.Values{}, `href="#f-overlap"`},
		"an overlap below":  {rotate, url.Values{"overlap": {"-1"}}, `href="#f-overlap"`},
		"an overlap beyond": {rotate, url.Values{"overlap": {"2592001"}}, `href="#f-overlap"`},
		"no hours":          {rotate, url.Values{"overlap": {"hours"}}, `href="#f-hours"`},
		"too many hours":    {rotate, url.Values{"overlap": {"hours"}, "hours": {"721"}}, `value="721"`},
		"no name":           {revoke, url.Values{}, `href="#f-confirm"`},
		"another name":      {revoke, url.Values{"confirm": {"shop"}}, `value="shop"`},
	} {
		t.Run(name, func(t *testing.T) {
			if c.path != revoke {
				c.form.Set("once", owner.once(t, c.path))
			}
			owner.post(t, c.path, c.form).shows(t, 400, c.shows, "Please check the form")
		})
	}
	owner.post(t, create, url.Values{"scopes": {"send"}}).shows(t, 400, "send it once more")
	owner.get(t, w.at(id.Test, "/keys?before=key_nothing1")).shows(t, 400, "open the list again")
	if k := w.keyNamed(t, public); !k.RevokedAt.IsZero() || !k.ExpiresAt.IsZero() {
		t.Errorf("a refused form changed the key: %+v", k)
	}
}

func TestKeys_Rotate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	for name, c := range map[string]struct {
		form url.Values
		ends time.Duration
		says string
	}{
		"a day":   {url.Values{"overlap": {"86400"}}, 24 * time.Hour, "The old key works until then"},
		"hours":   {url.Values{"overlap": {"hours"}, "hours": {"48"}}, 48 * time.Hour, "The old key works until then"},
		"at once": {url.Values{"overlap": {"0"}}, 0, "The old key has ended"},
	} {
		t.Run(name, func(t *testing.T) {
			public, old := owner.createKey(t, id.Live, "Shop "+name, "send", "read")
			path := w.at(id.Live, "/keys/"+public+"/rotate")
			c.form.Set("once", owner.once(t, path))
			p := owner.post(t, path, c.form).shows(t, 200, c.says)
			fresh := keyText.FindString(p.text)
			if fresh == "" || fresh == old {
				t.Fatalf("rotated to %q", fresh)
			}

			next := w.keyNamed(t, "key_"+strings.Split(fresh, "_")[2])
			if k := w.keyNamed(t, public); !k.ExpiresAt.Equal(w.Clock.Now().Add(c.ends)) || next.Name != k.Name || len(next.Scopes) != 2 {
				t.Errorf("the old key ends at %v, the new one is %+v", k.ExpiresAt, next)
			}
			one := owner.get(t, w.at(id.Live, "/keys/"+public))
			if c.ends > 0 {
				one.shows(t, 200, "This key was replaced", ">expiring<")
			} else {
				one.shows(t, 200, ">expired<").lacks(t, "/rotate", "/revoke")
			}
		})
	}
}

func TestKeys_Revoke(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	public, _ := owner.createKey(t, id.Live, "Shop", "send")
	made, _, err := w.Admin.CreateKey(t.Context(), w.Account, id.Live, nil)
	if err != nil {
		t.Fatal(err)
	}
	unnamed := made.PublicID()
	one, list := w.at(id.Live, "/keys/"+public), w.at(id.Live, "/keys")
	for range 2 { // sent twice, it is still one change
		p := owner.post(t, one+"/revoke", url.Values{"confirm": {"Shop"}})
		if p.StatusCode != 303 || p.Header.Get("Location") != list {
			t.Fatalf("answered %d to %s", p.StatusCode, p.Header.Get("Location"))
		}
	}
	owner.get(t, list).shows(t, 200, "The key was revoked", unnamed).lacks(t, `id="`+public)
	owner.get(t, list+"?status=revoked").shows(t, 200, `id="`+public, ">revoked<").lacks(t, `id="`+unnamed)
	owner.get(t, list+"?status=all").shows(t, 200, public, unnamed)
	owner.get(t, list+"?status=all&q=nothing").shows(t, 200, "Nothing matches")
	owner.get(t, list+".csv?status=revoked").shows(t, 200, public, "revoked").lacks(t, unnamed)
	owner.get(t, one).shows(t, 200, ">revoked<").lacks(t, "/rotate", "/revoke")
	owner.get(t, w.at(id.Live, "/keys/"+unnamed+"/revoke")).shows(t, 200, `data-confirm="sk_live_`+unnamed[4:])

	n := 0
	for _, row := range w.audits(t) {
		if row.Action == "key.revoked" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d rows of the audit log", n)
	}

	owner.post(t, w.at(id.Live, "/keys/"+unnamed+"/revoke"), url.Values{"confirm": {made.Prefix()}}).shows(t, 303)
	owner.get(t, list).shows(t, 200, "No key works", "?status=all").lacks(t, "No API key yet")
}

// TestKeys_Operator: only operators give the scope, and only they rotate a key that has it.
func TestKeys_Operator(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	owner.get(t, w.at(id.Live, "/keys/new")).shows(t, 200).lacks(t, `value="operator"`)
	w.operator.get(t, w.at(id.Live, "/keys/new")).shows(t, 200, `value="operator"`)
	public, _ := w.operator.createKey(t, id.Live, "Ops", "operator")

	path := w.at(id.Live, "/keys/"+public+"/rotate")
	owner.post(t, path, url.Values{"overlap": {"0"}, "once": {owner.once(t, path)}}).shows(t, 400,
		"does not have the scope operator")
	w.operator.post(t, path, url.Values{"overlap": {"0"}, "once": {w.operator.once(t, path)}}).shows(t, 200,
		"The new key")
}

// TestKeys_StepUp: a session that was not proven lately sees the list, and no form.
func TestKeys_StepUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	public, _ := owner.createKey(t, id.Test, "Shop", "send")
	w.Clock.Add(11 * time.Minute)
	owner.get(t, w.at(id.Test, "/keys")).shows(t, 200, public)
	for _, path := range []string{"/keys/new", "/keys/" + public + "/rotate", "/keys/" + public + "/revoke"} {
		p := owner.get(t, w.at(id.Test, path))
		if p.StatusCode != 303 || !strings.HasPrefix(p.Header.Get("Location"), "/dashboard/confirm?next=") {
			t.Errorf("%s is answered with %d", path, p.StatusCode)
		}
		p = owner.post(t, w.at(id.Test, path), url.Values{"confirm": {"Shop"}, "overlap": {"0"}})
		if p.StatusCode != 303 || !strings.HasPrefix(p.Header.Get("Location"), "/dashboard/confirm?next=") {
			t.Errorf("a form of %s is answered with %d", path, p.StatusCode)
		}
	}
	if k := w.keyNamed(t, public); !k.Active(w.Clock.Now()) || !k.ExpiresAt.IsZero() {
		t.Errorf("the key is %+v", k)
	}
}

// TestKeys_Used: the last use is shown with its address.
func TestKeys_Used(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	public, _ := owner.createKey(t, id.Test, "Shop", "send")
	w.useKey(t, public, "10.0.0.1")
	for _, path := range []string{"/keys", "/keys/" + public, "/keys/" + public + "/revoke"} {
		owner.get(t, w.at(id.Test, path)).shows(t, 200, "10.0.0.1", "data-relative").lacks(t, "never")
	}
	w.Clock.Add(31 * 24 * time.Hour)
	w.signIn(t, owner).get(t, w.at(id.Test, "/keys")).shows(t, 200, "unused for 30 days").lacks(t, "revoke it?")
	w.Clock.Add(60 * 24 * time.Hour)
	owner = w.signIn(t, owner)
	owner.get(t, w.at(id.Test, "/keys")).shows(t, 200, "unused for 90 days: revoke it?")
	owner.get(t, w.at(id.Test, "/overview")).shows(t, 200, "The key Shop was not used for 90 days.")
}

// TestKeys_Pages: the list goes on below the last key of a page.
func TestKeys_Pages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	for range 60 {
		if _, _, err := w.Admin.CreateKey(t.Context(), w.Account, id.Test, nil); err != nil {
			t.Fatal(err)
		}
	}
	p := owner.get(t, w.at(id.Test, "/keys")).shows(t, 200, "Older")
	older := regexp.MustCompile(`/keys\?before=(key_\w{8})`).FindStringSubmatch(p.text)
	if rows := strings.Count(p.text, `<tr id="key_`); rows != 50 || older == nil {
		t.Fatalf("%d rows, and the next page is %v", rows, older)
	}
	p = owner.get(t, w.at(id.Test, "/keys?before="+older[1])).shows(t, 200, "Newest")
	if rows := strings.Count(p.text, `<tr id="key_`); rows != 10 {
		t.Errorf("%d rows are on the second page", rows)
	}
}

// useKey stores that a key was used now.
func (w *world) useKey(t testing.TB, public, address string) {
	t.Helper()
	row := w.storedKey(t, public)
	err := w.Admin.Store.Update(t.Context(), w.Account, []store.Key{row.Key()}, func(tx *store.Tx) error {
		k, _ := store.Get[store.APIKey](tx, row.Key())
		k.API.UsedAt, k.API.UsedFrom = w.Clock.Now(), address
		tx.Put(k)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) storedKey(t testing.TB, public string) store.APIKey {
	t.Helper()
	return store.APIKey{API: w.keyNamed(t, public)}
}

// signIn signs a user in again, whose session has ended.
func (w *world) signIn(t testing.TB, b *browser) *browser {
	t.Helper()
	p := w.browser(t, noToken)
	p.post(t, "/dashboard/sign-in", url.Values{"email": {b.email}, "password": {password}}).shows(t, 303)
	return p
}
