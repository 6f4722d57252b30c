package tests

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/sdk/go/v2"
	"github.com/syssecure/syssecure/sdk/go/v2/syssecuretest"
)

func TestStatusDecidesTheError(t *testing.T) {
	all := []error{
		syssecure.ErrBadRequest, syssecure.ErrAuthentication, syssecure.ErrInsufficientCredits, syssecure.ErrNotFound,
		syssecure.ErrInvalidPhone, syssecure.ErrRateLimited, syssecure.ErrInternalServer, syssecure.ErrTimeout,
	}
	tests := map[int]error{
		302: nil, 400: syssecure.ErrBadRequest, 401: syssecure.ErrAuthentication, 402: syssecure.ErrInsufficientCredits,
		403: nil, 404: syssecure.ErrNotFound, 409: nil, 422: syssecure.ErrInvalidPhone, 429: syssecure.ErrRateLimited,
		500: syssecure.ErrInternalServer, 501: syssecure.ErrInternalServer, 599: syssecure.ErrInternalServer,
	}
	for status, want := range tests {
		t.Run(http.StatusText(status), func(t *testing.T) {
			server := syssecuretest.NewServer(t)
			server.Answer("/", syssecuretest.Answer{Status: status, Body: `{"code": "other"}`})
			_, err := server.Client().Balance.Get(ctx)
			for _, target := range all {
				if is := errors.Is(err, target); is != (target == want) {
					t.Errorf("%d: errors.Is(err, %v) is %v", status, target, is)
				}
			}
		})
	}
}

func TestErrorShowsNoSecrets(t *testing.T) {
	server := syssecuretest.NewServer(t)
	server.Answer("POST /v2/otp/send", syssecuretest.Answer{
		Status: 429, Header: http.Header{"Retry-After": {"42"}, "Set-Cookie": {"session=secret"}},
		Body: map[string]any{
			"code": "rate_limit_exceeded", "message": "too many sends to +32470123456 by " + syssecuretest.Key,
			"details": map[string]any{"otp_id": "otp_1", "limit": "5/10m", "to": []string{"+32470123456"}},
		},
	})
	_, err := server.Client().OTP.Send(ctx, syssecure.OTPSendParams{To: "+32470123456"})

	var apiErr *syssecure.APIError
	if !errors.As(err, &apiErr) {
		t.Fatalf("got %v, want an APIError", err)
	}
	if apiErr.OTPID != "otp_1" || apiErr.Limit != "5/10m" || apiErr.RetryAfter != 42*time.Second {
		t.Errorf("got %q, %q, %v", apiErr.OTPID, apiErr.Limit, apiErr.RetryAfter)
	}
	want := "429 rate_limit_exceeded: too many sends to +32…56 by sk_… (request_id: req_fake)"
	if err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
	text := fmt.Sprintf("%+v %#v %v", err, err, apiErr.Details)
	for _, secret := range []string{"470123456", "session", syssecuretest.Key} {
		if strings.Contains(text, secret) {
			t.Errorf("%s is shown: %s", secret, text)
		}
	}
}

func TestLogsOnlyWithALevel(t *testing.T) {
	server := syssecuretest.NewServer(t)
	server.Answer("GET /v2/lookup/{number}", syssecuretest.Answer{Status: 503}, syssecuretest.Answer{Body: "{}"})
	quiet, loud := newLog(false), newLog(true)
	for _, l := range []*log{quiet, loud} {
		if _, err := server.Client(syssecure.WithLogger(l.logger)).Lookup(ctx, "+32470123456"); err != nil {
			t.Fatal(err)
		}
		server.Answer("GET /v2/lookup/{number}", syssecuretest.Answer{Status: 503}, syssecuretest.Answer{Body: "{}"})
	}

	if quiet.text.Len() > 0 {
		t.Errorf("logged without level debug: %s", &quiet.text)
	}
	lines := loud.text.String()
	if strings.Count(lines, "path=/v2/lookup/{number}") != 3 || strings.Contains(lines, "470123456") {
		t.Errorf("got %s, want two attempts and a wait, without the number", lines)
	}
}
