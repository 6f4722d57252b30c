package connect

import (
	"slices"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/admin"
	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/fault"
)

// keyRow is a key as its screens show it.
type keyRow struct {
	ID, Href, Name, Prefix, Scopes, Status, CreatedBy string
	Created, Used, Ends                               screen.Moment
	// UsedFrom is the address of the last request; Dot colours how long that is ago, and Unused says so in words.
	UsedFrom, Dot, Unused string
	// Works says that the key opens the account now.
	Works bool
}

// A key that was not used for so long gets another dot.
const (
	usedLately = 24 * time.Hour
	unusedLong = 30 * 24 * time.Hour
	// needless is how long a key is unused until the overview says so, too.
	needless = 90 * 24 * time.Hour
)

func rowOfKey(q *screen.Request, k account.Key) keyRow {
	now := q.Verbs.Now()
	row := keyRow{
		ID: k.PublicID(), Href: q.At("/keys/" + k.PublicID()), Name: k.Name, Prefix: k.Prefix(),
		Scopes: scopesText(k.Scopes),
		Status: k.Status(now), CreatedBy: k.CreatedBy, Created: q.When(k.CreatedAt), Used: q.When(k.UsedAt),
		UsedFrom: k.UsedFrom, Works: k.Active(now),
	}
	if row.Name == "" {
		row.Name = row.Prefix
	}
	if row.Status == account.KeyExpiring {
		row.Ends = q.When(k.ExpiresAt)
	}

	last := k.UsedAt
	if last.IsZero() {
		last = k.CreatedAt
	}
	switch unused := now.Sub(last); {
	case !row.Works:
	case unused >= needless:
		row.Dot, row.Unused = "bad", q.Text("unused for 90 days: revoke it?")
	case unused >= unusedLong:
		row.Dot, row.Unused = "warn", q.Text("unused for 30 days")
	case !k.UsedAt.IsZero() && unused < usedLately:
		row.Dot = "ok"
	}

	return row
}

func scopesText(scopes []account.Scope) string {
	names := make([]string, len(scopes))
	for i, s := range scopes {
		names[i] = string(s)
	}
	return strings.Join(names, ", ")
}

// keyList is what the list shows.
type keyList struct {
	Filters screen.Filters
	Rows    []keyRow
	Pages   screen.Pager
	Empty   *screen.Empty
	// New is where a key is created.
	New string
}

// The choices of the filter by status; without one, the list has the keys that work.
const (
	working  = ""
	everyKey = "all"
)

// findKeys reads the keys with the request's filters, newest first.
func findKeys(q *screen.Request) ([]account.Key, error) {
	return q.Verbs.Admin.FindKeys(q.Context(), q.Caller, keyFilter(q))
}

func keyFilter(q *screen.Request) admin.KeyFilter {
	f := admin.KeyFilter{Status: q.Value("status"), Search: q.Value("q")}
	switch f.Status {
	case working:
		f.Status = admin.KeyWorking
	case everyKey:
		f.Status = ""
	}

	return f
}

func keyFilters(q *screen.Request) screen.Filters {
	return q.Bar(
		q.At("/keys.csv"),
		screen.FilterField{
			Name: "q", Label: q.Text("Search"), Kind: "search",
			Placeholder: q.Text("Name or beginning of a key"),
		},
		screen.FilterField{Name: "status", Label: q.Text("Status"), Options: []screen.Option{
			{Value: working, Text: q.Text("Working")},
			{Value: account.KeyExpiring, Text: q.Text("Expiring")},
			{Value: account.KeyExpired, Text: q.Text("Expired")},
			{Value: account.KeyRevoked, Text: q.Text("Revoked")},
			{Value: everyKey, Text: q.Text("All")},
		}},
	)
}

// keys is the list of API keys.
func keys(q *screen.Request) (screen.Answer, error) {
	all, err := findKeys(q)
	if err != nil {
		return nil, err
	}
	page, next, err := screen.PageOf(all, q.Value("before"), account.Key.PublicID)
	if err != nil {
		return nil, err
	}

	out := keyList{Filters: keyFilters(q), New: q.At("/keys/new"), Pages: q.Pages(next)}
	for _, k := range page {
		out.Rows = append(out.Rows, rowOfKey(q, k))
	}
	first, err := firstKey(q, len(all))
	if err != nil {
		return nil, err
	}
	none := q.Text("There are no keys with these filters.")
	out.Empty = q.EmptyList(out.Filters, out.Pages.Older, len(out.Rows), none, first)

	f := keyFilter(q)
	return screen.Page{
		Template: "keys", Title: q.Text("API keys"), Data: out,
		API: screen.API("GET /v2/keys", "status", f.Status, "search", f.Search),
	}, nil
}

// firstKey is the list without filters when no key works: there may be some that have ended.
func firstKey(q *screen.Request, found int) (screen.Empty, error) {
	if found > 0 {
		return screen.Empty{}, nil
	}
	all, err := q.Verbs.Admin.ListKeysBy(q.Context(), q.Caller)
	if len(all) > 0 {
		return screen.Empty{
			Icon: "key", Title: q.Text("No key works"), Href: q.With("status", everyKey), Action: q.Text("All keys"),
			Text: q.Text("Every key was revoked, or has expired."),
		}, err
	}

	return screen.Empty{
		Icon: "key", Title: q.Text("No API key yet"), Href: q.At("/keys/new"), Action: q.Text("Create a key"),
		Text: q.Text("Your application needs a key to call the API. Give each application its own."),
	}, err
}

// keysCSV is the list as a file, with the same filters.
func keysCSV(q *screen.Request) (screen.Answer, error) {
	columns := []string{
		"key_id", "name", "prefix", "scopes", "status", "created_at", "created_by", "last_used_at", "last_used_from",
		"expires_at", "revoked_at",
	}
	all, err := findKeys(q)
	if err != nil {
		return nil, err
	}

	now := q.Verbs.Now()
	rows := make([][]any, len(all))
	for i, k := range all {
		rows[i] = []any{
			k.PublicID(), k.Name, k.Prefix(), scopesText(k.Scopes), k.Status(now), k.CreatedAt, k.CreatedBy,
			k.UsedAt, k.UsedFrom, k.ExpiresAt, k.RevokedAt,
		}
	}

	return q.Table("keys", columns, rows), nil
}

// keyOfPath finds the key of the request's path.
func keyOfPath(q *screen.Request) (account.Key, error) {
	return findKey(q, q.PathValue("id"))
}

// findKey finds a key of the account by its public id.
func findKey(q *screen.Request, public string) (account.Key, error) {
	keyID, ok := admin.ParseKeyID(public)
	if !ok {
		return account.Key{}, fault.NoSuch("key")
	}

	all, err := q.Verbs.Admin.ListKeysBy(q.Context(), q.Caller)
	if err != nil {
		return account.Key{}, err
	}
	at := slices.IndexFunc(all, func(k account.Key) bool { return k.ID == keyID })
	if at < 0 {
		return account.Key{}, fault.NoSuch("key")
	}

	return all[at], nil
}
