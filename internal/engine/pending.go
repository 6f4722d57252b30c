package engine

import (
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/store"
)

// maxPending is how many pending OTPs a number's row names. The row is read and written by every send to the number, so
// a caller that makes up purposes must not make it grow. What is not named any more can still be verified, and sent again
// by its id.
const maxPending = 25

// findPending finds the OTP that a send with the template and purpose continues.
func findPending(list []store.Pending, template, purpose string, now time.Time) (store.Pending, bool) {
	for _, p := range list {
		if p.Template == template && p.Purpose == purpose && now.Before(p.ExpiresAt) {
			return p, true
		}
	}
	return store.Pending{}, false
}

// notePending makes p the OTP of its template and purpose, drops what has expired, and beyond maxPending what was noted
// first.
func notePending(list []store.Pending, p store.Pending, now time.Time) []store.Pending {
	out := make([]store.Pending, 0, len(list)+1)
	for _, old := range list {
		same := old.Template == p.Template && old.Purpose == p.Purpose
		if !same && old.OTP != p.OTP && now.Before(old.ExpiresAt) {
			out = append(out, old)
		}
	}
	out = append(out, p)

	return slices.Clone(out[max(0, len(out)-maxPending):])
}

// pending finds the OTP that this send would send again: the one that it names, or that of its template and purpose.
func (s *otpSend) pending(tx *store.Tx, contact store.Contact, now time.Time) (o store.OTP, found bool, err error) {
	k := store.OTPKey(s.caller.Account, s.r.only)
	keys := []store.Key{k}
	if s.r.only.IsZero() {
		p, ok := findPending(contact.Pending, s.r.Template, s.r.Purpose, now)
		if !ok {
			return o, false, nil
		}
		k = store.OTPKey(s.caller.Account, p.OTP)
		keys = []store.Key{k, store.MessageKey(s.caller.Account, p.Message)} // whose plan ends, so load both at once
	}

	if !tx.Has(k) {
		return o, false, store.Need(keys...)
	}
	o, found = store.Get[store.OTP](tx, k)

	return o, found && o.Pending(o.At(now, s.era)), nil
}

// limited refuses a send within the number's gaps or limits. It names the OTP that waits for its code meanwhile, so that
// an application which lost its id can go on with it.
func (s *otpSend) limited(tx *store.Tx, contact store.Contact, r guard.Refusal, now time.Time) error {
	o, found, err := s.pending(tx, contact, now)
	if err != nil {
		return err
	}

	s.refused = fault.Limited(r.Limit, r.Name, r.After, "too many codes were sent to this number; wait for the time in Retry-After")
	if found {
		s.refused.Details.OTPID = o.ID.String()
	}

	return nil
}
