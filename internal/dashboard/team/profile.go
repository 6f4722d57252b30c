package team

import (
	_ "embed"
	"net/http"
	"slices"
	"strings"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/people"
	"github.com/syssecure/syssecure/internal/signin"
)

//go:embed zones.txt
var zoneNames string

// zones are the names of time zones that the profile suggests.
var zones = strings.Fields(zoneNames)

// profileData is what the page of the user's own things shows.
type profileData struct {
	Faults []fault.FieldError

	Email, Name, Zone, Theme string
	NoShortcuts              bool
	Zones                    []string
	// Languages are there when there is more than one.
	Languages []screen.Option
	Locale    string

	HasPassword bool
	PasswordAt  screen.Moment
	TOTP        bool
	Recovery    int
	// Once makes the form of recovery codes count once.
	Once string
	// Passkeys works only when the server is opened by a name.
	PasskeysWork bool
	Passkeys     []passkeyRow
	Sessions     []sessionRow
	Accounts     []accountRow
}

type passkeyRow struct {
	ID, Name      string
	Created, Used screen.Moment
}

type sessionRow struct {
	ID, Browser, Address string
	Begun, Seen          screen.Moment
	Current              bool
}

type accountRow struct {
	ID, Name string
	Role     signin.Role
}

func profilePage(q *screen.Request) (screen.Answer, error) {
	return showProfile(q, stored(q.Visit), nil, http.StatusOK)
}

// stored is the profile as it is stored.
func stored(v people.Visit) people.Profile {
	return people.Profile{Name: v.Name, Zone: v.Zone, Theme: v.Theme, Locale: v.Locale, NoShortcuts: v.NoShortcuts}
}

// showProfile shows the page with a profile, which may be one that was refused.
func showProfile(q *screen.Request, shown people.Profile, err error, status int) (screen.Answer, error) {
	d := profileData{
		Faults: q.FaultsOf(err), Email: q.Visit.Email, Name: shown.Name, Zone: shown.Zone,
		Theme: shown.Theme, NoShortcuts: shown.NoShortcuts, Zones: zones, Languages: q.Languages(), Locale: shown.Locale,
		PasskeysWork: q.Verbs.People.PasskeysAvailable(), Once: screen.NewOnce(),
	}
	for _, m := range q.Visit.Accounts {
		d.Accounts = append(d.Accounts, accountRow{m.Account.String(), m.Name, m.Role})
	}

	if err := d.readSecurity(q); err != nil {
		return nil, err
	}

	return screen.Page{
		Template: "profile", Title: q.Text("Profile and security"), Data: d, Status: status, Scripts: []string{"screen.js"},
	}, nil
}

// readSecurity fills in how and where the user signs in.
func (d *profileData) readSecurity(q *screen.Request) error {
	has, err := q.Verbs.People.Security(q.Context(), q.Visit)
	if err != nil {
		return err
	}
	d.HasPassword, d.PasswordAt = !has.PasswordAt.IsZero(), q.When(has.PasswordAt)
	d.TOTP, d.Recovery = has.TOTP, has.RecoveryLeft
	for _, k := range has.Passkeys {
		d.Passkeys = append(d.Passkeys, passkeyRow{k.ID, k.Name, q.When(k.CreatedAt), q.When(k.UsedAt)})
	}

	sessions, err := q.Verbs.People.Sessions(q.Context(), q.Visit)
	for _, s := range sessions {
		d.Sessions = append(d.Sessions, sessionRow{
			s.ID, agentWords(q, s.Agent), s.Address, q.When(s.CreatedAt), q.When(s.SeenAt), s.Current,
		})
	}

	return err
}

// refused shows the profile again with what was wrong in one of its forms.
func refused(q *screen.Request, err error, status int) (screen.Answer, error) {
	return showProfile(q, stored(q.Visit), err, status)
}

func saveProfile(q *screen.Request) (screen.Answer, error) {
	next := stored(q.Visit)
	next.Name, next.Zone, next.NoShortcuts = q.Value("name"), q.Value("zone"), q.Value("shortcuts") != "on"
	if q.PostForm.Has("locale") {
		next.Locale = q.Value("locale")
	}
	if err := q.Verbs.People.SetProfile(q.Context(), q.Visit, next); err != nil {
		return q.Refused(err, func(q *screen.Request, err error, status int) (screen.Answer, error) {
			return showProfile(q, next, err, status)
		})
	}

	return screen.Redirect{To: profile, Notice: q.Text("Your profile was saved.")}, nil
}

// saveTheme stores the theme that a button of the form chose.
func saveTheme(q *screen.Request) (screen.Answer, error) {
	next := stored(q.Visit)
	next.Theme = q.Value("theme")
	if err := q.Verbs.People.SetProfile(q.Context(), q.Visit, next); err != nil {
		return q.Refused(err, refused)
	}
	return screen.Redirect{To: profile, Notice: q.Text("The theme was saved.")}, nil
}

// saveZone stores the browser's time zone for a user who has chosen none.
func saveZone(q *screen.Request) (screen.Answer, error) {
	next := stored(q.Visit)
	if next.Zone != "" {
		return done, nil
	}
	next.Zone = q.Value("zone")
	if err := q.Verbs.People.SetProfile(q.Context(), q.Visit, next); err != nil {
		return nil, err
	}

	return done, nil
}

// done is the answer to a script that shows nothing.
var done = screen.Stream(func(q *screen.Request) error {
	q.Writer.WriteHeader(http.StatusNoContent)
	return nil
})

// leave takes the user out of an account.
func leave(q *screen.Request) (screen.Answer, error) {
	of, err := id.ParseAccount(q.Value("account"))
	i := slices.IndexFunc(q.Visit.Accounts, func(m people.Membership) bool { return m.Account == of })
	if err != nil || i < 0 {
		return nil, fault.NoSuch("account")
	}
	if err := q.Verbs.People.Remove(q.Context(), q.Visit, of, q.Visit.User); err != nil {
		return q.Refused(withoutField(err), refused)
	}

	return screen.Redirect{To: screen.Root, Notice: q.Textf("You left the account %s.", q.Visit.Accounts[i].Name)}, nil
}
