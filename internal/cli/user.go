package cli

import (
	"cmp"
	"fmt"
	"log/slog"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/syssecure/syssecure/internal/app"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/people"
)

type userCmd struct {
	Create userCreateCmd `cmd:"" help:"Create a user of the dashboard, and print a link to choose a password."`
	Reset  userResetCmd  `cmd:"" help:"Print a link by which a user chooses a new password."`
	List   userListCmd   `cmd:"" help:"List the users of the dashboard."`

	Disable userDisableCmd `cmd:"" help:"End all sessions of a user, who cannot sign in any more."`
	Enable  userEnableCmd  `cmd:"" help:"Let a user sign in again."`
}

// people runs fn on the users of an existing installation.
func (e *env) people(fn func(*people.People, *install.Base) error) error {
	return e.open(func(b *install.Base) error {
		return fn(people.New(people.Config{
			Store: b.Store, Keys: b.Keys, Admin: b.Admin, Now: b.Now, Log: slog.Default(),
			Origin: func() string { return app.Origin(b.Config) },
		}), b)
	})
}

type userCreateCmd struct {
	Email    string `required:"" help:"The e-mail address that the user signs in with." placeholder:"EMAIL"`
	Name     string `help:"The user's name (default: the address)." placeholder:"NAME"`
	Operator bool   `help:"The user runs the installation, and may do everything in every account."`
	Account  string `help:"The account that the user joins." placeholder:"ID" and:"account"`
	Role     string `help:"The user's role in it: owner, developer, support or billing." placeholder:"ROLE" and:"account"`
	JSON     bool   `help:"Print JSON."`
}

// Help implements kong.HelpProvider.
func (*userCreateCmd) Help() string {
	return "The link is printed once. It works once, within 7 days. Owners can also invite others on the dashboard's " +
		"screen Team."
}

func (c *userCreateCmd) Run(e *env) error {
	n := people.NewUser{Email: c.Email, Name: c.Name, Operator: c.Operator, Role: c.Role}
	if c.Account != "" {
		var err error
		if n.Account, err = accountID("--account", c.Account); err != nil {
			return err
		}
	}

	return e.people(func(p *people.People, b *install.Base) error {
		u, link, err := p.Create(e.ctx, n)
		if err != nil {
			return err
		}
		if !c.JSON {
			fmt.Fprintf(e.Out, "Created user %s.\n", u)
			if !c.Operator && n.Account.IsZero() {
				fmt.Fprintln(e.Out, "This user may see nothing yet: they are in no account, and are no operator.")
			}
		}

		return e.showLink(link, u, app.Origin(b.Config), c.JSON)
	})
}

// showLink prints a link that works once.
func (e *env) showLink(link people.Link, of id.User, origin string, asJSON bool) error {
	if asJSON {
		return e.json(struct {
			ID     string `json:"id,omitempty"`
			Link   string `json:"link"`
			EndsAt string `json:"ends_at"`
		}{of.String(), link.Address(origin), moment(link.EndsAt)})
	}
	_, err := fmt.Fprintf(e.Out, "Open this link to choose a password; it works once, until %s:\n%s\n",
		moment(link.EndsAt), link.Address(origin))

	return err
}

type userResetCmd struct {
	Email         string `arg:"" help:"The user's e-mail address."`
	SecondFactors bool   `help:"Also remove the user's passkeys, authenticator app and recovery codes."`
	JSON          bool   `help:"Print JSON."`
}

// Help implements kong.HelpProvider.
func (*userResetCmd) Help() string {
	return "The link works once, within an hour. Until then nothing changes; then all sessions of the user end."
}

func (c *userResetCmd) Run(e *env) error {
	return e.people(func(p *people.People, b *install.Base) error {
		link, err := p.Reset(e.ctx, c.Email, c.SecondFactors)
		if err != nil {
			return err
		}
		return e.showLink(link, id.User{}, app.Origin(b.Config), c.JSON)
	})
}

type userDisableCmd struct {
	Email string `arg:"" help:"The user's e-mail address."`
}

// Help implements kong.HelpProvider.
func (*userDisableCmd) Help() string {
	return "The user stays a member of their accounts; syssecure user enable takes it back. The last operator cannot be disabled."
}

func (c *userDisableCmd) Run(e *env) error {
	return e.setDisabled(c.Email, true, "The user cannot sign in any more, and all sessions have ended.")
}

type userEnableCmd struct {
	Email string `arg:"" help:"The user's e-mail address."`
}

func (c *userEnableCmd) Run(e *env) error {
	return e.setDisabled(c.Email, false, "The user can sign in again.")
}

func (e *env) setDisabled(email string, disabled bool, done string) error {
	return e.people(func(p *people.People, _ *install.Base) error {
		if err := p.SetDisabledByEmail(e.ctx, email, disabled); err != nil {
			return err
		}
		_, err := fmt.Fprintln(e.Out, done)
		return err
	})
}

type userListCmd struct {
	JSON bool `name:"json" help:"Print a JSON array."`
}

// shownUser is a user for programs.
type shownUser struct {
	ID           string   `json:"id"`
	Email        string   `json:"email"`
	Name         string   `json:"name"`
	Operator     bool     `json:"operator"`
	Accounts     []string `json:"accounts"`
	Password     bool     `json:"password"`
	SecondFactor bool     `json:"second_factor"`
	Disabled     bool     `json:"disabled"`
	CreatedAt    string   `json:"created_at"`
	SeenAt       string   `json:"seen_at,omitempty"`
}

func showUser(u people.User) shownUser {
	shown := shownUser{
		ID: u.ID.String(), Email: u.Email, Name: u.Name, Operator: u.Operator, Accounts: []string{}, Password: u.HasPassword,
		SecondFactor: u.SecondFactor, Disabled: u.Disabled, CreatedAt: moment(u.CreatedAt), SeenAt: moment(u.SeenAt),
	}
	for _, a := range u.Accounts {
		shown.Accounts = append(shown.Accounts, a.String())
	}

	return shown
}

func (c *userListCmd) Run(e *env) error {
	return e.people(func(p *people.People, _ *install.Base) error {
		all, err := p.Users(e.ctx)
		if err != nil {
			return err
		}

		shown := make([]shownUser, len(all))
		for i, u := range all {
			shown[i] = showUser(u)
		}
		switch {
		case c.JSON:
			return e.json(shown)
		case len(shown) == 0:
			_, err := fmt.Fprintln(e.Out, "There are no users yet. serve prints a link that makes the first one, and so does: "+
				"syssecure user create --email you@example.com --operator")
			return err
		}

		w := tabwriter.NewWriter(e.Out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "USER\tE-MAIL\tOPERATOR\t2ND FACTOR\tDISABLED\tLAST SEEN\tACCOUNTS\tNAME")
		for _, u := range shown {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", u.ID, plain(u.Email), yesNo(u.Operator), yesNo(u.SecondFactor),
				yesNo(u.Disabled), cmp.Or(u.SeenAt, "never"), cmp.Or(strings.Join(u.Accounts, ","), "-"), plain(u.Name))
		}

		return w.Flush()
	})
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// setup prints the link that makes the first user, while there is none. It is on a line by itself, and in no log.
func (e *env) setup(a *app.App) {
	link, ok, err := a.Setup(e.ctx)
	if err != nil {
		fmt.Fprintln(e.Err, "The link for the first user could not be made:", err)
	}
	if ok {
		fmt.Fprintf(e.Out, "Open %s to create the first user; the link works once, until %s.\n", link.Address(a.Origin()),
			link.EndsAt.UTC().Format(time.RFC3339))
	}
}
