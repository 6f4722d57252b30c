package engine

import (
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
)

// keyedLimit is a limit that applies to a send, with the key of its row.
type keyedLimit struct {
	guard.Keyed
	key store.Key
}

func (e *Engine) quotaID(limit, value string) store.QuotaID {
	mac := e.dispatch.Config.Index.MAC([]byte("limit"), []byte(limit), []byte(value))
	return store.QuotaID(mac[:16])
}

// findLimits finds the limits that apply to a send. Test numbers have none, and the sandbox only those of its numbers.
func (s *otpSend) findLimits() {
	limits := s.e.limits.Keyed
	if s.caller.Mode != id.Live || s.toTestNumber || len(limits) == 0 {
		return
	}

	if !s.r.resendOf.IsZero() {
		s.findLimitsOfResend(limits)
		return
	}

	address := ""
	if s.r.ClientIP != "" {
		address, _ = guard.Address(s.r.ClientIP) // Check has checked it
	}

	values := guard.Values{Account: s.caller.Account.String(), ClientIP: address, Metadata: s.r.Metadata}.Of(limits)
	for i, l := range limits {
		if values[i] == "" || len(l.Max) == 0 {
			continue
		}
		q := s.e.quotaID(l.Name, values[i])
		s.limits = append(s.limits, keyedLimit{l, store.QuotaKey(s.caller.Account, q)})
		s.countedBy = append(s.countedBy, store.Counted{Limit: l.Name, ID: q})
	}
}

// findLimitsOfResend finds the limits of a resend: those that applied when the OTP was made. The request of a resend has
// no client_ip, and would otherwise bypass the limit.
func (s *otpSend) findLimitsOfResend(limits []guard.Keyed) {
	for _, c := range s.r.countedBy {
		i := slices.IndexFunc(limits, func(l guard.Keyed) bool { return l.Name == c.Limit && len(l.Max) > 0 })
		if i >= 0 {
			s.limits = append(s.limits, keyedLimit{limits[i], store.QuotaKey(s.caller.Account, c.ID)})
		}
	}
}

// quotaKeys are the keys of the limits' rows.
func (s *otpSend) quotaKeys() (keys []store.Key) {
	for _, c := range s.limits {
		keys = append(keys, c.key)
	}
	return keys
}

// admit applies the limits. It returns the rows to write when the send is allowed, or the refusal.
func (s *otpSend) admit(tx *store.Tx, now time.Time) (rows []store.Quota, refusal *fault.Fault) {
	worst := guard.Refusal{}
	for _, c := range s.limits {
		row, _ := store.Get[store.Quota](tx, c.key)
		row.Account = c.key.Account
		copy(row.ID[:], c.key.ID)
		by, _ := row.Era.ShiftTo(s.era)
		settled, changed := guard.CorrectCounted(row.Counted, by, now)
		row.Counted, row.Era = settled, s.era
		row.EndsAt = now.Add(c.Window()).Truncate(time.Hour).Add(time.Hour)
		if changed {
			tx.Put(row) // also when the send is refused
		}

		country := ""
		if c.Count == guard.CountCountries {
			country = s.area.Country
		}

		sends, r, ok := c.Admit(row.Counted, country, now)
		if !ok && r.After > worst.After {
			worst = r
		}
		row.Counted = sends
		rows = append(rows, row)
	}
	if worst.After > 0 {
		return nil, fault.Limited(worst.Limit, worst.Name, worst.After,
			"the limit %q (%s) is reached; wait as long as Retry-After says", worst.Name, worst.Limit)
	}

	return rows, nil
}
