package dashboard_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/store"
)

// insert stores rows of the tests' account.
func (w *world) insert(t testing.TB, rows ...store.Record) {
	t.Helper()
	err := w.Admin.Store.Update(t.Context(), w.Account, nil, func(tx *store.Tx) error {
		for _, row := range rows {
			tx.Insert(row)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestAudit shows who changed what, to owners only.
func TestAudit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, developer := w.user(t, w.Account, signin.Owner), w.user(t, w.Account, signin.Developer)
	w.Clock.Add(time.Second)
	row := store.Audit{
		Account: w.Account, ID: id.NewAudit(w.Clock.Now()), Mode: id.Test, Action: audit.KeyRotated, Object: "key_ab12CD34",
		ActorKind: audit.User, ActorID: "usr_x", ActorName: nasty[0], Address: "192.0.2.9", Agent: nasty[3],
		At: w.Clock.Now(), Changes: []store.Change{
			{Field: "name", Before: "Old", After: nasty[0]}, {Field: "b"}, {Field: "c"}, {Field: "dd"},
		},
	}
	w.insert(t, row)

	path := w.at(id.Test, "/audit")
	developer.get(t, path).shows(t, 403)
	list := owner.get(t, path).
		shows(t, 200, "Key rotated", "/keys/key_ab12CD34", "192.0.2.9", "Old", "and more: 1", "Member joined")
	list.escaped(t, nasty[0]).lacks(t, ">dd<")
	one := owner.get(t, path+"/"+row.ID.String()).shows(t, 200, "What was changed", ">dd<", "key.rotated")
	one.escaped(t, nasty[0]).escaped(t, nasty[3])
	owner.get(t, path+".csv").shows(t, 200, "key.rotated", "Old")

	for query, text := range map[string]string{
		"?action=key": "Key rotated", "?action=key.rotated": "Key rotated", "?object=key_ab12CD34": "Key rotated",
		"?action=template": "Nothing matches", "?actor=nobody": "Nothing matches",
		"?until=2001-01-01T00:00:00Z": "Nothing matches",
	} {
		owner.get(t, path+query).shows(t, 200, text)
	}
	owner.get(t, path+"?from=yesterday").shows(t, 400)
	owner.get(t, path+"?before=x").shows(t, 400)
	owner.get(t, path+"/aud_none").shows(t, 404)
	owner.get(t, w.at(id.Live, "/audit")).shows(t, 200, "Member joined").lacks(t, "Key rotated")
	owner.get(t, w.at(id.Live, "/audit/"+row.ID.String())).shows(t, 404)
}

// TestAudit_Names: a person is written in the same way, whether an entry has the name or the address.
func TestAudit_Names(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	v, err := w.people.Visit(t.Context(), owner.token)
	if err != nil {
		t.Fatal(err)
	}
	w.Clock.Add(time.Second)
	for _, name := range []string{v.Name, v.Email} {
		w.insert(t, store.Audit{
			Account: w.Account, ID: id.NewAudit(w.Clock.Now()), Action: audit.KeyRotated, ActorKind: audit.User,
			ActorID: v.User.String(), ActorName: name, At: w.Clock.Now(),
		})
	}

	path, who := w.at(id.Test, "/audit?action=key"), v.Name+" ("+v.Email+")"
	for _, query := range []string{"", "&actor=" + url.QueryEscape(v.Email), "&actor=" + v.User.String()} {
		p := owner.get(t, path+query).shows(t, 200)
		if n := strings.Count(p.text, ">"+who+"</td>"); n != 2 {
			t.Errorf("%q: %d rows are written with %s: %s", query, n, who, short(p.text))
		}
	}
	for _, none := range []string{"operator", "nobody"} { // whether a stranger's address has a user is not told
		p := owner.get(t, path+"&actor="+none+"%40example.com")
		p.shows(t, 200, "Nothing matches", "actor="+none).lacks(t, "actor=usr_")
	}
}

// TestRequests shows what keys asked, and says what was left out.
func TestRequests(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, support := w.user(t, w.Account, signin.Owner), w.user(t, w.Account, signin.Support)
	path := w.at(id.Test, "/requests")
	owner.get(t, path).shows(t, 200, "No request yet", "curl")
	support.get(t, path).shows(t, 403)

	now := w.Clock.Now()
	good, bad := id.NewRequest(now), id.NewRequest(now)
	w.insert(t, store.RequestBatch{
		Account: w.Account, Mode: id.Test, ID: id.NewRequest(now), From: now, To: now, Requests: []store.Request{
			{
				ID: good, At: now, Method: "GET", Path: "/v2/otp/otp_01HWXYZABC123DEF4560000000", Operation: "get-otp",
				Status: 200, Took: 3 * time.Millisecond, Key: "ab12CD34", Address: "192.0.2.9", Agent: nasty[0], Replayed: true, Skipped: 40,
			},
			{
				ID: bad, At: now, Method: "POST", Path: "/v2/" + nasty[3], Operation: "send-otp", Status: 422,
				Error: "invalid_number", Key: "ab12CD34",
			},
		},
	})

	list := owner.get(t, path).shows(t, 200, "40 requests before this one not logged", ">replay<", ">422<", "invalid_number",
		account.PublicKeyID("ab12CD34"), "3 ms")
	list.escaped(t, nasty[3])
	owner.get(t, path+"/"+good.String()).
		shows(t, 200, "/verifications/otp_01HWXYZABC123DEF4560000000", "curl", "192.0.2.9").escaped(t, nasty[0])
	owner.get(t, path+"/"+bad.String()).shows(t, 200, "/docs/errors#invalid_number", "-X POST")
	owner.get(t, path+".csv").shows(t, 200, good.String(), bad.String())

	for query, text := range map[string]string{
		"?status=error": "invalid_number", "?status=422": "invalid_number", "?method=POST": "invalid_number",
		"?operation=send-otp": "invalid_number", "?key=key_ab12CD34": "invalid_number", "?status=5xx": "Nothing matches",
		"?key=key_none": "Nothing matches", "?until=2001-01-01T00:00:00Z": "Nothing matches",
	} {
		owner.get(t, path+query).shows(t, 200, text)
	}
	owner.get(t, path+"?before=x").shows(t, 400)
	owner.get(t, path+"/req_none").shows(t, 404)
	owner.get(t, w.at(id.Live, "/requests/"+good.String())).shows(t, 404)
}

// TestRequests_Pages: a page begins where the one before ended, within a stored row, too.
func TestRequests_Pages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	now := w.Clock.Now()
	batch := store.RequestBatch{Account: w.Account, Mode: id.Test, ID: id.NewRequest(now), From: now, To: now}
	for range 60 {
		batch.Requests = append(batch.Requests,
			store.Request{ID: id.NewRequest(now), At: now, Method: "GET", Path: "/v2/otp", Status: 200})
	}
	w.insert(t, batch)

	path := w.at(id.Test, "/requests")
	p := owner.get(t, path).shows(t, 200, "Older").lacks(t, batch.Requests[9].ID.String())
	next := olderLink.FindStringSubmatch(p.text)
	if next == nil {
		t.Fatal("there is no link to older rows")
	}
	owner.get(t, next[1]).shows(t, 200, "Newest", batch.Requests[9].ID.String(), batch.Requests[0].ID.String()).
		lacks(t, batch.Requests[10].ID.String(), "Older")
}

var olderLink = regexp.MustCompile(`href="([^"]*before=[^"]*)" rel="next"`)

// TestAudit_Address: entries hold no address of a user, which the database keeps sealed; the screen and the file name it by
// the id.
func TestAudit_Address(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	owner.post(t, w.at(id.Live, "/opt-outs/add"), url.Values{"numbers": {"+32470123456"}}).shows(t, 200)
	seen := false
	for _, row := range w.audits(t) {
		seen = seen || row.ActorName == "User owner"
		if strings.Contains(row.ActorName, "@") {
			t.Errorf("an entry has %q", row.ActorName)
		}
	}
	if !seen {
		t.Error("no entry has the name of the user")
	}
	for _, path := range []string{"/audit", "/audit.csv"} {
		owner.get(t, w.at(id.Live, path)).shows(t, 200, "User owner ("+owner.email+")")
	}
}
