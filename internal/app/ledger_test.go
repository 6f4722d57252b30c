package app_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/app"
	"github.com/syssecure/syssecure/internal/app/apptest"
)

// TestServe_LogsWrongLedger checks that a server logs a ledger that does not add up. It starts nevertheless, because an
// outage would cost more.
func TestServe_LogsWrongLedger(t *testing.T) {
	t.Parallel()
	for name, harm := range map[string]string{"": "", "credits from nowhere": "UPDATE account SET credits = credits " +
		"+ 1", "an entry lost": "DELETE FROM entry"} {
		conf := apptest.Config(t)
		b := apptest.Open(t, conf)
		a, err := b.Admin.CreateAccount(t.Context(), "Acme", 100)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		if harm != "" {
			apptest.SQL(t, conf.Data, harm)
		}

		var log bytes.Buffer
		s, err := app.New(t.Context(), conf, slog.New(slog.NewTextHandler(&log, nil)))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}

		logged := strings.Contains(log.String(), "level=ERROR") && strings.Contains(log.String(), a.ID.String())
		if logged != (harm != "") {
			t.Errorf("%q: the log says %q", name, log.String())
		}
		if err := s.Base.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
