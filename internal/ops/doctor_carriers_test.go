package ops_test

import (
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/app/apptest"
	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/httpsms"
	"github.com/syssecure/syssecure/internal/carrierwatch"
	"github.com/syssecure/syssecure/internal/cluster"
	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/ops"
	"github.com/syssecure/syssecure/internal/testworld"
)

// TestDoctor_FailingCarrier: doctor names it with its cause, until it works again, and no carrier that is not
// configured any more.
func TestDoctor_FailingCarrier(t *testing.T) {
	t.Parallel()
	conf := apptest.Config(t)
	conf.Carriers = []config.Carrier{{
		Kind: "http", Common: carrier.Common{Name: "gw"}, Settings: &httpsms.Config{Channel: message.SMS},
	}}
	b := apptest.Open(t, conf)
	defer b.Close()
	now := time.Now()
	w := carrierwatch.New(carrierwatch.Config{
		Store: b.Store, Carriers: []string{"gw", "removed"}, Epoch: 1,
		Nodes: cluster.Alone(1), Now: func() time.Time { return now }, Log: testworld.Discard,
	})

	says := func() string {
		now = now.Add(10 * time.Second)
		w.Round(t.Context())
		for _, check := range ops.CheckOpen(t.Context(), b) {
			if check.Name == "carriers" {
				return check.Problem
			}
		}
		t.Fatal("doctor does not look at carriers")

		return ""
	}

	if text := says(); text != "" {
		t.Errorf("at first: %s", text)
	}

	for _, name := range []string{"gw", "removed"} {
		w.Note(name, now, carrier.Result{
			Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: "HTTP 401",
			Cause: "check the token",
		})
	}

	text := says()
	for _, want := range []string{"gw has failed since", "HTTP 401", "check the token", "[[carrier]]"} {
		if !strings.Contains(text, want) {
			t.Errorf("doctor says %q, want %q in it", text, want)
		}
	}
	if strings.Contains(text, "removed") {
		t.Errorf("doctor says %q", text)
	}
	if !strings.Contains(text, "(1 submit, the last") {
		t.Errorf("doctor says %q of one submit", text)
	}

	w.Note("gw", now, carrier.Result{Outcome: carrier.Retry, Reason: message.CarrierError})
	now = now.Add(10 * time.Second)
	if text := says(); !strings.Contains(text, "(2 submits, the last") || !strings.Contains(text,
		"): not connected. ") {
		t.Errorf("doctor says %q of a link that is down", text)
	}

	w.Note("gw", now, carrier.Result{Outcome: carrier.Accepted})
	if text := says(); text != "" {
		t.Errorf("it works again, and doctor says %q", text)
	}
}
