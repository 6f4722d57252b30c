package query_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

// codes stores n codes of a template in live mode, a second apart, and returns when the last was made.
func codes(t testing.TB, w *testworld.World, template string, n int) (last time.Time) {
	t.Helper()
	err := w.Dispatcher.Config.Store.Update(t.Context(), w.Account, nil, func(tx *store.Tx) error {
		for range n {
			w.Clock.Add(time.Second)
			last = w.Clock.Now()
			tx.Insert(store.OTP{OTP: otp.OTP{
				ID: id.NewOTP(last), Account: w.Account, Mode: id.Live, Template: template, Status: otp.Verified, CreatedAt: last,
				ExpiresAt: last.Add(time.Minute),
			}})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}

	return last
}

// TestTemplatesUsed: the newest code of a template counts, as far as codes are read.
func TestTemplatesUsed(t *testing.T) {
	t.Parallel()
	w := testworld.New(t, testworld.Options{Backend: testworld.Backends["sqlite"](t)})
	codes(t, w, "tmpl_old", 1)
	codes(t, w, "", query.UsedRows-3)
	newest := codes(t, w, "tmpl_new", 2)
	for _, more := range []int{0, 1} {
		t.Run(fmt.Sprint(more, " more than are read"), func(t *testing.T) {
			codes(t, w, "", more)
			used, all, err := w.Dispatcher.Query.TemplatesUsed(t.Context(), w.Live)
			if err != nil || !used["tmpl_new"].Equal(newest) {
				t.Errorf("used at %v, want %v: %v", used["tmpl_new"], newest, err)
			}
			if _, known := used["tmpl_old"]; known != all || all != (more == 0) {
				t.Errorf("%d more codes: all %v, the oldest is known %v", more, all, known)
			}
		})
	}
	if used, all, err := w.Dispatcher.Query.TemplatesUsed(t.Context(), w.Test); len(used) > 0 || !all || err != nil {
		t.Errorf("test mode has %v, %v: %v", used, all, err)
	}
}
