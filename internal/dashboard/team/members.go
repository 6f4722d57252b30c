package team

import (
	"net/http"
	"strings"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/signin"
)

// teamData is what the screen of an account's members shows.
type teamData struct {
	Faults  []fault.FieldError
	Members []memberRow
	Invites []inviteRow
	Roles   []signin.Role
	May     []permissionRow
	// At is the path of the screen.
	At string
}

type memberRow struct {
	User, Name, Email, InvitedBy string
	Role                         signin.Role
	SecondFactor, You            bool
	Seen                         screen.Moment
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
	team, failed := q.Verbs.People.Team(q.Context(), q.Visit, q.Account.ID)
	if failed != nil {
		return nil, failed
	}

	d := teamData{Faults: q.FaultsOf(err), Roles: signin.Roles, May: permissions(), At: q.At("/team")}
	for _, m := range team.Members {
		d.Members = append(d.Members, memberRow{
			m.User.String(), m.Name, m.Email, m.InvitedBy, m.Role, m.SecondFactor, m.User == q.Visit.User,
			q.When(m.SeenAt),
		})
	}
	for _, i := range team.Invites {
		d.Invites = append(d.Invites, inviteRow{i.ID, i.Email, i.By, i.Role, q.When(i.EndsAt)})
	}

	return screen.Page{Template: "team", Title: q.Text("Team"), Data: d, Status: status}, nil
}

// permissions is the table of what each role may do, without what no member may.
func permissions() (rows []permissionRow) {
	for _, p := range signin.Permissions {
		row, any := permissionRow{Title: strings.ToUpper(string(p[:1])) + string(p[1:])}, false
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
	At          string
}

func invitePage(q *screen.Request) (screen.Answer, error) { return showInvite(q, nil, http.StatusOK) }

func showInvite(q *screen.Request, err error, status int) (screen.Answer, error) {
	d := inviteData{
		Faults: q.FaultsOf(err), Email: q.Value("email"), Role: q.Value("role"),
		Roles: signin.Roles, At: q.At("/team"),
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
	l, err := q.Verbs.People.Invite(q.Context(), q.Visit, q.Account.ID, email, role)
	if err != nil {
		return q.Refused(err, showInvite)
	}

	return screen.Page{
		Template: "invited", Title: q.Text("Invitation"), Section: q.At("/team"),
		Data: invitedData{email, role, l.Address(q.Verbs.People.Origin()), q.At("/team"), q.When(l.EndsAt)},
	}, nil
}
