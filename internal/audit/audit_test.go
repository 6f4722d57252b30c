package audit_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
)

func TestActor_Who(t *testing.T) {
	t.Parallel()
	for want, a := range map[string]audit.Actor{
		"ada@example.com":                {Kind: audit.User, ID: "usr_1", Name: "ada@example.com"},
		"usr_1":                          {Kind: audit.User, ID: "usr_1"},
		"key_ab12CD34":                   {Kind: audit.Key, ID: "key_ab12CD34", Name: "Shop"},
		"command line":                   {Kind: audit.CommandLine, Name: "root"},
		audit.System:                     {Kind: audit.System},
		audit.ActorOf(t.Context()).Who(): audit.ActorOf(t.Context()),
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			if got := a.Who(); got != want {
				t.Errorf("%q", got)
			}
		})
	}
}

func TestDiff(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 4, 25, 15, 27, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		add           func(d *audit.Diff)
		before, after string
	}{
		"a text":         {before: "a", after: "b", add: func(d *audit.Diff) { d.Add("f", "a", "b") }},
		"a number":       {before: "10000000", after: "0", add: func(d *audit.Diff) { d.Add("f", 10_000_000, 0) }},
		"a time":         {after: "2026-04-25T15:27:00Z", add: func(d *audit.Diff) { d.Add("f", time.Time{}, at) }},
		"a list":         {after: "a, b", add: func(d *audit.Diff) { d.Add("f", []string{}, []string{"a", "b"}) }},
		"nothing before": {after: "true", add: func(d *audit.Diff) { d.Add("f", nil, true) }},
		"a phone": {
			before: "+3247•••••56", after: "call +3247•••••56",
			add: func(d *audit.Diff) { d.AddText("f", "+32470123456", "call +32470123456") },
		},
		"a long text": {
			after: strings.Repeat("é", 199) + "…",
			add:   func(d *audit.Diff) { d.AddText("f", "", strings.Repeat("é", 100_000)) },
		},
		"a long text with a number at its end": {
			after: strings.Repeat("x", 192) + " +3247•…",
			add: func(d *audit.Diff) {
				d.AddText("f", "", strings.Repeat("x", 192)+" +32470123456"+strings.Repeat("y", 5_000))
			},
		},
		"a URL": {
			before: "https://a.example", after: "https://b.example/…",
			add: func(d *audit.Diff) { d.AddURL("f", "https://a.example", "https://u:p@b.example/x?y=z#q") },
		},
		"no URL": {before: "…", after: "…", add: func(d *audit.Diff) { d.AddURL("f", "%zz", "x") }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var d audit.Diff
			c.add(&d)
			if want := (store.Change{Field: "f", Before: c.before, After: c.after}); len(d) != 1 || d[0] != want {
				t.Errorf("%+v, want %+v", d, want)
			}

			var same audit.Diff
			same.Add("f", c.before, c.before)
			same.AddText("f", c.after, c.after)
			same.AddURL("f", c.after, c.after)
			if len(same) != 0 {
				t.Errorf("what stays as it is, is listed: %+v", same)
			}
		})
	}
}

func TestNote_Bounds(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 500) + "\x00\xff"
	ctx := audit.By(t.Context(), audit.Actor{Kind: audit.User, Name: long, Agent: long, Address: long})
	var d audit.Diff
	for range 300 {
		d.Add("f", long, "")
	}

	row := audit.With(audit.Note(ctx, time.Now(), id.Account{}, 0, "x", "y", d...), d...)
	if len(row.Changes) != 100 || row.Changes[99].Field != "301 more fields" {
		t.Errorf("%d fields, the last is %+v", len(row.Changes), row.Changes[len(row.Changes)-1])
	}
	for _, s := range []string{row.ActorName, row.Agent, row.Address, row.Changes[0].Before} {
		if n := utf8.RuneCountInString(s); n > 200 || !strings.HasSuffix(s, "…") {
			t.Errorf("%d characters: %q", n, s)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add("Mozilla/5.0", 10)
	f.Add("\x1b[2J\xff", 2)
	f.Fuzz(func(t *testing.T, s string, most int) {
		if most < 1 || most > 1000 {
			return
		}
		got := audit.Text(s, most)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > most || strings.ContainsAny(got, "\x00\n\r\x1b\x7f") {
			t.Errorf("%q becomes %q", s, got)
		}
		if again := audit.Text(got, most); again != got {
			t.Errorf("%q becomes %q", got, again)
		}
	})
}
