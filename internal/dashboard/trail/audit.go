package trail

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
)

// auditRow is an entry of the audit log as its screens show it.
type auditRow struct {
	ID, Href, Action, Who, Object, ObjectHref, Address string
	At                                                 screen.Moment
	Changes                                            []store.Change
	// More is how many further changes there are.
	More int
}

// auditList is what the list shows.
type auditList struct {
	Filters screen.Filters
	Rows    []auditRow
	Pages   screen.Pager
	Empty   *screen.Empty
	Live    string
}

// shownChanges is how many changes a row of the list shows.
const shownChanges = 3

// kinds are what a filter by action offers: the things that are changed.
var kinds = []screen.Option{
	{Value: "", Text: screen.Text("Any")},
	{Value: "account", Text: screen.Text("Settings")},
	{Value: "key", Text: screen.Text("API keys")},
	{Value: "member", Text: screen.Text("Members")},
	{Value: "template", Text: screen.Text("Templates")},
	{Value: "webhook", Text: screen.Text("Webhooks")},
	{Value: "opt_out", Text: screen.Text("Opt-outs")},
	{Value: "credits", Text: screen.Text("Credits")},
	{Value: "verification", Text: screen.Text("Verifications")},
	{Value: "message", Text: screen.Text("Messages")},
	{Value: "number", Text: screen.Text("Whole numbers seen")},
	{Value: "sandbox", Text: screen.Text("Sandbox")},
}

// installationKinds are those of the installation's log.
var installationKinds = []screen.Option{
	{Value: "", Text: screen.Text("Any")},
	{Value: "user", Text: screen.Text("Users and sign-in")},
	{Value: "session", Text: screen.Text("Sessions")},
	{Value: "password", Text: screen.Text("Passwords")},
	{Value: "totp", Text: screen.Text("Authenticator apps")},
	{Value: "recovery_codes", Text: screen.Text("Recovery codes")},
	{Value: "passkey", Text: screen.Text("Passkeys")},
	{Value: "carrier", Text: screen.Text("Carriers")},
}

// ofInstallation reports whether the request is for the log of the installation, which is that of no account.
func ofInstallation(q *screen.Request) bool { return q.Account.ID.IsZero() }

// whose is the log as the API names it; empty for that of the account.
func whose(q *screen.Request) string {
	if ofInstallation(q) {
		return "installation"
	}
	return ""
}

// auditAt makes the path of a screen of the log.
func auditAt(q *screen.Request, path string) string {
	if ofInstallation(q) {
		return screen.Root + "/audit" + path
	}
	return q.At("/audit" + path)
}

// modes are those whose entries a screen shows: its own, and what belongs to both.
func modes(q *screen.Request) []id.Mode { return []id.Mode{q.Mode, 0} }

func auditFilter(q *screen.Request) (f audit.Filter, err error) {
	f = audit.Filter{Modes: modes(q), Actor: q.Value("actor"), Action: q.Value("action"), Object: q.Value("object")}
	if f.From, err = q.Instant("from"); err != nil {
		return f, err
	}
	if f.Before, err = q.Instant("until"); err != nil {
		return f, err
	}

	// Some entries have the name of who made them, others the address; all have the id.
	if strings.Contains(f.Actor, "@") {
		user, known, err := q.Verbs.People.FindUser(q.Context(), f.Actor)
		if err != nil {
			return f, err
		}
		if known {
			f.Actor = user.String()
		}
	}

	return f, nil
}

// findAudits reads a page of the log.
func findAudits(
	ctx context.Context, q *screen.Request, f audit.Filter, before id.Audit, limit int,
) (rows []store.Audit, _ id.Audit, _ error) {
	for range rounds {
		more, next, err := audit.List(ctx, q.Verbs.Admin.Store, q.Account.ID, f, before, limit-len(rows))
		if err != nil {
			return nil, next, err
		}
		rows, before = append(rows, more...), next
		if next.IsZero() || len(rows) >= limit {
			break
		}
	}

	return rows, before, nil
}

