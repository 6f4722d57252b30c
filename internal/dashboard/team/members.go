package team

import (
	"net/http"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/people"
	"github.com/syssecure/syssecure/internal/signin"
)

// teamData is what the screen of an account's members shows.
type teamData struct {
	Faults  []fault.FieldError
	Filters screen.Filters
	Members []memberRow
	Invites []inviteRow
	Roles   []signin.Role
	May     []permissionRow
	// At is the path of the screen.
	At string
	// Empty and NoInvites say that there is nobody, or nobody with the filter.
	Empty     *screen.Empty
	NoInvites string
}

type memberRow struct {
	User, Name, Email, InvitedBy string
	Role                         signin.Role
	SecondFactor, You            bool
	Seen                         screen.Moment
	// Invites warns of the open invitations that end with the member's right to invite.
	Invites string
}

type inviteRow struct {
	ID, Email, By string
	Role          signin.Role
	Ends          screen.Moment
}

// permissionRow says which of the roles have a permission.
type permissionRow struct {
	Title string
	Has   []bool
}

func teamPage(q *screen.Request) (screen.Answer, error) { return showTeam(q, nil, http.StatusOK) }

func showTeam(q *screen.Request, err error, status int) (screen.Answer, error) {
	team, failed := findTeam(q)
	if failed != nil {
		return nil, failed
	}

	d := teamData{Faults: q.FaultsOf(err), Roles: signin.Roles, May: permissions(q), At: q.At("/team")}
	if q.Method == http.MethodGet { // a form that was refused stands at an address that has no list
		d.Filters = q.Bar(q.At("/team.csv"), screen.FilterField{
			Name: "q", Label: q.Text("Name or e-mail"), Kind: "search", Placeholder: "grace@example.com",
		})
	}
	for _, m := range team.Members {
		d.Members = append(d.Members, memberRow{
			m.User.String(), m.Name, m.Email, m.InvitedBy, m.Role, m.SecondFactor, m.User == q.Visit.User,
			q.When(m.SeenAt), warning(q, m.Invites),
		})
	}
	for _, i := range team.Invites {
		d.Invites = append(d.Invites, inviteRow{i.ID, i.Email, i.By, i.Role, q.When(i.EndsAt)})
	}
	d.Empty = q.EmptyList(d.Filters, "", len(d.Members), q.Text("There are no members with these filters."), screen.Empty{
		Icon: "users", Title: q.Text("No member yet"), Text: q.Text("Only operators can see this account. Invite its owner."),
	})
	if d.NoInvites = q.Text("There is none. An invitation is a link that works once, for seven days."); d.Filters.Active {
		d.NoInvites = q.Text("There are no invitations with these filters.")
	}

	return screen.Page{Template: "team", Title: q.Text("Team"), Data: d, Status: status}, nil
}

// findTeam reads the members and the open invitations with the request's filter.
func findTeam(q *screen.Request) (people.Team, error) {
	team, err := q.Verbs.People.Team(q.Context(), q.Visit, q.Account.ID)
	wanted := q.Value("q")
	team.Members = slices.DeleteFunc(team.Members, func(m people.Member) bool {
		return !screen.Has(wanted, m.Name, m.Email)
	})
	team.Invites = slices.DeleteFunc(team.Invites, func(i people.Invite) bool { return !screen.Has(wanted, i.Email) })

	return team, err
}

// teamCSV is the list of members and open invitations as a file, with the same filter.
func teamCSV(q *screen.Request) (screen.Answer, error) {
	team, err := findTeam(q)
	if err != nil {
		return nil, err
	}

	var rows [][]any
	for _, m := range team.Members {
		rows = append(rows, []any{
			m.User.String(), m.Name, m.Email, "member", string(m.Role), m.SecondFactor, m.InvitedBy, m.SeenAt, m.JoinedAt,
			nil,
		})
	}
	for _, i := range team.Invites {
		rows = append(rows, []any{nil, nil, i.Email, "invited", string(i.Role), nil, i.By, nil, i.CreatedAt, i.EndsAt})
	}
	columns := []string{
		"user_id", "name", "email", "status", "role", "second_factor", "invited_by", "last_seen_at", "since",
		"invitation_ends_at",
	}

	return q.Table("team", columns, rows), nil
}

