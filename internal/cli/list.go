package cli

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/install"
)

type accountListCmd struct {
	JSON bool `name:"json" help:"Print a JSON array."`
}

// shownAccount is an account for programs.
type shownAccount struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Credits   int64  `json:"credits"`
	Held      int64  `json:"held"`
	CreatedAt string `json:"created_at"`
}

func showAccount(a account.Account) shownAccount {
	return shownAccount{a.ID.String(), a.Name, a.Balance.Credits, a.Balance.Held, moment(a.CreatedAt)}
}

// moment writes a time as the API does; the zero time is empty.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func (c *accountListCmd) Run(e *env) error {
	return e.open(func(b *install.Base) error {
		all, err := b.Admin.Accounts(e.ctx)
		if err != nil {
			return err
		}

		shown := []shownAccount{}
		for _, a := range all {
			shown = append(shown, showAccount(a))
		}

		switch {
		case c.JSON:
			return e.json(shown)
		case len(shown) == 0:
			_, err := fmt.Fprintln(e.Out, "There are no accounts yet. Create one with: syssecure account create --name Acme")
			return err
		}

		w := tabwriter.NewWriter(e.Out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "ACCOUNT\tCREDITS\tHELD\tCREATED\tNAME")
		for _, a := range shown {
			fmt.Fprintf(w, "%s\t%d\t%d\t%s\t%s\n", a.ID, a.Credits, a.Held, a.CreatedAt, plain(a.Name))
		}

		return w.Flush()
	})
}

// plain removes control characters from a name that a customer chose, which could change the terminal or the table.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7F && r < 0xA0 {
			return ' '
		}
		return r
	}, s)
}

type accountShowCmd struct {
	ID   string `arg:"" help:"The account's id, as account list shows it."`
	JSON bool   `name:"json" help:"Print JSON."`
}

func (c *accountShowCmd) Run(e *env) error {
	of, err := accountID("ID", c.ID)
	if err != nil {
		return err
	}

	return e.open(func(b *install.Base) error {
		row, err := b.Admin.Account(e.ctx, of)
		if err != nil {
			return err
		}

		keys, err := b.Admin.ListKeys(e.ctx, of)
		if err != nil {
			return err
		}

		if c.JSON {
			return e.json(struct {
				shownAccount
				Settings any        `json:"settings"`
				Keys     []shownKey `json:"keys"`
			}{showAccount(row.Account), row.Settings, showKeys(keys, b.Now())})
		}

		return e.describe(row.Account, showKeys(keys, b.Now()))
	})
}

// describe prints an account for people.
func (e *env) describe(a account.Account, keys []shownKey) error {
	shown := showAccount(a)
	w := tabwriter.NewWriter(e.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "account\t%s\nname\t%s\ncredits\t%d\nheld\t%d\ncreated\t%s\n",
		shown.ID, plain(shown.Name), shown.Credits, shown.Held, shown.CreatedAt)

	lines, err := settingLines("", a.Settings)
	if err != nil {
		return err
	}

	fmt.Fprintf(w, "\nSETTING\tVALUE\n%s", lines)
	if err := w.Flush(); err != nil {
		return err
	}

	fmt.Fprintln(e.Out)

	return e.printKeys(keys, shown.ID)
}

// settingLines lists the settings that have a value by name. The name of a mode's setting begins with the mode.
func settingLines(prefix string, settings any) (string, error) {
	text, err := json.Marshal(settings)
	if err != nil {
		return "", err
	}

	var values map[string]json.RawMessage
	if err := json.Unmarshal(text, &values); err != nil {
		return "", err
	}

	var names []string
	for name := range values {
		names = append(names, name)
	}

	slices.Sort(names)
	var out strings.Builder
	for _, name := range names {
		value := string(values[name])
		switch value {
		case `""`, "0", "false", "null", "{}":
			continue
		}

		if value[0] == '{' {
			lines, err := settingLines(prefix+name+" ", values[name])
			if err != nil {
				return "", err
			}
			out.WriteString(lines)
			continue
		}
		fmt.Fprintf(&out, "%s%s\t%s\n", prefix, name, plain(strings.Trim(value, `"`)))
	}

	return out.String(), nil
}

type keyListCmd struct {
	Account string `help:"Only the keys of this account." placeholder:"ID"`
	JSON    bool   `name:"json" help:"Print a JSON array."`
}

// shownKey is a key for programs, without its secret.
type shownKey struct {
	ID        string          `json:"id"`
	Name      string          `json:"name,omitempty"`
	Account   string          `json:"account"`
	Mode      string          `json:"mode"`
	Scopes    []account.Scope `json:"scopes"`
	Status    string          `json:"status"` // see account.Key.Status
	CreatedAt string          `json:"created_at"`
	CreatedBy string          `json:"created_by,omitempty"`
	UsedAt    string          `json:"last_used_at,omitempty"`
	UsedFrom  string          `json:"last_used_from,omitempty"`
	ExpiresAt string          `json:"expires_at,omitempty"`
	RevokedAt string          `json:"revoked_at,omitempty"`
}

func showKeys(keys []account.Key, now time.Time) []shownKey {
	shown := []shownKey{}
	for _, k := range keys {
		shown = append(shown, shownKey{
			ID: keyID(k), Name: k.Name, Account: k.Account.String(), Mode: k.Mode.String(), Scopes: k.Scopes,
			Status: k.Status(now), CreatedAt: moment(k.CreatedAt), CreatedBy: k.CreatedBy, UsedAt: moment(k.UsedAt),
			UsedFrom: k.UsedFrom, ExpiresAt: moment(k.ExpiresAt), RevokedAt: moment(k.RevokedAt),
		})
	}

	return shown
}

func (c *keyListCmd) Run(e *env) error {
	var of id.Account
	if c.Account != "" {
		var err error
		if of, err = accountID("--account", c.Account); err != nil {
			return err
		}
	}

	return e.open(func(b *install.Base) error {
		if c.Account != "" {
			if _, err := b.Admin.Account(e.ctx, of); err != nil {
				return err
			}
		}

		keys, err := b.Admin.ListKeys(e.ctx, of)
		if err != nil {
			return err
		}

		shown := showKeys(keys, b.Now())
		if c.JSON {
			return e.json(shown)
		}

		return e.printKeys(shown, c.Account)
	})
}

// printKeys prints keys for people; of is the account whose keys they are, or empty.
func (e *env) printKeys(keys []shownKey, of string) error {
	if len(keys) == 0 {
		_, err := fmt.Fprintf(e.Out, "There are no keys yet. Create one with: syssecure key create --account %s "+
			"--mode test\n", cmp.Or(of, "ID"))
		return err
	}

	w := tabwriter.NewWriter(e.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "KEY\tACCOUNT\tMODE\tSTATUS\tCREATED\tENDS\tLAST USED\tSCOPES\tNAME")
	for _, k := range keys {
		scopes := make([]string, len(k.Scopes))
		for i, s := range k.Scopes {
			scopes[i] = string(s)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", k.ID, k.Account, k.Mode, k.Status, k.CreatedAt,
			cmp.Or(k.RevokedAt, k.ExpiresAt, "-"), cmp.Or(k.UsedAt, "-"), strings.Join(scopes, ","), plain(k.Name))
	}

	return w.Flush()
}
