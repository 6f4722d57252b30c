package store

import (
	"time"

	"github.com/syssecure/syssecure/internal/clock"
	"github.com/syssecure/syssecure/internal/extra"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/optout/keyword"
	"github.com/syssecure/syssecure/internal/wire"
)

// ContactID is the index value of (mode, number) within an account: a keyed MAC, cut to 128 bits.
type ContactID [16]byte

// Contact is what is stored of a number in an account and mode: its sends, failed guesses, pending OTPs and opt-out.
// All are in one row, so that a send loads one row.
type Contact struct {
	Account id.Account
	ID      ContactID
	Mode    id.Mode
	Number  []byte // sealed
	// Phone is the number of the person whose id Number is (phone.ParseUser), sealed; nil when it is not known.
	Phone []byte
	// Sends are the codes that may have reached the phone, Copies the submits that repeated one. Both count for the
	// limits of the number, but only Sends for the gaps.
	Sends         []time.Time
	Copies        []time.Time
	FailedGuesses []time.Time
	// Era says by which setting of the clock Sends and FailedGuesses were written, see CorrectTimes.
	Era     clock.Era
	Pending []Pending
	OptOut  OptOut
	// LastSentVia lists the carriers that the account last sent to the number over. They lead a reply to
	// the account.
	LastSentVia []message.SentVia
	// Acknowledged lists the keywords that were answered.
	Acknowledged []keyword.Acknowledged
	Extra        extra.Fields
}

// Pending is an OTP that a second send for the same template and purpose continues.
type Pending struct {
	Template  string
	Purpose   string
	OTP       id.OTP
	Message   id.Message
	ExpiresAt time.Time
	Extra     extra.Fields
}

// OptOut says that a number wants no messages. The zero value is no opt-out.
type OptOut struct {
	Source  string // "keyword", "api", "carrier"
	Keyword string
	At      time.Time
}

// ContactKey names a contact.
func ContactKey(a id.Account, c ContactID) Key { return accountKey(TableContact, a, c) }

// Key names the row.
func (c Contact) Key() Key { return ContactKey(c.Account, c.ID) }

// CorrectTimes makes the times comparable with now, see guard.CorrectTimes; changed says that they have to be stored. It has to be
// called before times are added.
func (c Contact) CorrectTimes(now time.Time, era clock.Era) (out Contact, changed bool) {
	by, _ := c.Era.ShiftTo(era)
	sends, moved := guard.CorrectTimes(c.Sends, by, now)
	guesses, moved2 := guard.CorrectTimes(c.FailedGuesses, by, now)
	copies, moved3 := guard.CorrectTimes(c.Copies, by, now)
	c.Sends, c.FailedGuesses, c.Copies, c.Era = sends, guesses, copies, era

	return c, moved || moved2 || moved3
}

func (c Contact) encode(to *wire.Coder) { c.fields(to) }

func (c *Contact) fields(to *wire.Coder) {
	wire.IDColumn(to, &c.Account)
	wire.IDColumn(to, &c.ID)
	wire.IntColumn(to, &c.Mode)
	to.TimeColumn(&c.OptOut.At)
	to.Data(&c.Extra, func(to *wire.Coder) {
		to.Blob(1, &c.Number)
		to.Times(2, &c.Sends)
		to.Times(3, &c.Copies)
		to.Times(4, &c.FailedGuesses)
		to.Era(5, &c.Era) // and 6
		wire.List(to, 7, &c.Pending, pendingFields, func(p *Pending) *extra.Fields { return &p.Extra })
		wire.Text(to, 8, &c.OptOut.Source)
		wire.Text(to, 9, &c.OptOut.Keyword)
		wire.List(to, 10, &c.LastSentVia, sentViaFields, nil)
		wire.List(to, 11, &c.Acknowledged, acknowledgedFields, nil)
		to.Blob(12, &c.Phone)
	})
}

func pendingFields(c *wire.Coder, p *Pending) {
	wire.Text(c, 1, &p.Template)
	wire.Text(c, 2, &p.Purpose)
	wire.ID(c, 3, &p.OTP)
	wire.ID(c, 4, &p.Message)
	c.Time(5, &p.ExpiresAt)
}

func sentViaFields(c *wire.Coder, s *message.SentVia) {
	wire.Text(c, 1, &s.Carrier)
	c.Time(2, &s.At)
}

func acknowledgedFields(c *wire.Coder, a *keyword.Acknowledged) {
	wire.Int(c, 1, &a.Kind)
	c.Time(2, &a.At)
}
