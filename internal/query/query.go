// Package query reads verifications, messages and inbound messages as their account sees them, one by one and in lists.
//
// It writes nothing, and an Update reads its rows again. A page of a list ends after a bounded number of rows, whatever
// the filter, and says where the next begins (list.go).
package query

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/clock"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
)

// Query reads. It is safe for concurrent use.
type Query struct {
	store *store.Store
	keys  *secret.Keyring
	index secret.IndexKey
	clock *clock.Clock
	// sender returns a carrier's own sender, for messages that name none.
	sender func(mode id.Mode, carrier string) string
}

// New makes a Query.
func New(s *store.Store, keys *secret.Keyring, index secret.IndexKey, clk *clock.Clock,
	sender func(id.Mode, string) string,
) *Query {
	return &Query{store: s, keys: keys, index: index, clock: clk, sender: sender}
}

// Contact is the index value of a number: the same for all numbers of one subscriber.
func (q *Query) Contact(mode id.Mode, n phone.Number) store.ContactID {
	mac := q.index.MAC([]byte{byte(mode)}, []byte(phone.Subscriber(n)))
	return store.ContactID(mac[:16])
}

// Number decrypts the sealed number of a row.
func (q *Query) Number(k store.Key, sealed []byte) (phone.Number, error) {
	b, err := q.keys.Open(sealed, k.Location("number"))
	return phone.Number(b), err
}

// Clock is the time in an account and mode: the real one, or the sandbox's. For the sandbox, rows must hold the
// account.
func Clock(rows store.Getter, a id.Account, mode id.Mode, real time.Time) time.Time {
	if mode != id.Test {
		return real
	}
	row, _ := store.Get[store.Account](rows, store.AccountKey(a))
	return real.Add(row.SandboxOffset)
}

// OTP is a verification with its messages, oldest first.
type OTP struct {
	store.OTP
	Sent []store.Message
	To   phone.Number
	Now  time.Time // by the caller's clock, see otp.OTP.At
}

// State is the published status: how the verification ended, or else the best status of its messages.
func (o OTP) State() string {
	switch {
	case o.Status == otp.Verified:
		return "verified"
	case o.Status == otp.Canceled:
		return "canceled"
	case o.Status == otp.Failed:
		return "failed"
	case o.Status == otp.Expired, !o.Now.Before(o.ExpiresAt) && !o.undecided():
		return "expired"
	}

	best := "pending"
	for _, m := range o.Sent {
		switch m.State {
		case message.Delivered, message.Read:
			return "delivered"
		case message.Sent:
			best = "sent"
		default:
		}
	}

	return best
}

// undecided reports whether a code that is no longer valid has only messages that no carrier accepted, and one that may still
// be. Its sweep will find that the code failed, or that it expired; until then neither is shown, because states do not change
// after their end.
func (o OTP) undecided() bool {
	waits := false
	for _, m := range o.Sent {
		switch m.State {
		case message.Pending:
			waits = true
		case message.Sent, message.Delivered, message.Read:
			return false
		default:
		}
	}

	return waits && o.Status == otp.Open
}

// Channel is the channel of the last message.
func (o OTP) Channel() message.Channel { return o.shownStep().Channel }

// Carrier is the carrier of the last message, by its name in the configuration; empty for a code of which no message
// was sent.
func (o OTP) Carrier() string { return o.shownStep().Carrier }

// shownStep is the step that the last message shows.
func (o OTP) shownStep() (s message.Step) {
	if n := len(o.Sent); n > 0 {
		s = o.Sent[n-1].ShownStep()
	}
	return s
}

// GetOTP reads a verification, without its code.
func (q *Query) GetOTP(ctx context.Context, c account.Caller, o id.OTP) (out OTP, err error) {
	k := store.OTPKey(c.Account, o)
	find := func(keys ...store.Key) (store.Rows, error) { return q.store.Find(ctx, keys...) }
	rows, err := find(k, store.AccountKey(c.Account))
	if err != nil {
		return out, err
	}

	row, found := store.Get[store.OTP](rows, k)
	if !found || row.Mode != c.Mode {
		return out, fault.NoSuch("OTP")
	}

	return q.withMessages(find, rows, row)
}

// withMessages adds a verification's messages, number and time.
func (q *Query) withMessages(load func(...store.Key) (store.Rows, error), account store.Rows,
	row store.OTP,
) (OTP, error) {
	r := q.clock.Read()
	out := OTP{OTP: row, Now: row.At(Clock(account, row.Account, row.Mode, r.Now), r.Era)}
	var keys []store.Key
	for _, m := range row.Messages {
		keys = append(keys, store.MessageKey(row.Account, m))
	}

	rows, err := load(keys...)
	if err != nil {
		return out, err
	}

	for _, k := range keys {
		if m, ok := store.Get[store.Message](rows, k); ok {
			out.Sent = append(out.Sent, m)
		}
	}
	out.To, err = q.Number(row.Key(), row.Number)

	return out, err
}
