package dispatch_test

import (
	"testing"

	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/stats"
	"github.com/syssecure/syssecure/internal/testworld"
)

// Texts are counted by country, and not as codes, and the caps of countries apply.
func TestStatistics_Texts(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	set(t, w.World, "spend_cap_countries=BE=8")
	send := func(to string) error {
		_, _, err := w.SendSMS(t.Context(), w.Live, engine.SMSRequest{To: to, Body: "Your parcel is here."}, nil)
		return err
	}
	if err := send(phoneA); err != nil {
		t.Fatal(err)
	}
	if f := refused(t, send(phoneA), fault.InsufficientCredits); f.Details.Limit != "spend_cap_countries=BE=8" {
		t.Errorf("stopped by %q", f.Details.Limit)
	}
	const want = "BE codes 0 sent 1 delivered 0 verified 0 segments 1 credits 8; "
	if got := counted(reportOf(t, w.World, stats.ByCountry)); got != want {
		t.Errorf("counted %q, want %q", got, want)
	}

	r, err := w.Admin.Report(t.Context(), w.Live, stats.Query{Kind: stats.OTPs})
	if err != nil || r.Total.Sent != 0 {
		t.Errorf("%d texts are among the codes, %v", r.Total.Sent, err)
	}
}