// auditLog is the list of who changed what.
func auditLog(q *screen.Request) (screen.Answer, error) {
	f, err := auditFilter(q)
	if err != nil {
		return nil, err
	}
	before, err := screen.Position(id.ParseAudit, q.Value("before"))
	if err != nil {
		return nil, err
	}
	rows, next, err := findAudits(q.Context(), q, f, before, screen.ListSize)
	if err != nil {
		return nil, err
	}

	actor := f.Actor
	if len(rows) == 0 { // an id would tell that a stranger's address has a user
		actor = q.Value("actor")
	}
	out := auditList{Filters: auditFields(q)}
	out.Pages = q.Pages(next.String()) // "" after the last page
	if out.Rows, err = rowsOfAudit(q.Context(), q, rows); err != nil {
		return nil, err
	}
	if q.Value("before") == "" && !ofInstallation(q) {
		out.Live = auditAt(q, "/live") + q.RawQuery()
	}
	out.Empty = q.EmptyList(out.Filters, out.Pages.Older, len(out.Rows), q.Text("There are no entries with these filters."), screen.Empty{
		Icon: "list", Title: q.Text("Nothing was changed yet"),
		Text: q.Text("Each change of a key, a setting, a template or a member appears here, with who made it."),
	})

	return screen.Page{
		Template: "audit", Title: q.Text("Audit log"), Data: out, Scripts: []string{"live.js"},
		API: screen.API("GET /v2/audit", "of", whose(q), "action", f.Action, "actor", actor, "object", f.Object,
			"created_after", screen.Stamp(f.From), "created_before", screen.Stamp(f.Before)),
	}, nil
}

// auditLive is the stream of the log's first page.
func auditLive(q *screen.Request) (screen.Answer, error) {
	f, err := auditFilter(q)
	if err != nil {
		return nil, err
	}

	return q.Live("audit", func(ctx context.Context) (rows []screen.LiveRow, err error) {
		list, _, err := findAudits(ctx, q, f, id.Audit{}, screen.ListSize)
		if err != nil {
			return nil, err
		}
		shown, err := rowsOfAudit(ctx, q, list)
		for _, r := range shown {
			rows = append(rows, screen.LiveRow{ID: r.ID, View: r})
		}
		return rows, err
	}), nil
}

func auditFields(q *screen.Request) screen.Filters {
	file, offered := auditAt(q, ".csv"), kinds
	if ofInstallation(q) {
		offered = installationKinds
	}
	return q.Bar(
		file,
		screen.FilterField{Name: "action", Label: q.Text("Kind"), Options: q.Options(offered)},
		screen.FilterField{Name: "actor", Label: q.Text("Who"), Placeholder: "ada@example.com"},
		screen.FilterField{Name: "object", Label: q.Text("Object"), Placeholder: "key_ab12CD34"},
		screen.FilterField{Name: "from", Label: q.Text("From"), Kind: "datetime-local"},
		screen.FilterField{Name: "until", Label: q.Text("Until"), Kind: "datetime-local"},
	)
}

// rowsOfAudit are entries as a list shows them.
func rowsOfAudit(ctx context.Context, q *screen.Request, list []store.Audit) (rows []auditRow, err error) {
	names, err := namesIn(ctx, q, list)
	if err != nil {
		return nil, err
	}
	for i := range list {
		rows = append(rows, rowOfAudit(q, &list[i], names))
	}

	return rows, nil
}

// namesIn are the people who made some changes, by their ids.
func namesIn(ctx context.Context, q *screen.Request, list []store.Audit) (map[string]string, error) {
	seen, users := map[id.User]bool{}, []id.User{}
	for i := range list {
		if u, err := id.ParseUser(list[i].ActorID); err == nil && !seen[u] {
			seen[u], users = true, append(users, u)
		}
	}
	found, err := q.Verbs.People.Names(ctx, users)
	names := map[string]string{}
	for u, name := range found {
		names[u.String()] = name
	}

	return names, err
}

