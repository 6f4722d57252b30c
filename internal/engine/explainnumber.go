package engine

import (
	"context"
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/store"
)

const (
	// explainSince is how far back a number is explained.
	explainSince = 24 * time.Hour
	// explainPages bounds what is read: a list has no index by number, and each page reads up to a thousand rows.
	explainPages = 10
	explainRows  = 100
	// nearSend is how near to a time of the number's log of sends a code was made.
	nearSend = 2 * time.Second
)

// ExplainedNumber is a number with its report.
type ExplainedNumber struct {
	Number  phone.Number
	Country string
	Since   time.Time
	NumberReport
}

// ExplainNumber says what happened to a number in the last 24 hours, from the request to the receipt.
func (e *Engine) ExplainNumber(ctx context.Context, c account.Caller, text string) (out ExplainedNumber, err error) {
	n, err := phone.ParseFormat(text)
	if err != nil {
		return out, fault.Number("number", err)
	}

	k := store.ContactKey(c.Account, e.query.Contact(c.Mode, n))
	rows, err := e.store.Find(ctx, k, store.AccountKey(c.Account))
	if err != nil {
		return out, err
	}
	contact, _ := store.Get[store.Contact](rows, k)
	reading := e.dispatch.Clock.Read()
	contact, _ = contact.CorrectTimes(reading.Now, reading.Era)

	f := NumberFacts{
		OptOut: contact.OptOut, OptOutBlocksOTP: c.Settings.OptOutBlocksOTP,
		Now: query.Clock(rows, c.Account, c.Mode, reading.Now),
	}
	f.Since = f.Now.Add(-explainSince)
	if c.Mode == id.Live {
		if r, hit := guard.Spent(contact.FailedGuesses, guard.GuessRates, reading.Now); hit {
			f.GuessLimit = &r
		}
	}
	if err := e.readNumber(ctx, c, n, contact.Sends, &f); err != nil {
		return out, err
	}
	if f.Next, err = e.trySend(ctx, c, e.nextRequest(c.Mode, n, f.OTPs)); err != nil {
		return out, err
	}
	if f.Troubles, err = e.troubles(ctx, c); err != nil {
		return out, err
	}

	return ExplainedNumber{n, phone.Locate(n).Country, f.Since, f.Explain()}, nil
}

// readNumber reads the codes and texts of a number. Of an account with very many codes it reads the newest, and those
// that were made when the number's log of sends says so.
func (e *Engine) readNumber(ctx context.Context, c account.Caller, n phone.Number, sends []time.Time, f *NumberFacts,
) error {
	all := query.Filter{To: n, From: f.Since}
	var err error
	f.OTPs, f.Partial, err = pages(all, func(q query.Filter, below [16]byte) ([]query.OTP, [16]byte, error) {
		return e.query.ListOTPs(ctx, c, q, below, explainRows)
	})
	if err != nil {
		return err
	}

	for _, at := range sends {
		if !f.Partial || at.Before(f.Since) {
			continue
		}
		near := query.Filter{To: n, From: at.Add(-nearSend), Before: at.Add(nearSend)}
		more, _, err := pages(near, func(q query.Filter, below [16]byte) ([]query.OTP, [16]byte, error) {
			return e.query.ListOTPs(ctx, c, q, below, explainRows)
		})
		if err != nil {
			return err
		}
		f.OTPs = append(f.OTPs, more...)
	}
	slices.SortFunc(f.OTPs, func(a, b query.OTP) int { return a.CreatedAt.Compare(b.CreatedAt) })
	f.OTPs = slices.CompactFunc(f.OTPs, func(a, b query.OTP) bool { return a.ID == b.ID })

	var partial bool
	f.Texts, partial, err = pages(all, func(q query.Filter, below [16]byte) ([]query.Message, [16]byte, error) {
		return e.query.ListMessages(ctx, c, q, below, explainRows)
	})
	f.Partial = f.Partial || partial
	slices.Reverse(f.Texts)

	return err
}

// pages reads a list until its end, or until enough was read; partial says that more may follow.
func pages[R any](q query.Filter, read func(query.Filter, [16]byte) ([]R, [16]byte, error)) (out []R, partial bool, err error) {
	var below [16]byte
	for range explainPages {
		list, next, err := read(q, below)
		if err != nil {
			return nil, false, err
		}
		if out = append(out, list...); next == ([16]byte{}) {
			return out, false, nil
		}
		if below = next; len(out) >= explainRows {
			return out, true, nil
		}
	}

	return out, true, nil
}
