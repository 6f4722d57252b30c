package cli

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/admin"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/secret"
)

type accountCmd struct {
	Create accountCreateCmd `cmd:"" help:"Create an account."`
	Set    accountSetCmd    `cmd:"" help:"Change settings of an account."`
	Credit accountCreditCmd `cmd:"" help:"Add credits, or remove credits that are not spent."`
	List   accountListCmd   `cmd:"" help:"List the accounts with their credits."`
	Show   accountShowCmd   `cmd:"" help:"Show an account with its settings and keys, but no secrets."`
}

type accountCreateCmd struct {
	Name    string `required:"" help:"The account's name, which appears in built-in texts." placeholder:"NAME"`
	Credits int64  `help:"Credits that the account starts with." placeholder:"N"`
	JSON    bool   `help:"Print JSON."`
}

// Help implements kong.HelpProvider.
func (*accountCreateCmd) Help() string {
	return "The secrets that sign callback events are printed once and cannot be displayed again."
}

func (c *accountCreateCmd) Run(e *env) error {
	return e.openOrCreate(func(b *install.Base) error {
		a, err := b.Admin.CreateAccount(e.ctx, c.Name, c.Credits)
		if err != nil {
			return err
		}
		if c.JSON {
			return e.json(struct {
				ID                 string `json:"id"`
				Name               string `json:"name"`
				Credits            int64  `json:"credits"`
				CallbackSecret     string `json:"callback_secret"`
				TestCallbackSecret string `json:"test_callback_secret"`
			}{a.ID.String(), a.Name, a.Balance.Credits, a.CallbackSecret.Reveal(), a.TestCallbackSecret.Reveal()})
		}

		_, err = fmt.Fprintf(e.Out, "Created account %s (%s) with %d credits.\n"+
			"Callback secret, printed only once: %s\nCallback secret of the sandbox, printed only once: %s\n"+
			"Next: syssecure key create --account %[1]s --mode test\n",
			a.ID, a.Name, a.Balance.Credits, a.CallbackSecret.Reveal(), a.TestCallbackSecret.Reveal())

		return err
	})
}

// accountID parses the account that an argument names.
func accountID(argument, s string) (id.Account, error) {
	a, err := id.ParseAccount(s)
	if err != nil {
		return a, fmt.Errorf("%s %q is not an account id, which begins with acct_ followed by 26 digits and capital "+
			"letters; syssecure account list shows the ids", argument, s)
	}
	return a, nil
}

// modeFlag is the value of --mode; empty when the flag is not given.
type modeFlag []id.Mode

// Decode implements kong.MapperValue.
func (m *modeFlag) Decode(ctx *kong.DecodeContext) error {
	var text string
	if err := ctx.Scan.PopValueInto("mode", &text); err != nil {
		return err
	}

	switch text {
	case "live":
		*m = modeFlag{id.Live}
	case "test":
		*m = modeFlag{id.Test}
	default:
		return fmt.Errorf("must be live or test, not %q", text)
	}

	return nil
}

type accountSetCmd struct {
	Account  string   `required:"" help:"The account's id." placeholder:"ID"`
	Mode     modeFlag `help:"Change only the settings of this mode (default: of both)." placeholder:"live|test"`
	Settings []string `arg:"" help:"Settings and their new values." name:"key=value"`
}

// Help implements kong.HelpProvider.
func (*accountSetCmd) Help() string {
	return "The settings are " + strings.Join(account.SettingKeys, ", ") + ". Each mode has its own, except for the " +
		"name."
}

func (c *accountSetCmd) Run(e *env) error {
	a, err := accountID("--account", c.Account)
	if err != nil {
		return err
	}

	var settings []admin.Setting
	for _, s := range c.Settings {
		key, value, ok := strings.Cut(s, "=")
		if !ok {
			return fmt.Errorf("%q is not a setting: write key=value, where key is one of %s",
				s, strings.Join(account.SettingKeys, ", "))
		}
		settings = append(settings, admin.Setting{Key: key, Value: value})
	}

	return e.open(func(b *install.Base) error {
		both, err := b.Admin.Set(e.ctx, a, settings, c.Mode...)
		switch {
		case err != nil:
			return err
		case len(c.Mode) == 0:
			return e.json(both)
		}

		return e.json(both.Of(c.Mode[0]))
	})
}

type accountCreditCmd struct {
	Account string `required:"" help:"The account's id." placeholder:"ID"`
	Credits int64  `required:"" help:"Credits to add; a negative number removes credits." placeholder:"N"`
	JSON    bool   `help:"Print JSON."`
}

func (c *accountCreditCmd) Run(e *env) error {
	a, err := accountID("--account", c.Account)
	if err != nil {
		return err
	}

	return e.open(func(b *install.Base) error {
		balance, err := b.Admin.Credit(e.ctx, a, c.Credits)
		if err != nil {
			return err
		}
		if c.JSON {
			return e.json(struct {
				ID      string `json:"id"`
				Credits int64  `json:"credits"`
				Held    int64  `json:"held"`
			}{a.String(), balance.Credits, balance.Held})
		}
		_, err = fmt.Fprintf(e.Out, "Account %s now has %d credits to spend and %d held.\n", a, balance.Credits,
			balance.Held)

		return err
	})
}