func rowOfAudit(q *screen.Request, a *store.Audit, names map[string]string) auditRow {
	row := auditRow{
		ID: a.ID.String(), Href: auditAt(q, "/"+a.ID.String()), Action: actionText(a.Action), Who: whoOf(a, names),
		Object: a.Object, Address: a.Address, At: q.When(a.At), Changes: a.Changes,
	}
	if !ofInstallation(q) {
		if a.Object == q.Account.ID.String() {
			row.Object = q.Text("this account")
		}
		_, row.ObjectHref = q.Thing(a.Object)
	}
	if n := len(row.Changes); n > shownChanges {
		row.Changes, row.More = row.Changes[:shownChanges], n-shownChanges
	}

	return row
}

// actionText writes an action such as key.rotated in words.
func actionText(action string) string {
	text := strings.NewReplacer(".", " ", "_", " ").Replace(action)
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// whoOf names who made a change: a person by the name and the address, whichever of them the entry has, and a key by
// its name with its id.
func whoOf(a *store.Audit, names map[string]string) string {
	if name := names[a.ActorID]; name != "" {
		return name
	}
	actor := audit.Actor{Kind: a.ActorKind, ID: a.ActorID, Name: a.ActorName}
	if a.ActorKind == audit.Key && a.ActorName != "" {
		return fmt.Sprintf("%s (%s)", a.ActorName, a.ActorID)
	}
	return actor.Who()
}

// entryPage is what the screen of one entry shows.
type entryPage struct {
	Action, Back string
	Facts        []screen.Fact
	Changes      []store.Change
}

// auditEntry is the screen of one entry.
func auditEntry(q *screen.Request) (screen.Answer, error) {
	at, err := id.ParseAudit(q.PathValue("id"))
	if err != nil {
		return nil, fault.NoSuch("entry of the audit log")
	}
	a, err := audit.Get(q.Context(), q.Verbs.Admin.Store, q.Account.ID, modes(q), at)
	if err != nil {
		return nil, err
	}

	names, err := namesIn(q.Context(), q, []store.Audit{a})
	if err != nil {
		return nil, err
	}
	row := rowOfAudit(q, &a, names)
	mode := q.Text("both")
	if a.Mode != 0 {
		mode = a.Mode.String()
	}
	out := entryPage{Action: row.Action, Back: auditAt(q, ""), Changes: a.Changes, Facts: []screen.Fact{
		{Name: q.Text("When"), When: row.At},
		{Name: q.Text("Who"), Text: row.Who},
		{Name: q.Text("Object"), Text: row.Object, Href: row.ObjectHref},
		{Name: q.Text("Mode"), Text: mode},
		{Name: q.Text("Address"), Text: a.Address},
		{Name: q.Text("Program"), Text: a.Agent},
		{Name: q.Text("Action"), Text: a.Action},
		{Name: q.Text("Id"), ID: row.ID},
	}}

	return screen.Page{
		Template: "audit-entry", Title: q.Text("Audit log"), Data: out, Section: auditAt(q, ""),
		API: screen.API("GET /v2/audit", "of", whose(q), "object", a.Object),
	}, nil
}

// auditCSV is the log as a file, with the same filters.
func auditCSV(q *screen.Request) (screen.Answer, error) {
	f, err := auditFilter(q)
	if err != nil {
		return nil, err
	}
	columns := []string{
		"audit_id", "created_at", "action", "object", "actor_kind", "actor_id", "actor_name", "mode", "changes", "address",
		"user_agent",
	}

	return q.CSV("audit log", columns, func(below [16]byte) (rows [][]any, next [16]byte, err error) {
		list, next, err := findAudits(q.Context(), q, f, below, screen.CSVPage)
		if err != nil {
			return nil, next, err
		}
		names, err := namesIn(q.Context(), q, list)
		for i := range list {
			a, mode := &list[i], ""
			if a.Mode != 0 {
				mode = a.Mode.String()
			}
			rows = append(rows, []any{
				a.ID.String(), a.At, a.Action, a.Object, a.ActorKind, a.ActorID, cmp.Or(names[a.ActorID], a.ActorName),
				mode, changesText(a.Changes), a.Address, a.Agent,
			})
		}
		return rows, next, err
	}), nil
}

func changesText(changes []store.Change) string {
	parts := make([]string, len(changes))
	for i, c := range changes {
		parts[i] = fmt.Sprintf("%s: %q -> %q", c.Field, c.Before, c.After)
	}
	return strings.Join(parts, "; ")
}
