package engine

import (
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/store"
)

// maxPending is how many pending OTPs a number's row lists. Every send to the number reads and writes the row, so a
// caller that invents purposes must not make it grow. An OTP that is not listed any more can be verified, and sent
// again by its id.
const maxPending = 25

// findPending finds the OTP that a send with the template and purpose repeats.
func findPending(list []store.Pending, template, purpose string, now time.Time) (store.Pending, bool) {
	for _, p := range list {
		if p.Template == template && p.Purpose == purpose && now.Before(p.ExpiresAt) {
			return p, true
		}
	}
	return store.Pending{}, false
}

// notePending makes p the OTP of its template and purpose, and drops expired ones and, beyond maxPending, the oldest.
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

// pending finds the OTP that this send would repeat: the one of a resend, or that of its template and purpose.
func (s *otpSend) pending(tx *store.Tx, contact store.Contact, now time.Time) (o store.OTP, found bool, err error) {
	k := store.OTPKey(s.caller.Account, s.r.resendOf)
	keys := []store.Key{k}
	if s.r.resendOf.IsZero() {
		p, ok := findPending(contact.Pending, s.r.Template, s.r.Purpose, now)
		if !ok {
			return o, false, nil
		}
		k = store.OTPKey(s.caller.Account, p.OTP)
		keys = []store.Key{k, store.MessageKey(s.caller.Account, p.Message)} // its plan will end, so load both now
	}

	if !tx.MayUse(k) {
		return o, false, store.Need(keys...)
	}
	o, found = store.Get[store.OTP](tx, k)

	return o, found && o.Pending(o.At(now, s.era)), nil
}

// limited refuses a send within the number's gaps or limits. The fault names the pending OTP, so that an application
// that lost its id can use it.
func (s *otpSend) limited(tx *store.Tx, contact store.Contact, r guard.Refusal, now time.Time) error {
	o, found, err := s.pending(tx, contact, now)
	if err != nil {
		return err
	}

	s.refused = fault.Limited(r.Limit, r.Name, r.After,
		"too many codes were sent to this number; wait as long as Retry-After says")
	if found {
		s.refused.Details.OTPID = o.ID.String()
	}

	return nil
}
