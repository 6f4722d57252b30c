package tests

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/syssecure/syssecure/sdk/go/v2"
	"github.com/syssecure/syssecure/sdk/go/v2/syssecuretest"
)

var ctx = context.Background()

// noon is a time that is not in UTC.
var noon = time.Date(2026, 12, 2, 12, 0, 0, 0, time.FixedZone("CET", 3600))

var bodies = []struct {
	name string
	call func(c *syssecure.Client, o ...syssecure.RequestOption) error
	with []syssecure.RequestOption
	want string
}{
	{
		name: "fields that are zero are left out",
		call: func(c *syssecure.Client, o ...syssecure.RequestOption) error {
			_, err := c.OTP.Send(ctx, syssecure.OTPSendParams{
				To: "+32470123456", Channels: []syssecure.Channel{syssecure.ChannelSMS}, ExpiresIn: 5 * time.Minute,
			}, o...)
			return err
		},
		want: `{"to": "+32470123456", "channels": ["sms"], "expires_in": 300}`,
	},
	{
		name: "a parameter by its name wins over the field",
		call: func(c *syssecure.Client, o ...syssecure.RequestOption) error {
			params := syssecure.SMSSendParams{To: "+32470123456", Body: "Hi", ScheduledAt: noon}
			_, err := c.SMS.Send(ctx, params, o...)
			return err
		},
		with: []syssecure.RequestOption{
			syssecure.WithParam("scheduled_at", "2026-12-02T12:00:00+01:00"), syssecure.WithParam("priority", 0),
		},
		want: `{"to": "+32470123456", "body": "Hi", "scheduled_at": "2026-12-02T12:00:00+01:00", "priority": 0}`,
	},
	{
		name: "separators are not escaped, and the texts of escapes stay",
		call: func(c *syssecure.Client, o ...syssecure.RequestOption) error {
			_, err := c.SMS.Send(ctx, syssecure.SMSSendParams{Body: "1\u20282\u20293 \\u2028 \\\\u2029"}, o...)
			return err
		},
		want: `{"to": "", "body": "1` + "\u20282\u2029" + `3 \\u2028 \\\\u2029"}`,
	},
	{
		name: "times are in UTC",
		call: func(c *syssecure.Client, o ...syssecure.RequestOption) error {
			params := syssecure.SMSSendParams{To: "+32470123456", Body: "<Hi>", ScheduledAt: noon}
			_, err := c.SMS.Send(ctx, params, o...)
			return err
		},
		want: `{"to": "+32470123456", "body": "<Hi>", "scheduled_at": "2026-12-02T11:00:00Z"}`,
	},
	{
		name: "a required time that is zero is left out",
		call: func(c *syssecure.Client, o ...syssecure.RequestOption) error {
			_, err := c.WebhookEndpoints.Recover(ctx, "whe_1", syssecure.WebhookRecoverParams{}, o...)
			return err
		},
		want: `{}`,
	},
	{
		name: "pointers say that zero is meant",
		call: func(c *syssecure.Client, o ...syssecure.RequestOption) error {
			_, err := c.Account.Update(ctx, syssecure.AccountUpdateParams{
				From: syssecure.Ptr(""), MaskNumbers: syssecure.Ptr(false), CreditsLow: syssecure.Ptr(int64(0)),
			}, o...)
			return err
		},
		want: `{"from": "", "mask_numbers": false, "credits_low": 0}`,
	},
	{
		name: "empty structs and maps are sent",
		call: func(c *syssecure.Client, o ...syssecure.RequestOption) error {
			_, err := c.Templates.Update(ctx, "tmpl_1", syssecure.TemplateUpdateParams{
				Channels: &syssecure.TemplateChannels{}, Translations: map[string]string{},
			}, o...)
			return err
		},
		want: `{"channels": {}, "translations": {}}`,
	},
	{
		name: "the clock is moved by a duration",
		call: func(c *syssecure.Client, o ...syssecure.RequestOption) error {
			params := syssecure.SandboxClockParams{Advance: syssecure.AdvanceBy(1500 * time.Millisecond)}
			_, err := c.Sandbox.Clock(ctx, params, o...)
			return err
		},
		want: `{"advance": "1.5s"}`,
	},
}

func TestBodies(t *testing.T) {
	for _, test := range bodies {
		t.Run(test.name, func(t *testing.T) {
			server := syssecuretest.NewServer(t)
			server.Answer("/", syssecuretest.Answer{Body: "{}"})
			if err := test.call(server.Client(), test.with...); err != nil {
				t.Fatal(err)
			}

			var got, want any
			body := server.Requests()[0].Body
			if err := errors.Join(json.Unmarshal(body, &got), json.Unmarshal([]byte(test.want), &want)); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("sent %s, want %s", body, test.want)
			}
			if strings.ContainsAny(test.want, "\u2028<") && !bytes.ContainsAny(body, "\u2028<") {
				t.Errorf("characters are escaped: %s", body)
			}
		})
	}
}

func TestTextThatIsNotUTF8IsRefused(t *testing.T) {
	server := syssecuretest.NewServer(t)
	_, err := server.Client().SMS.Send(ctx, syssecure.SMSSendParams{To: "+32470123456", Body: "\xff"})
	var configurationErr *syssecure.ConfigurationError
	if !errors.As(err, &configurationErr) || len(server.Requests()) > 0 {
		t.Errorf("got %v and %d requests, want a ConfigurationError", err, len(server.Requests()))
	}
}