// warning says which invitations end when a member is removed, or may not invite any more.
func warning(q *screen.Request, invites int) string {
	if invites == 0 {
		return ""
	}
	return q.Count(invites, "%d open invitation by this member ends when the member is removed or is no owner any more.",
		"%d open invitations by this member end when the member is removed or is no owner any more.")
}

// permissions is the table of what each role may do, without what no member may.
func permissions(q *screen.Request) (rows []permissionRow) {
	for _, p := range signin.Permissions {
		row, any := permissionRow{Title: capital(q.Text(string(p)))}, false
		for _, r := range signin.Roles {
			row.Has = append(row.Has, r.May(p))
			any = any || r.May(p)
		}
		if any {
			rows = append(rows, row)
		}
	}

	return rows
}

// capital begins a text with a capital letter.
func capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

// member reads the member that a form is about.
func member(q *screen.Request) (id.User, error) {
	u, err := id.ParseUser(q.Value("user"))
	if err != nil {
		return id.User{}, fault.NoSuch("member")
	}
	return u, nil
}

func changeRole(q *screen.Request) (screen.Answer, error) {
	u, err := member(q)
	if err != nil {
		return nil, err
	}
	if err := q.Verbs.People.ChangeRole(q.Context(), q.Visit, q.Account.ID, u, q.Value("role")); err != nil {
		return q.Refused(withoutField(err), showTeam)
	}

	return after(q, u, q.Text("The role was changed.")), nil
}

func removeMember(q *screen.Request) (screen.Answer, error) {
	u, err := member(q)
	if err != nil {
		return nil, err
	}
	if err := q.Verbs.People.Remove(q.Context(), q.Visit, q.Account.ID, u); err != nil {
		return q.Refused(withoutField(err), showTeam)
	}

	return after(q, u, q.Text("The member was removed.")), nil
}

// after leads back to the team, or to the first page when users changed their own part in it.
func after(q *screen.Request, of id.User, notice string) screen.Answer {
	to := q.At("/team")
	if of == q.Visit.User && !q.Visit.Operator {
		to = screen.Root
	}
	return screen.Redirect{To: to, Notice: notice}
}

func withdraw(q *screen.Request) (screen.Answer, error) {
	if err := q.Verbs.People.Withdraw(q.Context(), q.Visit, q.Account.ID, q.Value("invite")); err != nil {
		return q.Refused(withoutField(err), showTeam)
	}
	return screen.Redirect{To: q.At("/team"), Notice: q.Text("The invitation was withdrawn. Its link does not work any more.")}, nil
}

// inviteData is what the form of an invitation shows.
type inviteData struct {
	Faults      []fault.FieldError
	Email, Role string
	Roles       []signin.Role
	At, Once    string
}

func invitePage(q *screen.Request) (screen.Answer, error) { return showInvite(q, nil, http.StatusOK) }

func showInvite(q *screen.Request, err error, status int) (screen.Answer, error) {
	d := inviteData{
		Faults: q.FaultsOf(err), Email: q.Value("email"), Role: q.Value("role"),
		Roles: signin.Roles, At: q.At("/team"), Once: screen.NewOnce(),
	}
	if d.Role == "" {
		d.Role = string(signin.Developer)
	}

	return screen.Page{
		Template: "invite", Title: q.Text("Invite a member"), Data: d, Status: status, Section: q.At("/team"),
	}, nil
}

// invitedData is what the page shows once: the link, since the server sends no mail.
type invitedData struct {
	Email, Role, Link, At string
	Ends                  screen.Moment
}

func invite(q *screen.Request) (screen.Answer, error) {
	email, role := q.Value("email"), q.Value("role")
	l, err := q.OnceLink(func() (people.Link, error) {
		return q.Verbs.People.Invite(q.Context(), q.Visit, q.Account.ID, email, role)
	})
	if err != nil {
		return q.Refused(err, showInvite)
	}

	return screen.Page{
		Template: "invited", Title: q.Text("Invitation"), Section: q.At("/team"),
		Data: invitedData{email, role, l.Address(q.Verbs.People.Origin()), q.At("/team"), q.When(l.EndsAt)},
	}, nil
}