type keyCmd struct {
	Create keyCreateCmd `cmd:"" help:"Create an API key."`
	Revoke keyRevokeCmd `cmd:"" help:"Revoke a key. Running servers reject it within a second."`
	Rotate keyRotateCmd `cmd:"" help:"Replace a key with a new one that has the same scopes. Both work during the overlap."`
	List   keyListCmd   `cmd:"" help:"List the keys with their scopes, but no secrets."`
}

type keyCreateCmd struct {
	Account string    `required:"" help:"The account's id." placeholder:"ID"`
	Mode    modeFlag  `required:"" help:"live sends real messages, test uses the sandbox." placeholder:"live|test"`
	Name    string    `help:"A name by which you recognise the key." placeholder:"NAME"`
	Scopes  scopeList `help:"What the key may do (default: send,verify,read,admin)." placeholder:"SCOPE,…"`
	JSON    bool      `help:"Print JSON."`
}

// Help implements kong.HelpProvider.
func (*keyCreateCmd) Help() string {
	return "The key is printed once and cannot be displayed again. The scopes are send, verify, read, admin and " +
		"operator; operator is for those who run the installation: this command and an operator in the dashboard give it."
}

// scopeList is the value of --scopes. An empty list is not the same as a flag that is not given.
type scopeList struct {
	names []string
	given bool
}

// Decode implements kong.MapperValue.
func (s *scopeList) Decode(ctx *kong.DecodeContext) error {
	var text string
	if err := ctx.Scan.PopValueInto("scopes", &text); err != nil {
		return err
	}

	s.given = true
	for name := range strings.SplitSeq(text, ",") {
		if name = strings.TrimSpace(name); name != "" {
			s.names = append(s.names, name)
		}
	}

	return nil
}

// scopes are those that the list names. An empty list is an error, because it reads as if the key could do nothing.
func (s *scopeList) scopes() ([]account.Scope, error) {
	if s.given && len(s.names) == 0 {
		return nil, errors.New("--scopes is empty, and a key without scopes can do nothing: name some of send, " +
			"verify, read, admin and operator, or omit --scopes to give the first four")
	}

	scopes, err := account.ParseScopes(s.names)
	if err != nil {
		return nil, fmt.Errorf("--scopes: %w", err)
	}

	return scopes, nil
}

func (c *keyCreateCmd) Run(e *env) error {
	a, err := accountID("--account", c.Account)
	if err != nil {
		return err
	}

	scopes, err := c.Scopes.scopes()
	if err != nil {
		return err
	}

	return e.open(func(b *install.Base) error {
		spec := admin.KeySpec{Account: a, Mode: c.Mode[0], Name: c.Name, Scopes: scopes}
		key, err := b.Admin.IssueKey(e.ctx, spec, b.Admin.Once(a))
		if err != nil {
			return err
		}
		return e.showKey(key.Key, key.Secret, c.JSON)
	})
}

func (e *env) showKey(key account.Key, plaintext secret.String, asJSON bool) error {
	if asJSON {
		return e.json(struct {
			ID     string `json:"id"`
			Secret string `json:"secret"`
		}{keyID(key), plaintext.Reveal()})
	}
	_, err := fmt.Fprintf(e.Out, "Key %s, printed only once:\n%s\n", keyID(key), plaintext.Reveal())
	return err
}

// keyID prints a key's public id.
func keyID(k account.Key) string { return k.PublicID() }

// parseKeyID parses a key's id, with or without its prefix, or finds it in the whole key.
func parseKeyID(s string) (string, error) {
	if _, keyID, err := account.ParseKey(s); err == nil {
		return keyID, nil
	}
	s = strings.TrimPrefix(s, "key_")
	if len(s) != 8 {
		return "", errors.New("a key's id is key_ followed by 8 characters; syssecure key list shows the ids")
	}

	return s, nil
}

type keyRevokeCmd struct {
	ID string `arg:"" help:"The key's id."`
}

func (c *keyRevokeCmd) Run(e *env) error {
	revoked, err := parseKeyID(c.ID)
	if err != nil {
		return err
	}

	return e.open(func(b *install.Base) error {
		k, err := b.Admin.RevokeKey(e.ctx, revoked)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(e.Out, "Key %s was revoked at %s.\n", keyID(k), k.RevokedAt.UTC().Format(time.RFC3339))
		return err
	})
}

type keyRotateCmd struct {
	ID      string        `arg:"" help:"The key's id."`
	Overlap time.Duration `default:"24h" help:"How long the old key still works; 0 revokes it immediately."`
	JSON    bool          `help:"Print JSON."`
}

func (c *keyRotateCmd) Run(e *env) error {
	keyID, err := parseKeyID(c.ID)
	if err != nil {
		return err
	}

	return e.open(func(b *install.Base) error {
		key, plaintext, err := b.Admin.RotateKey(e.ctx, keyID, c.Overlap)
		if err != nil {
			return err
		}
		return e.showKey(key, plaintext, c.JSON)
	})
}
