package sip

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
)

func TestOutcome_Table(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]struct {
		outcome carrier.Outcome
		reason  message.Reason
		cause   string
	}{
		486: {carrier.Rejected, message.Busy, ""},
		600: {carrier.Rejected, message.Busy, ""},
		480: {carrier.Rejected, message.NoAnswer, ""},
		408: {carrier.Rejected, message.NoAnswer, ""},
		404: {carrier.Rejected, message.InvalidDestination, ""},
		484: {carrier.Rejected, message.InvalidDestination, ""},
		604: {carrier.Rejected, message.InvalidDestination, ""},
		403: {carrier.Rejected, message.CarrierRejected, ""},
		603: {carrier.Rejected, message.CarrierRejected, ""},
		607: {carrier.Rejected, message.BlockedByRecipient, ""},
		699: {carrier.Rejected, message.CarrierRejected, ""},
		401: {carrier.Retry, message.CarrierError, "password"},
		407: {carrier.Retry, message.CarrierError, "password"},
		488: {carrier.Retry, message.CarrierError, "PCMU"},
		420: {carrier.Retry, message.CarrierError, "server, transport and from"},
		500: {carrier.Retry, message.CarrierError, "problem"},
		503: {carrier.Retry, message.CarrierError, "line"},
		302: {carrier.Retry, message.CarrierError, "redirects"},
	} {
		got := outcome(sip.NewResponse(status, "x"), time.Now())
		if got.Outcome != want.outcome || got.Reason != want.reason || got.CarrierCode != "SIP "+strconv.Itoa(status) ||
			!strings.Contains(got.Cause, want.cause) || (want.cause == "") != (got.Cause == "") || got.Throttled {
			t.Errorf("%d: %+v", status, got)
		}
	}

	busy := sip.NewResponse(503, "x")
	busy.AppendHeader(sip.NewHeader("Retry-After", "18 (in a meeting);duration=3600"))
	if got := outcome(busy, time.Now()); !got.Throttled || got.RetryAfter != 18*time.Second {
		t.Errorf("%+v", got)
	}
}

func FuzzOutcome(f *testing.F) {
	f.Add(503, "18 (x);duration=1")
	f.Fuzz(func(t *testing.T, status int, after string) {
		r := sip.NewResponse(status, "")
		r.AppendHeader(sip.NewHeader("Retry-After", after))
		got := outcome(r, time.Time{})
		if got.Outcome == carrier.Accepted || len(got.CarrierCode) > 64 || !slices.Contains(message.Reasons, got.Reason) ||
			got.RetryAfter < 0 || got.RetryAfter > time.Hour {
			t.Errorf("%+v", got)
		}
	})
}
