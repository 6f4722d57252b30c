package installation

import (
	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/people"
)

// userRow is a user in the list.
type userRow struct {
	ID, Name, Email          string
	Accounts                 int
	Operator, You, HasFactor bool
	Disabled                 bool
	Seen, Created            screen.Moment
}

// userList is what the screen shows.
type userList struct {
	// Once makes the form of a link count once.
	Once    string
	Filters screen.Filters
	Rows    []userRow
	Pages   screen.Pager
	Empty   *screen.Empty
}

// users lists the users of the installation, oldest first.
func users(q *screen.Request) (screen.Answer, error) {
	after, err := screen.Position(id.ParseUser, q.Value("before"))
	if err != nil {
		return nil, err
	}
	list, next, err := q.Verbs.People.FindUsers(q.Context(), q.Value("q"), after, screen.ListSize)
	if err != nil {
		return nil, err
	}

	out := userList{Once: screen.NewOnce(), Pages: q.Pages(next.String()), Filters: q.Bar(screen.Root+"/users.csv", screen.FilterField{
		Name: "q", Label: q.Text("Name or e-mail"), Kind: "search", Placeholder: "ada@example.com",
	})}
	for _, u := range list {
		out.Rows = append(out.Rows, userRow{
			ID: u.ID.String(), Name: u.Name, Email: u.Email, Accounts: len(u.Accounts), Operator: u.Operator,
			You: u.ID == q.Visit.User, HasFactor: u.SecondFactor, Disabled: u.Disabled,
			Seen: q.When(u.SeenAt), Created: q.When(u.CreatedAt),
		})
	}
	out.Empty = q.EmptyList(out.Filters, out.Pages.Older, len(out.Rows), q.Text("There are no users with these filters."), screen.Empty{Icon: "users", Title: q.Text("No user yet")})

	return screen.Page{Template: "users", Title: q.Text("Users"), Data: out}, nil
}

// usersCSV is the list as a file, with the same filter.
func usersCSV(q *screen.Request) (screen.Answer, error) {
	columns := []string{
		"user_id", "name", "email", "accounts", "operator", "second_factor", "disabled", "last_seen_at", "created_at",
	}

	return q.CSV("users", columns, func(after [16]byte) (rows [][]any, next [16]byte, err error) {
		list, last, err := q.Verbs.People.FindUsers(q.Context(), q.Value("q"), after, screen.CSVPage)
		for _, u := range list {
			rows = append(rows, []any{
				u.ID.String(), u.Name, u.Email, len(u.Accounts), u.Operator, u.SecondFactor, u.Disabled, u.SeenAt,
				u.CreatedAt,
			})
		}
		return rows, last, err
	}), nil
}

// userLink is a link that is shown once.
type userLink struct {
	Email, Link string
	Ends        screen.Moment
	Factors     bool
}

// resetUser makes a link by which a user chooses a new password. It is shown here and never again.
func resetUser(q *screen.Request) (screen.Answer, error) {
	email, factors := q.Value("email"), q.Value("factors") != ""
	link, err := q.OnceLink(func() (people.Link, error) { return q.Verbs.People.Reset(q.Context(), email, factors) })
	if err != nil {
		return nil, err
	}
	origin := q.Verbs.PublicURL
	if origin == "" {
		origin = q.Verbs.Local
	}

	return screen.Page{
		Template: "user-link", Title: q.Text("Link for a new password"), Section: screen.Root + "/users",
		Data: userLink{email, link.Address(origin), q.When(link.EndsAt), factors},
	}, nil
}

// setOperator makes a user an operator, or takes that back.
func setOperator(q *screen.Request) (screen.Answer, error) {
	user, err := id.ParseUser(q.Value("user"))
	if err != nil {
		return nil, fault.NoSuch("user")
	}
	operator := q.Value("operator") == "yes"
	if err := q.Verbs.People.SetOperator(q.Context(), q.Visit, user, operator); err != nil {
		return nil, err
	}

	notice := q.Text("The user operates the installation now.")
	if !operator {
		notice = q.Text("The user does not operate the installation any more.")
	}

	return screen.Redirect{To: screen.Root + "/users", Notice: notice}, nil
}

// setDisabled ends the sessions of a user, who cannot sign in any more, or takes that back.
func setDisabled(q *screen.Request) (screen.Answer, error) {
	user, err := id.ParseUser(q.Value("user"))
	if err != nil {
		return nil, fault.NoSuch("user")
	}
	disabled := q.Value("disabled") == "yes"
	if err := q.Verbs.People.SetDisabled(q.Context(), q.Visit, user, disabled); err != nil {
		return nil, err
	}

	notice := q.Text("The user cannot sign in any more, and all sessions have ended.")
	if !disabled {
		notice = q.Text("The user can sign in again.")
	}

	return screen.Redirect{To: screen.Root + "/users", Notice: notice}, nil
}
