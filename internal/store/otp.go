package store

import (
	"github.com/syssecure/syssecure/internal/extra"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/wire"
)

// OTP is a verification's row.
type OTP struct {
	otp.OTP
	Contact  ContactID
	KeyID    secret.KeyID // the master key that the code is derived under
	Number   []byte       // sealed
	Metadata []byte       // JSON object, nil when there is none
	Counted  []Counted
	Sequence int // of its newest event
	Extra    extra.Fields
}

// OTPKey names an OTP.
func OTPKey(a id.Account, o id.OTP) Key { return accountKey(TableOTP, a, o) }

// Key names the row.
func (o OTP) Key() Key { return OTPKey(o.Account, o.ID) }

func (o OTP) encode(c *wire.Coder) { o.fields(c) }

func (o *OTP) fields(c *wire.Coder) {
	wire.IDColumn(c, &o.Account)
	wire.IDColumn(c, &o.ID)
	wire.IntColumn(c, &o.Mode)
	wire.IDColumn(c, &o.Contact)
	wire.IntColumn(c, &o.Status)
	c.TimeColumn(&o.ExpiresAt)
	c.Data(&o.Extra, func(c *wire.Coder) {
		wire.Int(c, 1, &o.KeyID)
		c.Blob(2, &o.Number)
		wire.Text(c, 3, &o.Template)
		wire.Text(c, 4, &o.Purpose)
		wire.Int(c, 5, &o.Length)
		wire.Int(c, 6, &o.MaxAttempts)
		wire.Int(c, 7, &o.FailedGuesses)
		wire.IDs(c, 8, &o.Messages)
		c.Blob(9, &o.Metadata)
		c.Time(10, &o.CreatedAt)
		c.Time(11, &o.VerifiedAt)
		wire.List(c, 12, &o.Counted, countedFields, nil)
		wire.Int(c, 13, &o.Sequence)
		c.Era(14, &o.Era) // and 15
		c.Bool(16, &o.TestNumber)
	})
}

func countedFields(c *wire.Coder, v *Counted) {
	wire.Text(c, 1, &v.Limit)
	wire.ID(c, 2, &v.ID)
}
