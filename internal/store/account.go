package store

import (
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/ledger"
	"github.com/syssecure/syssecure/internal/wire"
)

// Account is an account's row.
type Account struct{ account.Account }

// AccountKey names an account.
func AccountKey(a id.Account) Key { return Key{Table: TableAccount, Account: a} }

// Key names the row.
func (a Account) Key() Key { return AccountKey(a.ID) }

func (a Account) encode(c *wire.Coder) { a.fields(c) }

func (a *Account) fields(c *wire.Coder) {
	wire.IDColumn(c, &a.ID)
	c.TextColumn(&a.Name)
	wire.IntColumn(c, &a.Balance.Credits)
	wire.IntColumn(c, &a.Balance.Held)
	c.DurationColumn(&a.SandboxOffset, time.Microsecond)
	c.Data(&a.Extra, func(c *wire.Coder) {
		wire.Int(c, 1, &a.Entries)
		wire.Group(c, 2, &a.Settings.Live, settingsFields, &a.Settings.Live.Extra)
		wire.Group(c, 3, &a.Settings.Test, settingsFields, &a.Settings.Test.Extra)
		c.Blob(4, &a.CallbackSecret)
		c.Blob(5, &a.TestCallbackSecret)
		c.Duration(6, &a.SandboxGoal, time.Microsecond)
		c.Time(7, &a.CreatedAt)
		c.Time(8, &a.Watch.Hour)
		c.Time(9, &a.Watch.Day)
		wire.Int(c, 10, &a.Watch.InHour)
		wire.Int(c, 11, &a.Watch.InDay)
		wire.List(c, 12, &a.Watch.Countries, countryFields, nil)
		wire.Int(c, 13, &a.Watch.LowReported)
	})
}

func settingsFields(c *wire.Coder, s *account.Settings) {
	wire.Text(c, 1, &s.Name)
	wire.Text(c, 2, &s.DefaultLocale)
	wire.Text(c, 3, &s.Origin)
	wire.Text(c, 4, &s.AppHash)
	wire.Text(c, 5, &s.From)
	wire.Text(c, 6, &s.OnUnknown)
	c.Bool(7, &s.MaskNumbers)
	c.Bool(8, &s.OptOutBlocksOTP)
	c.Bool(9, &s.OptOutReplies)
	wire.Text(c, 10, &s.HelpText)
	wire.Int(c, 11, &s.CreditsLow)
	wire.Int(c, 12, &s.SpendCapHour)
	wire.Int(c, 13, &s.SpendCapDay)
	wire.Text(c, 14, &s.SpendCapCountries)
	c.Bool(15, &s.SmartEncoding)
}

func countryFields(c *wire.Coder, s *ledger.CountrySpend) {
	wire.Text(c, 1, &s.Country)
	wire.Int(c, 2, &s.Spent)
}

// Post moves credits by one entry, which gets the account's next number. It returns false, and changes nothing, when
// the balance does not allow it. The caller stores both rows.
func (a Account) Post(kind ledger.Kind, amount int64, m id.Message, now time.Time) (Account, Entry, bool) {
	balance, entry, ok := ledger.Post(a.Balance, kind, amount)
	if !ok {
		return a, Entry{}, false
	}

	a.Balance = balance
	a.Watch, _ = ledger.Low(a.Watch, kind, balance.Credits, a.Settings.Live.CreditsLow)
	a.Entries++
	entry.Account, entry.Seq, entry.Message, entry.At = a.ID, a.Entries, m, now

	return a, Entry{Entry: entry}, true
}

// WentLow reports whether the credits fell below the account's threshold since before, and that was not reported yet.
func (a Account) WentLow(before Account) bool {
	return a.Watch.LowReported != 0 && a.Watch.LowReported != before.Watch.LowReported
}

// APIKey is an API key's row.
type APIKey struct{ API account.Key }

// APIKeyKey names an API key by its public id.
func APIKeyKey(keyID string) Key { return Key{Table: TableAPIKey, ID: keyID} }

// Key names the row.
func (k APIKey) Key() Key { return APIKeyKey(k.API.ID) }

func (k APIKey) encode(c *wire.Coder) { k.fields(c) }

func (k *APIKey) fields(c *wire.Coder) {
	c.TextColumn(&k.API.ID)
	wire.IDColumn(c, &k.API.Account)
	c.Data(&k.API.Extra, func(c *wire.Coder) {
		wire.Int(c, 1, &k.API.Mode)
		c.Blob(2, &k.API.MAC)
		wire.Texts(c, 3, &k.API.Scopes)
		c.Time(4, &k.API.CreatedAt)
		c.Time(5, &k.API.ExpiresAt)
		c.Time(6, &k.API.RevokedAt)
		wire.Text(c, 7, &k.API.Name)
		wire.Text(c, 8, &k.API.CreatedBy)
		c.Time(9, &k.API.UsedAt)
		wire.Text(c, 10, &k.API.UsedFrom)
	})
}
