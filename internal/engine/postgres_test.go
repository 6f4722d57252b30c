package engine_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store/postgres/pgtest"
	"github.com/syssecure/syssecure/internal/testworld"
)

// A send and its verification cost a few statements, because 64 clients share those of their groups: reads outside of a
// group, begins and commits are counted too.
func TestPostgres_StatementsOfPair(t *testing.T) {
	t.Parallel()
	const clients, pairs, most = 64, 2000, 8
	b := testworld.OpenPostgres(t, pgtest.URL(t))
	var codes sync.Map
	sms := testworld.NewCarrier("smsc", message.SMS)
	var ids atomic.Int64
	sms.Script(func(_ context.Context, m carrier.Message) carrier.Result {
		codes.Store(m.To.E164(), m.Code)
		return carrier.Result{Outcome: carrier.Accepted, IDs: []string{fmt.Sprint(ids.Add(1))}}
	})

	w := testworld.New(t, testworld.Options{
		Backend: b, Carriers: []carrier.Carrier{sms}, Prices: prices, Credits: 1 << 40,
	})
	before := b.Statements()
	var next atomic.Int64
	together(clients, func(int) {
		for i := next.Add(1); i <= pairs; i = next.Add(1) {
			s, _, err := w.SendOTP(t.Context(), w.Live, testworld.To(testworld.Number(int(i))), nil)
			if err != nil {
				t.Error(err)
				return
			}

			code, _ := codes.Load(s.To.E164())
			v, _, err := w.VerifyOTP(t.Context(), w.Live, s.OTP.ID, code.(secret.String), nil)
			if err != nil || v.Result != otp.Valid {
				t.Errorf("verify: %v, %v", v.Result, err)
			}
		}
	})

	w.Balance(t)
	perPair := float64(b.Statements()-before) / pairs
	t.Logf("%.2f statements for a pair, %d groups, %d repeated", perPair, w.Dispatcher.Config.Store.Groups(),
		w.Dispatcher.Config.Store.Conflicts())
	if perPair > most {
		t.Errorf("%.2f statements for a pair, at most %d", perPair, most)
	}
}
