package dashboard_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/hooks"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/template"
)

// TestLists_Files: the lists of things that people make have a search, and a file with the same rows. What they are
// called is never a formula in it.
func TestLists_Files(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	for _, address := range []string{"https://one.example/hook", "https://two.example/hook"} {
		endpoint := hooks.NewEndpoint{URL: address, Description: "=1+1"}
		if _, _, err := w.Hooks.Create(t.Context(), w.Test, endpoint, nil); err != nil {
			t.Fatal(err)
		}
	}
	w.newTemplate(t, owner, url.Values{"name": {"=cmd()"}, "tag": {"en"}, "text": {"{{code}} is your code."}})
	w.newTemplate(t, owner, url.Values{"name": {"Login"}, "tag": {"nl"}, "text": {"Uw code is {{code}}."}})
	if _, err := w.Admin.CreateAccount(t.Context(), "@Sum(1)", 0); err != nil {
		t.Fatal(err)
	}
	email := w.emailOf(t, owner)

	for name, c := range map[string]struct {
		path, search string
		// has is in the rows that are found, lacks in the others; file is in the file only.
		has, lacks, file, saved string
	}{
		"accounts":      {"/dashboard/accounts", "OTHER", "Other Ltd", "@Sum(1)", "account_id,", "Installation-accounts-q-2"},
		"formula":       {"/dashboard/accounts", "sum(", "@Sum(1)", "Other Ltd", ",'@Sum(1),", "Installation-accounts-q-2"},
		"users":         {"/dashboard/users", email, email, "ada@example.com", "user_id,name,", "Installation-users-q"},
		"webhooks":      {w.at(id.Test, "/webhooks"), "ONE.ex", "one.example", "two.example", ",'=1+1,", "webhooks-q-2"},
		"webhooks, any": {w.at(id.Test, "/webhooks"), "=1+1", "one.example", "Login", "two.example", "webhooks-q-2"},
		"templates":     {w.at(id.Test, "/templates"), "login", "Login", "cmd()", ",nl,", "templates-q-login-2"},
		"templates, formula": {
			w.at(id.Test, "/templates"), "cmd", "=cmd()", "Login", ",'=cmd(),", "templates-q-cmd-2",
		},
		"team": {w.at(id.Live, "/team"), email[:6], email, "No member", ",member,owner,", "team-q-"},
	} {
		t.Run(name, func(t *testing.T) {
			query := "?" + url.Values{"q": {c.search}}.Encode()
			p := w.operator.get(t, c.path+query).shows(t, http.StatusOK, c.has, `data-download="`)
			rows := w.operator.get(t, c.path+query, "X-Fragment", "rows").shows(t, http.StatusOK, c.has)
			rows.lacks(t, c.lacks)
			if !strings.Contains(p.raw, c.path+".csv?") {
				t.Error("the address of the file has no filter")
			}

			file := w.operator.get(t, c.path+".csv"+query).shows(t, http.StatusOK, strings.TrimPrefix(c.has, "="), c.file)
			file.lacks(t, c.lacks)
			if got := file.Header.Get("Content-Disposition"); !strings.Contains(got, c.saved) {
				t.Errorf("the file is called %s, want %s", got, c.saved)
			}
			none := w.operator.get(t, c.path+"?q=zebra", "X-Fragment", "rows")
			none.shows(t, http.StatusOK, "Nothing matches", "Clear the filters").lacks(t, c.has)
			w.operator.get(t, c.path+".csv?q=zebra").shows(t, http.StatusOK).lacks(t, c.has)
		})
	}
	w.operator.get(t, "/dashboard/carriers.csv").shows(t, http.StatusOK, "name,kind,channels,state,", "smsc,")
	invited := w.at(id.Live, "/team")
	owner.post(t, invited+"/invite", url.Values{
		"email": {"new@example.com"}, "role": {"support"}, "once": {owner.once(t, invited+"/invite")},
	}).shows(t, http.StatusOK)
	owner.get(t, invited+".csv?q=new@").shows(t, http.StatusOK, "new@example.com,invited,support").lacks(t, ",member,")
	owner.get(t, invited+"?q="+email).shows(t, http.StatusOK, "There are no invitations with these filters.")
}

// TestLists_Long reads files of lists that have more rows than one page.
func TestLists_Long(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 60 {
		made, err := w.Admin.CreateAccount(t.Context(), "Many", 0)
		if err != nil {
			t.Fatal(err)
		}
		w.user(t, made.ID, signin.Support)
		change := template.Change{Name: new("Many"), Translations: map[string]string{"en": "{{code}} is your code."}}
		once := func(ctx context.Context, keys []store.Key, change func(*store.Tx) (any, error)) error {
			_, err := w.Answers.Once(ctx, w.Test, nil, keys, change)
			return err
		}
		if _, err := w.Admin.CreateTemplate(t.Context(), w.Test, change, once); err != nil {
			t.Fatal(err)
		}
	}

	for path, found := range map[string]string{
		"/dashboard/accounts.csv?q=many": ",Many,", w.at(id.Test, "/templates.csv?q=many"): ",Many,",
		"/dashboard/users.csv?q=support": "support",
	} {
		if n := strings.Count(w.operator.get(t, path).shows(t, http.StatusOK).text, found); n < 60 {
			t.Errorf("%s has %d rows of 60", path, n)
		}
	}
	first := w.operator.get(t, "/dashboard/users").shows(t, http.StatusOK, "Older")
	if n := strings.Count(first.raw, "<th scope=\"row\">"); n != 50 {
		t.Errorf("a page has %d users", n)
	}
}
