package httpsms_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/carriertest"
	"github.com/syssecure/syssecure/internal/carrier/httpsms"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
)

const careToken = "a-secret-token"

func careCarrier(t *testing.T, c httpsms.Config) carrier.Tester {
	t.Helper()
	c.Name, c.Channel, c.Token, c.From = "gw", message.SMS, secret.NewString(careToken), "Acme"
	made, err := httpsms.New(c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(made.Close)

	return made
}

// TestCarrier_Test: the profiles whose provider has a request that checks the credentials make it.
func TestCarrier_Test(t *testing.T) {
	t.Parallel()
	at := func(path string, status int) map[string]carriertest.Answered {
		return map[string]carriertest.Answered{path: {Status: status}}
	}
	for profile, c := range map[string]struct {
		path       string
		accepts    int
		authorized func(*http.Request) bool
	}{
		"kannel": {"/cgi-bin/sendsms", 400, func(r *http.Request) bool {
			q := r.URL.Query()
			return q.Get("username") == "me" && q.Get("password") == careToken && !q.Has("to")
		}},
		"africastalking": {"/version1/user", 200, func(r *http.Request) bool {
			return r.URL.Query().Get("username") == "me" && r.Header.Get("apiKey") == careToken
		}},
		"plivo": {"/v1/Account/me/", 200, func(r *http.Request) bool {
			user, password, _ := r.BasicAuth()
			return user == "me" && password == careToken
		}},
	} {
		t.Run(profile, func(t *testing.T) {
			t.Parallel()
			carriertest.RunTester(t, map[string]carriertest.Checked{
				"right token": {Answers: at(c.path, c.accepts), Found: "accepts the token"},
				"wrong token": {Answers: at(c.path, 403), Problem: "rejects the token"},
				"an outage":   {Answers: at(c.path, 503), Problem: "internal error"},
			}, []string{careToken}, func(r *http.Request) bool {
				return r.Method == http.MethodGet && c.authorized(r)
			}, func(t *testing.T, base string) carrier.Tester {
				return careCarrier(t, httpsms.Config{
					Profile: profile, Values: []string{"username=me"}, APIBase: base, PublicURL: "https://otp.example.com",
				})
			})
		})
	}
}

// TestCarrier_TestOnlyConnects: of other gateways nothing is known but requests that send, so none is made.
func TestCarrier_TestOnlyConnects(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s %s", r.Method, r.URL)
	}))
	t.Cleanup(server.Close)
	for name, c := range map[string]httpsms.Config{
		"plain":                {URL: server.URL},
		"a template":           {URL: server.URL + "/send?to={{to}}&text={{text}}", Method: http.MethodGet},
		"a fixed address":      {URL: server.URL + "/send", Body: `{"to":"{{to}}"}`},
		"a profile's other":    {URL: server.URL + "/send", Profile: "africastalking", Values: []string{"username=me"}},
		"a profile without it": {APIBase: server.URL, Profile: "msg91", Values: []string{"template=t"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checks := careCarrier(t, c).Test(t.Context())
			if len(checks) != 2 || !carrier.OK(checks) || !strings.Contains(checks[1].Found, "--to sends a message") {
				t.Errorf("%+v", checks)
			}
		})
	}
}
