package tests

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/sdk/go/v2"
)

const key = "sk_test_1234567890"

var configurationErrors = []struct {
	name    string
	key     string
	env     map[string]string
	options []syssecure.ClientOption
	want    string
}{
	{"no key", "", nil, nil, "SYSSECURE_API_KEY"},
	{"empty key in the environment", "", map[string]string{"SYSSECURE_API_KEY": ""}, nil, "NewClient"},
	{
		"explicit empty key", "",
		map[string]string{"SYSSECURE_API_KEY": key},
		[]syssecure.ClientOption{syssecure.WithAPIKey("")},
		"empty",
	},
	{"key with a line break", key + "\n", nil, nil, "line break"},
	{"empty base URL", key, nil, []syssecure.ClientOption{syssecure.WithBaseURL("")}, "the base URL"},
	{"base URL of the environment", key, map[string]string{"SYSSECURE_BASE_URL": "x"}, nil, "SYSSECURE_BASE_URL"},
	{"timeout of zero", key, nil, []syssecure.ClientOption{syssecure.WithTimeout(0)}, "timeout"},
	{"proxy without a host", key, nil, []syssecure.ClientOption{syssecure.WithProxy("proxy:3128")}, "proxy"},
	{"no such file", key, nil, []syssecure.ClientOption{syssecure.WithCAFile("no-such-file")}, "no-such-file"},
	{"no certificates", key, nil, []syssecure.ClientOption{syssecure.WithCAFile("go.mod")}, "PEM"},
	{"nil HTTP client", key, nil, []syssecure.ClientOption{syssecure.WithHTTPClient(nil)}, "nil"},
	{
		"HTTP client and proxy", key, nil,
		[]syssecure.ClientOption{
			syssecure.WithHTTPClient(http.DefaultClient), syssecure.WithProxy("http://proxy.example.com:3128"),
		},
		"WithProxy",
	},
	{
		"idempotency key for all calls", key, nil,
		[]syssecure.ClientOption{syssecure.WithHeader("idempotency-key", "1")},
		"WithIdempotencyKey",
	},
	{"header with a space", key, nil, []syssecure.ClientOption{syssecure.WithHeader("X Y", "1")}, "name"},
	{"host", key, nil, []syssecure.ClientOption{syssecure.WithHeader("Host", "example.com")}, "Host"},
}

func TestConfigurationErrors(t *testing.T) {
	for _, test := range configurationErrors {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("SYSSECURE_API_KEY", "")
			t.Setenv("SYSSECURE_BASE_URL", "")
			for name, value := range test.env {
				t.Setenv(name, value)
			}
			client := syssecure.NewClient(test.key, test.options...)
			_, callErr := client.Balance.Get(context.Background())
			_, requestErr := client.Request(context.Background(), "GET", "/balance", syssecure.RequestParams{})

			for _, err := range []error{client.Err(), callErr, requestErr} {
				var configurationErr *syssecure.ConfigurationError
				if !errors.As(err, &configurationErr) || !strings.Contains(configurationErr.Message, test.want) {
					t.Errorf("got %v, want a ConfigurationError with %q", err, test.want)
				}
				if err != nil && strings.Contains(err.Error(), "1234567890") {
					t.Errorf("the error shows the key: %v", err)
				}
			}
			client.Close()
		})
	}
}

func TestKeyComesFromTheEnvironment(t *testing.T) {
	tests := []struct {
		name, key string
		want      string
		options   []syssecure.ClientOption
	}{
		{"the empty argument stands for it", "", "sk_test_…", nil},
		{"the argument wins", "sk_live_argument", "sk_live_…", nil},
		{"the option wins", "", "sk_live_…", []syssecure.ClientOption{syssecure.WithAPIKey("sk_live_option")}},
		{"a short key is not shown", "secret", "key …", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("SYSSECURE_API_KEY", "sk_test_environment")
			client := syssecure.NewClient(test.key, test.options...)
			if err := client.Err(); err != nil {
				t.Fatal(err)
			}
			text := fmt.Sprintf("%+v", client)
			if !strings.Contains(text, test.want) || strings.Contains(text, "secret") {
				t.Errorf("got %s, want %s in it", text, test.want)
			}
		})
	}
}

func TestCallOptionsAreChecked(t *testing.T) {
	client := syssecure.NewClient(key, syssecure.WithBaseURL("http://127.0.0.1:1"))
	tests := map[string]syssecure.RequestOption{
		"timeout below zero":        syssecure.WithTimeout(-time.Second),
		"retries below zero":        syssecure.WithMaxRetries(-1),
		"empty idempotency key":     syssecure.WithIdempotencyKey(""),
		"authorization":             syssecure.WithHeader("authorization", "Bearer other"),
		"line break":                syssecure.WithHeader("X-Trace", "1\r\nX-Other: 2"),
		"body that is no JSON":      syssecure.WithParam("metadata", func() {}),
		"text that is not in UTF-8": syssecure.WithHeader("X-\xff", "1"),
	}
	for name, option := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := client.OTP.Send(context.Background(), syssecure.OTPSendParams{}, option)
			var configurationErr *syssecure.ConfigurationError
			if !errors.As(err, &configurationErr) {
				t.Errorf("got %v, want a ConfigurationError", err)
			}
		})
	}
}

func TestClosedClient(t *testing.T) {
	client := syssecure.NewClient(key, syssecure.WithBaseURL("http://127.0.0.1:1"))
	client.Close()
	client.Close()

	_, err := client.Balance.Get(context.Background())
	if err == nil || !strings.Contains(err.Error(), "closed") {
		t.Errorf("got %v, want that the client is closed", err)
	}
}

func TestBaseURL(t *testing.T) {
	tests := map[string]string{
		"https://otp.example.com":          "https://otp.example.com/v2",
		"https://otp.example.com/v2/":      "https://otp.example.com/v2",
		"https://example.com/otp//":        "https://example.com/otp/v2",
		"https://example.com/otp/v2":       "https://example.com/otp/v2",
		"https://v2":                       "https://v2/v2",
		"https://example.com/rev2":         "https://example.com/rev2/v2",
		"http://[::1]:8080":                "http://[::1]:8080/v2",
		"http://otp.localhost:8080/":       "http://otp.localhost:8080/v2",
		"HTTPS://EXAMPLE.com/v2/elsewhere": "HTTPS://EXAMPLE.com/v2/elsewhere/v2",
	}
	for given, want := range tests {
		t.Run(given, func(t *testing.T) {
			client := syssecure.NewClient(key, syssecure.WithBaseURL(given))
			if err := client.Err(); err != nil {
				t.Fatal(err)
			}
			if text := fmt.Sprint(client); !strings.Contains(text, "{"+want+",") {
				t.Errorf("got %s, want %s in it", text, want)
			}
		})
	}
}
