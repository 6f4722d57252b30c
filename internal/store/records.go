package store

import (
	"encoding/binary"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/clock"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/ledger"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/optout/keyword"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/secret"
)

// Record is one row. Records are values: whoever changes a slice in one replaces the slice.
type Record interface {
	Key() Key
	encode(e *encoder)
}

// Account is an account's row.
type Account struct{ account.Account }

// Key names the row.
func (a Account) Key() Key { return AccountKey(a.ID) }

// Post moves credits by one entry, which gets the account's next number. It is false, and nothing changes, when the
// balance does not allow it. Both rows have to be stored.
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

// APIKey is an API key's row.
type APIKey struct{ API account.Key }

// Key names the row.
func (k APIKey) Key() Key { return APIKeyKey(k.API.ID) }

// Contact is what is known of a number in an account and mode: its send log, its guess budget, its pending OTPs and its
// opt-out. One row for all, so that a send loads one row.
type Contact struct {
	Account id.Account
	ID      ContactID
	Mode    id.Mode
	Number  []byte // sealed
	// Sends are the codes that may have reached the phone, Copies the submits that repeated one. Both count in the limits
	// of the number, Sends alone in the gaps.
	Sends  []time.Time
	Copies []time.Time
	Wrongs []time.Time
	// Era tells by which setting of the clock Sends and Wrongs were written, see Settle.
	Era     clock.Era
	Pending []Pending
	OptOut  OptOut
	// LastSentVia lists the carriers that the account last sent to the number over: it is how an answer finds the account.
	LastSentVia []message.SentVia
	// Acknowledged lists the keywords that the phone was answered about.
	Acknowledged []keyword.Acknowledged
}

// Settle makes the logs ready to be compared with the time, see guard.Settle; changed says that they have to be stored.
// Whoever adds to them settles them before.
func (c Contact) Settle(now time.Time, era clock.Era) (out Contact, changed bool) {
	by, _ := c.Era.Until(era)
	sends, moved := guard.Settle(c.Sends, by, now)
	wrongs, moved2 := guard.Settle(c.Wrongs, by, now)
	copies, moved3 := guard.Settle(c.Copies, by, now)
	c.Sends, c.Wrongs, c.Copies, c.Era = sends, wrongs, copies, era

	return c, moved || moved2 || moved3
}

// Pending is an OTP that a second send for the same template and purpose continues.
type Pending struct {
	Template  string
	Purpose   string
	OTP       id.OTP
	Message   id.Message
	ExpiresAt time.Time
}

// OptOut says that a number wants no messages; the zero value says nothing.
type OptOut struct {
	Source  string // "keyword", "api", "carrier"
	Keyword string
	At      time.Time
}

// Key names the row.
func (c Contact) Key() Key { return ContactKey(c.Account, c.ID) }

// OTP is a verification's row.
type OTP struct {
	otp.OTP
	Contact  ContactID
	KeyID    secret.KeyID // the master key that the code is derived under
	Number   []byte       // sealed
	Metadata []byte       // JSON object, nil when there is none
	Counted  []Counted
	Sequence int // of the last event that was told of it
}

// Key names the row.
func (o OTP) Key() Key { return OTPKey(o.Account, o.ID) }

// Message is a message's row.
type Message struct {
	message.Message
	Contact     ContactID
	Number      []byte // sealed
	Body        []byte // sealed; nil for an OTP's message, whose text is made anew each time
	From        string
	Locale      string
	Metadata    []byte
	CallbackURL string
	Sequence    int // of the last event that was told of it
	// Era tells by which setting of the clock DueAt and Deadline were written.
	Era clock.Era
	// SandboxAt is the real time at which a message of the sandbox was made: its rows are removed by it, whatever the
	// sandbox's own clock says. It is zero for live messages.
	SandboxAt time.Time
}

// Key names the row.
func (m Message) Key() Key { return MessageKey(m.Account, m.ID) }

// Idempotency is what is remembered of a request with an Idempotency-Key.
type Idempotency struct {
	Account     id.Account
	MAC         []byte // of mode and key
	Fingerprint []byte // of method, path and body
	// OTP or Message is what the request made, for an answer that was lost in a crash.
	OTP     id.OTP
	Message id.Message
	// Owner is the epoch of the node that works on the request; Status is 0 until the answer is known.
	Owner     int64
	Status    int
	Answer    []byte // sealed
	CreatedAt time.Time
	EndsAt    time.Time // from then on the key is as good as new
}

// Key names the row.
func (i Idempotency) Key() Key { return IdempotencyKey(i.Account, i.MAC) }

// Entry is a ledger entry's row.
type Entry struct{ ledger.Entry }

// Key names the row.
func (x Entry) Key() Key {
	return Key{Table: TableEntry, Account: x.Account, ID: string(binary.BigEndian.AppendUint64(nil, uint64(x.Seq)))}
}

// Inbox is one text that the sandbox's phone shows.
type Inbox struct {
	Account id.Account
	ID      id.Message // made for the row, orders the inbox
	Contact ContactID
	Number  []byte // sealed
	Channel message.Channel
	Body    []byte // sealed
	At      time.Time
	// SandboxAt is the real time for At.
	SandboxAt time.Time
}

// Key names the row.
func (i Inbox) Key() Key { return Key{Table: TableInbox, Account: i.Account, ID: string(i.ID[:])} }

// Ref leads from the ids that a carrier gave to the parts of messages that they stand for. The ids of one row are alike:
// they differ in what carriers themselves do not keep apart.
type Ref struct {
	Carrier   string
	ID        string     // what the entries' ids have in common
	Entries   []RefEntry // the oldest first
	CreatedAt time.Time  // of the newest entry
}

// RefEntry is one id of a carrier's. A receipt that comes before the carrier's answer is kept as an orphan: Message is zero
// and Kind says what it told.
type RefEntry struct {
	ID        string // exactly as the carrier wrote it
	Account   id.Account
	Message   id.Message
	Attempt   int
	Part      int
	Kind      message.Kind // of an orphan
	Reason    message.Reason
	Code      string
	CreatedAt time.Time
}

// Orphan reports whether it is a receipt without a message.
func (e RefEntry) Orphan() bool { return e.Message.IsZero() }

// Key names the row.
func (r Ref) Key() Key { return RefKey(r.Carrier, r.ID) }

// Meta is a value of the database's own: the wrapped index key, the epoch.
type Meta struct {
	Name  string
	Value []byte
}

// Key names the row.
func (m Meta) Key() Key { return MetaKey(m.Name) }
