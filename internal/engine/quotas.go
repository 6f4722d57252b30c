package engine

import (
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
)

// counted is one limit that a send is counted by.
type counted struct {
	guard.Keyed
	key store.Key
}

func (e *Engine) quotaID(limit, value string) store.QuotaID {
	mac := e.dispatch.Config.Index.MAC([]byte("limit"), []byte(limit), []byte(value))
	return store.QuotaID(mac[:16])
}

// findLimits finds the limits that a send falls under. A request without their values costs nothing more, test
// numbers have no limits, and the sandbox none but those of its numbers.
func (s *otpSend) findLimits() {
	limits := s.e.limits.Keyed
	if s.caller.Mode != id.Live || s.test || len(limits) == 0 {
		return
	}

	if !s.r.only.IsZero() {
		s.recount(limits)
		return
	}

	address := ""
	if s.r.ClientIP != "" {
		address, _ = guard.Address(s.r.ClientIP) // Check has read it
	}

	values := guard.Values{Account: s.caller.Account.String(), ClientIP: address, Metadata: s.r.Metadata}.Of(limits)
	for i, l := range limits {
		if values[i] == "" || len(l.Max) == 0 {
			continue
		}
		q := s.e.quotaID(l.Name, values[i])
		s.counted = append(s.counted, counted{l, store.QuotaKey(s.caller.Account, q)})
		s.noted = append(s.noted, store.Counted{Limit: l.Name, ID: q})
	}
}

// recount finds the limits of an OTP that is sent again by its id: the same as when it was made. Its request names no
// client_ip, and would otherwise go round the limit.
func (s *otpSend) recount(limits []guard.Keyed) {
	for _, c := range s.r.counted {
		i := slices.IndexFunc(limits, func(l guard.Keyed) bool { return l.Name == c.Limit && len(l.Max) > 0 })
		if i >= 0 {
			s.counted = append(s.counted, counted{limits[i], store.QuotaKey(s.caller.Account, c.ID)})
		}
	}
}

// quotaKeys names the rows of the limits.
func (s *otpSend) quotaKeys() (keys []store.Key) {
	for _, c := range s.counted {
		keys = append(keys, c.key)
	}
	return keys
}

// admit asks the limits. It gives the rows to write when the send is carried out, or the refusal.
func (s *otpSend) admit(tx *store.Tx, now time.Time) (rows []store.Quota, refusal *fault.Fault) {
	worst := guard.Refusal{}
	for _, c := range s.counted {
		row, _ := store.Get[store.Quota](tx, c.key)
		row.Account = c.key.Account
		copy(row.ID[:], c.key.ID)
		by, _ := row.Era.Until(s.era)
		settled, changed := guard.SettleCounted(row.Counted, by, now)
		row.Counted, row.Era = settled, s.era
		row.EndsAt = now.Add(c.Window()).Truncate(time.Hour).Add(time.Hour)
		if changed {
			tx.Put(row) // also when the send is refused
		}

		country := ""
		if c.Count == guard.CountCountries {
			country = s.area.Country
		}

		marks, r, ok := c.Admit(row.Counted, country, now)
		if !ok && r.After > worst.After {
			worst = r
		}
		row.Counted = marks
		rows = append(rows, row)
	}
	if worst.After > 0 {
		return nil, fault.Limited(worst.Limit, worst.Name, worst.After,
			"the limit %q lets %s through; wait for the time in Retry-After", worst.Name, worst.Limit)
	}

	return rows, nil
}