// net/http sends idempotent requests again by itself when the server closes a connection that was used before. The
// client's number of retries must hold all the same.
func TestNetHTTPDoesNotRetryByItself(t *testing.T) {
	calls := map[string]func(c *syssecure.Client) error{
		"POST with a body": func(c *syssecure.Client) error {
			_, err := c.OTP.Verify(ctx, syssecure.OTPVerifyParams{OTPID: "otp_1", Code: "000000"})
			return err
		},
		"POST without a body": func(c *syssecure.Client) error { _, err := c.OTP.Cancel(ctx, "otp_1"); return err },
		"GET":                 func(c *syssecure.Client) error { _, err := c.Balance.Get(ctx); return err },
		"DELETE":              func(c *syssecure.Client) error { _, err := c.Templates.Delete(ctx, "t_1"); return err },
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			server := syssecuretest.NewServer(t)
			server.Answer("/", syssecuretest.Answer{Body: `{"valid": true}`}, syssecuretest.Answer{Drop: true})
			client := server.Client(syssecure.WithMaxRetries(0))
			if err := call(client); err != nil {
				t.Fatal(err)
			}

			var connectionErr *syssecure.ConnectionError
			if err := call(client); !errors.As(err, &connectionErr) {
				t.Errorf("got %v, want a ConnectionError", err)
			}
			requests := server.Requests()
			if len(requests) != 2 {
				t.Fatalf("the server received %d requests, want 2", len(requests))
			}
			if r := requests[1]; r.Method == http.MethodPost && r.Header.Get("Idempotency-Key") == "" {
				t.Error("the request has no idempotency key")
			}
		})
	}
}

func TestRetriesKeepTheirKey(t *testing.T) {
	server := syssecuretest.NewServer(t)
	server.Answer("POST /v2/sms/send", syssecuretest.Answer{Drop: true}, syssecuretest.Answer{Status: 503},
		syssecuretest.Answer{Body: `{"message_id": "msg_1"}`})
	sent, err := server.Client().SMS.Send(ctx, syssecure.SMSSendParams{To: "+32470123456", Body: "Hi"})
	if err != nil || sent.ID != "msg_1" {
		t.Fatalf("got %v, %v", sent, err)
	}

	for i, r := range server.Requests() {
		want := server.Requests()[0].Header.Get("Idempotency-Key")
		if got := r.Header.Get("Idempotency-Key"); got != want {
			t.Errorf("attempt %d has the key %q, want %q", i+1, got, want)
		}
	}
}

func TestCallersHTTPClient(t *testing.T) {
	server := syssecuretest.NewServer(t)
	server.Answer("/", syssecuretest.Answer{Status: 302, Header: http.Header{"Location": {"/elsewhere"}}})
	var used atomic.Bool
	httpClient := &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		used.Store(true)
		return http.DefaultTransport.RoundTrip(r)
	})}
	client := server.Client(syssecure.WithHTTPClient(httpClient))

	_, err := client.Balance.Get(ctx)
	var apiErr *syssecure.APIError
	if !errors.As(err, &apiErr) || apiErr.Status != 302 || !used.Load() {
		t.Errorf("got %v, want the status 302 through the HTTP client", err)
	}
	if httpClient.CheckRedirect != nil {
		t.Error("the caller's HTTP client was changed")
	}
	client.Close() // leaves the caller's connections alone
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestCanceledCalls(t *testing.T) {
	arrived := make(chan struct{})
	hanging := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		arrived <- struct{}{}
		<-r.Context().Done()
	}))
	defer hanging.Close()
	client := syssecure.NewClient(key, syssecure.WithBaseURL(hanging.URL))

	errLogout := errors.New("the user logged out")
	canceled, cancel := context.WithCancelCause(ctx)
	go func() {
		<-arrived
		cancel(errLogout)
	}()
	_, err := client.Balance.Get(canceled)
	var connectionErr *syssecure.ConnectionError
	if !errors.As(err, &connectionErr) || !errors.Is(err, context.Canceled) || !errors.Is(err, errLogout) {
		t.Errorf("got %v, want a ConnectionError because the user logged out", err)
	}
	if errors.Is(err, syssecure.ErrTimeout) {
		t.Errorf("%v is a timeout", err)
	}
}

func TestTimeoutNamesItsLength(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0") // accepts connections, and answers nothing
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	client := syssecure.NewClient(key, syssecure.WithBaseURL("http://"+listener.Addr().String()),
		syssecure.WithTimeout(time.Millisecond), syssecure.WithMaxRetries(0))

	_, err = client.Balance.Get(ctx)
	if !errors.Is(err, syssecure.ErrTimeout) || !strings.Contains(err.Error(), "within 1ms") {
		t.Errorf("got %v, want a timeout of 1ms", err)
	}
}

func TestCallsAtOnce(t *testing.T) {
	server := syssecuretest.NewServer(t)
	server.Answer("POST /v2/otp/send", syssecuretest.Answer{Body: `{"otp_id": "otp_1"}`})
	client := server.Client()

	var wait sync.WaitGroup
	for range 32 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			if _, err := client.OTP.Send(ctx, syssecure.OTPSendParams{To: "+32470123456"}); err != nil {
				t.Error(err)
			}
		}()
	}
	wait.Wait()

	keys := map[string]bool{}
	for _, r := range server.Requests() {
		keys[r.Header.Get("Idempotency-Key")] = true
	}
	if len(keys) != 32 {
		t.Errorf("32 calls had %d keys", len(keys))
	}
}
