package admin

import (
	"context"
	"slices"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
)

// Setting is one key=value, as in syssecure account set.
type Setting struct{ Key, Value string }

// apply changes settings in the given modes, or in both. The error lists every invalid setting.
func apply(to account.ByMode, settings []Setting, modes ...id.Mode) (account.ByMode, error) {
	var errs []error
	for _, s := range settings {
		changed, err := to.Set(s.Key, s.Value, modes...)
		if err != nil {
			errs = append(errs, fault.Invalid(s.Key, "%v", err))
			continue
		}
		to = changed
	}

	return to, fault.Join(errs...)
}

// Set changes settings in the given modes, or in both: all of them or none. The name is common to both modes.
func (a *Admin) Set(ctx context.Context, of id.Account, settings []Setting,
	modes ...id.Mode,
) (out account.ByMode, err error) {
	var mode id.Mode
	if len(modes) == 1 {
		mode = modes[0]
	}

	note := audit.Note(ctx, a.Now(), of, mode, audit.AccountChanged, of.String())
	err = a.Store.Update(ctx, of, []store.Key{store.AccountKey(of)}, func(tx *store.Tx) error {
		row, ok := store.Get[store.Account](tx, store.AccountKey(of))
		if !ok {
			return noAccount(of)
		}
		before := row.Settings
		if row.Settings, err = apply(row.Settings, settings, modes...); err != nil {
			return err
		}

		row.Name = row.Settings.Live.Name
		out = row.Settings
		tx.Put(row)
		if diff := settingsDiff(before, row.Settings, mode); len(diff) > 0 {
			tx.Insert(audit.With(note, diff...))
		}

		return nil
	})

	return out, err
}

// CheckSettings reports everything that is wrong with a caller's changes. A test key cannot change the name, which live
// messages show, too.
func CheckSettings(c account.Caller, settings []Setting) error {
	_, err := apply(account.ByMode{}, settings)
	for _, s := range settings {
		if s.Key == account.SettingName && c.Mode != id.Live {
			err = fault.Join(err,
				fault.Invalid(account.SettingName, "name is shared by live mode and the sandbox, so a test key cannot "+
					"change it; use a key that begins with sk_live_, or syssecure account set"))
		}
	}

	return err
}

// SetBy changes the caller's settings in the mode of its key.
func (a *Admin) SetBy(ctx context.Context, c account.Caller, settings []Setting) error {
	if err := CheckSettings(c, settings); err != nil {
		return err
	}
	_, err := a.Set(ctx, c.Account, settings, c.Mode)

	return err
}

// freeText are the settings that may hold the number of a phone.
var freeText = []string{account.SettingName, "from", "help_text"}

// settingsDiff lists the settings that changed in a mode; without one, those of both modes, and one that changed alike in
// both only once.
func settingsDiff(before, after account.ByMode, mode id.Mode) (out audit.Diff) {
	for _, key := range account.SettingKeys {
		live := settingDiff(key, before.Live, after.Live)
		test := settingDiff(key, before.Test, after.Test)
		switch {
		case mode == id.Test && key != account.SettingName:
			out = append(out, test...)
		case mode == id.Live || slices.Equal(live, test):
			out = append(out, live...)
		default:
			out = append(out, prefixed("live ", live)...)
			out = append(out, prefixed("test ", test)...)
		}
	}

	return out
}

func settingDiff(key string, before, after account.Settings) (d audit.Diff) {
	if slices.Contains(freeText, key) {
		d.AddText(key, before.Get(key), after.Get(key))
	} else {
		d.Add(key, before.Get(key), after.Get(key))
	}
	return d
}

func prefixed(prefix string, d audit.Diff) audit.Diff {
	for i := range d {
		d[i].Field = prefix + d[i].Field
	}
	return d
}
