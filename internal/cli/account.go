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
	Create accountCreateCmd `cmd:"" help:"Create an account. The callback secrets are shown once."`
	Set    accountSetCmd    `cmd:"" help:"Change settings, of live messages and of the sandbox or of one of them: name, default_locale, origin, app_hash, from, on_unknown, mask_numbers, opt_out_blocks_otp, opt_out_replies, help_text, credits_low, spend_cap_hour, spend_cap_day, spend_cap_countries."`
	Credit accountCreditCmd `cmd:"" help:"Add credits, or take unspent ones back with a negative number."`
	List   accountListCmd   `cmd:"" help:"List the accounts with their credits."`
	Show   accountShowCmd   `cmd:"" help:"Show an account with its settings and keys. Secrets are never shown."`
}

type accountCreateCmd struct {
	Name    string `required:"" help:"The account's name; built-in texts mention it." placeholder:"N"`
	Credits int64  `help:"Credits to begin with." placeholder:"C"`
	JSON    bool   `help:"Print JSON."`
}

func (c *accountCreateCmd) Run(e *env) error {
	return e.making(func(b *install.Base) error {
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

		_, err = fmt.Fprintf(e.Out, "Account %s (%s) with %d credits.\n"+
			"Callback secret, shown only now: %s\nCallback secret of the sandbox, shown only now: %s\n"+
			"Next: syssecure key create --account %[1]s --mode test\n",
			a.ID, a.Name, a.Balance.Credits, a.CallbackSecret.Reveal(), a.TestCallbackSecret.Reveal())

		return err
	})
}

// accountID reads the account that an argument names.
func accountID(argument, s string) (id.Account, error) {
	a, err := id.ParseAccount(s)
	if err != nil {
		return a, fmt.Errorf("%s %q is not an account id: it begins with acct_, and 26 digits and capital letters follow; "+
			"syssecure account list shows it", argument, s)
	}
	return a, nil
}

// modeFlag is the value of --mode. Absent it is no mode.
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
	Account  string   `required:"" help:"The account." placeholder:"ID"`
	Mode     modeFlag `help:"Which settings to change: live for those of live messages, test for those of the sandbox; without --mode, both. The name always belongs to both." placeholder:"live|test"`
	Settings []string `arg:"" help:"Settings as key=value." name:"key=value"`
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
			return fmt.Errorf("%q is not a setting: write key=value, with a key of %s", s, strings.Join(account.SettingKeys, ", "))
		}
		settings = append(settings, admin.Setting{Key: key, Value: value})
	}

	return e.with(func(b *install.Base) error {
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
	Account string `required:"" help:"The account." placeholder:"ID"`
	Credits int64  `required:"" help:"How many to add." placeholder:"C"`
	JSON    bool   `help:"Print JSON."`
}

func (c *accountCreditCmd) Run(e *env) error {
	a, err := accountID("--account", c.Account)
	if err != nil {
		return err
	}

	return e.with(func(b *install.Base) error {
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
		_, err = fmt.Fprintf(e.Out, "Account %s now has %d credits to spend and %d held.\n", a, balance.Credits, balance.Held)

		return err
	})
}

type keyCmd struct {
	Create keyCreateCmd `cmd:"" help:"Create an API key. It is shown once."`
	Revoke keyRevokeCmd `cmd:"" help:"End a key; a running server refuses it within a second."`
	Rotate keyRotateCmd `cmd:"" help:"Create a key with the same rights and let the old one live for an overlap."`
	List   keyListCmd   `cmd:"" help:"List keys with their scopes. Their secrets are never shown."`
}

type keyCreateCmd struct {
	Account string    `required:"" help:"The account." placeholder:"ID"`
	Mode    modeFlag  `required:"" help:"live sends for real, test uses the sandbox." placeholder:"live|test"`
	Scopes  scopeList `help:"What the key may do: send, verify, read, admin, with commas between them; without it, these four. operator is for whoever runs the installation, and only given here." placeholder:"SCOPE,…"`
	JSON    bool      `help:"Print JSON."`
}

// scopeList is the value of --scopes, which is not the same when it is empty as when it is absent.
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

// scopes are what the list means. An empty one is refused: it looks as if the key could do nothing.
func (s *scopeList) scopes() ([]account.Scope, error) {
	if s.given && len(s.names) == 0 {
		return nil, errors.New("--scopes is empty, and a key without scopes can do nothing: name some of send, verify, read, admin, " +
			"operator, or leave --scopes out for the first four")
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

	return e.with(func(b *install.Base) error {
		key, text, err := b.Admin.CreateKey(e.ctx, a, c.Mode[0], scopes)
		if err != nil {
			return err
		}
		return e.showKey(key, text, c.JSON)
	})
}

func (e *env) showKey(key account.Key, text secret.String, asJSON bool) error {
	if asJSON {
		return e.json(struct {
			ID     string `json:"id"`
			Secret string `json:"secret"`
		}{keyID(key), text.Reveal()})
	}
	_, err := fmt.Fprintf(e.Out, "Key %s, shown only now:\n%s\n", keyID(key), text.Reveal())
	return err
}

// keyID prints a key's public id.
func keyID(k account.Key) string { return "key_" + k.ID }

// parseKeyID reads a key's id, with or without its prefix; the whole key will do too.
func parseKeyID(s string) (string, error) {
	if _, keyID, err := account.ParseKey(s); err == nil {
		return keyID, nil
	}
	s = strings.TrimPrefix(s, "key_")
	if len(s) != 8 {
		return "", errors.New("a key's id is key_ and 8 characters, as key create printed it; syssecure key list shows it")
	}

	return s, nil
}

type keyRevokeCmd struct {
	ID string `arg:"" help:"The key's id."`
}

func (c *keyRevokeCmd) Run(e *env) error {
	keyID, err := parseKeyID(c.ID)
	if err != nil {
		return err
	}

	return e.with(func(b *install.Base) error {
		k, err := b.Admin.RevokeKey(e.ctx, keyID)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(e.Out, "Key key_%s is revoked since %s.\n", k.ID, k.RevokedAt.UTC().Format(time.RFC3339))
		return err
	})
}

type keyRotateCmd struct {
	ID      string        `arg:"" help:"The key's id."`
	Overlap time.Duration `default:"24h" help:"How long the old key still works; 0 ends it at once."`
	JSON    bool          `help:"Print JSON."`
}

func (c *keyRotateCmd) Run(e *env) error {
	keyID, err := parseKeyID(c.ID)
	if err != nil {
		return err
	}

	return e.with(func(b *install.Base) error {
		key, text, err := b.Admin.RotateKey(e.ctx, keyID, c.Overlap)
		if err != nil {
			return err
		}
		return e.showKey(key, text, c.JSON)
	})
}
