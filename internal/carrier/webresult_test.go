package carrier_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/webcall"
)

var provider = carrier.Provider{Name: "Acme", Secrets: "api_key", Address: "api_base"}

func TestProvider_Result(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]struct {
		outcome carrier.Outcome
		cause   string
	}{
		200: {carrier.Accepted, ""},
		204: {carrier.Accepted, ""},
		302: {carrier.Retry, "api_base"},
		400: {carrier.Retry, "Acme rejects the request"},
		401: {carrier.Retry, "api_key"},
		404: {carrier.Retry, "api_base"},
		407: {carrier.Retry, "api_key"},
		408: {carrier.Unknown, "in time"},
		429: {carrier.Retry, carrier.Throttled},
		500: {carrier.Retry, "internal error"},
		503: {carrier.Retry, "internal error"},
		504: {carrier.Unknown, "in time"},
		520: {carrier.Unknown, "internal error"},
		700: {carrier.Unknown, "internal error"},
	} {
		a := webcall.Answer{Status: status, Header: http.Header{"Retry-After": {"7"}}}
		got := provider.Result(a, time.Now())
		if got.Outcome != want.outcome || !strings.Contains(got.Cause, want.cause) || (want.cause == "") != (got.Cause == "") {
			t.Errorf("%d: %+v, want %v because of %q", status, got, want.outcome, want.cause)
		}
		if got.MaybeAccepted != (status == 500) || got.Throttled != (status == 429) ||
			(got.RetryAfter == 7*time.Second) != (got.Outcome == carrier.Retry) {
			t.Errorf("%d: %+v", status, got)
		}
	}
}

func TestMeant(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		meaning carrier.Meaning
		want    carrier.Outcome
		reason  message.Reason
		mirrors bool
	}{
		"the message's fault":  {meaning: carrier.Meaning{Reason: message.Unreachable}, want: carrier.Rejected, reason: message.Unreachable},
		"an opt-out":           {meaning: carrier.Meaning{Reason: message.OptedOut}, want: carrier.Rejected, reason: message.OptedOut, mirrors: true},
		"the operator's fault": {meaning: carrier.Meaning{Cause: "top up"}, want: carrier.Retry, reason: message.CarrierError},
	} {
		got := carrier.Meant("E1", c.meaning, "+32470000001")
		if got.Outcome != c.want || got.Reason != c.reason || got.CarrierCode != "E1" || got.Cause != c.meaning.Cause {
			t.Errorf("%s: %+v", name, got)
		}
		mirrored := len(got.Inbound) == 1 && got.Inbound[0].From == "+32470000001" && got.Inbound[0].Body.Reveal() == "STOP"
		if mirrored != c.mirrors {
			t.Errorf("%s: %+v", name, got.Inbound)
		}
	}
}

func TestCleanCode(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"21610": "21610", "EC_UNKNOWN": "EC_UNKNOWN", "0x0b": "0x0b", "a.b-c:d+1": "a.b-c:d+1",
		"735190 is your code": "", "a/b": "", "“": "", strings.Repeat("x", carrier.MaxCode+1): "",
	} {
		if got := carrier.CleanCode(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestToken(t *testing.T) {
	t.Parallel()
	token := carrier.NewToken(secret.NewString("hush"))
	for header, want := range map[string]bool{
		"Bearer hush": true, "bearer  hush ": true, "Bearer hus": false, "Basic hush": false, "hush": false, "": false,
	} {
		r := httptest.NewRequest(http.MethodPost, "/", nil)
		r.Header.Set("Authorization", header)
		if got := token.Bears(r); got != want {
			t.Errorf("%q: %v, want %v", header, got, want)
		}
	}
	if carrier.NewToken(secret.String{}).Equal("") {
		t.Error("an empty secret authenticates")
	}
}

func TestReadStatus(t *testing.T) {
	t.Parallel()
	table := map[string]carrier.Status{"sent": carrier.Buffered, "delivered": carrier.Delivered}
	for word, want := range map[string]struct {
		status  carrier.Status
		unknown string
	}{
		"sent":              {carrier.Buffered, ""},
		"delivered":         {carrier.Delivered, ""},
		"banana":            {carrier.Buffered, "banana"},
		"":                  {carrier.Buffered, "unreadable"},
		"sent to +32470123": {carrier.Buffered, "unreadable"},
	} {
		if got, unknown := carrier.ReadStatus(table, word); got != want.status || unknown != want.unknown {
			t.Errorf("%q: %v, %q", word, got, unknown)
		}
	}
}
