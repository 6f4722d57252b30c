package twilio

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/carrier"
)

// TestCarrier_Test: the account is read with its credentials, and its state decides.
func TestCarrier_Test(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status        int
		body          string
		found, wanted string // in Found, in Problem
	}{
		"active":      {200, `{"sid":"` + sid + `","status":"active"}`, "the account is active", ""},
		"suspended":   {200, `{"status":"suspended"}`, "", "account is suspended"},
		"closed":      {200, `{"status":"closed"}`, "", "account is closed"},
		"no status":   {200, `{}`, "", "check account_sid"},
		"not Twilio":  {200, `<html>`, "", "check api_base"},
		"wrong token": {401, `{"code":20003}`, "", "rejects account_sid and auth_token"},
		"not there":   {404, `{"code":20404}`, "", "(HTTP 404)"},
		"an outage":   {503, ``, "", "internal error"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				user, password, _ := r.BasicAuth()
				if r.Method != http.MethodGet || r.URL.Path != "/2010-04-01/Accounts/"+sid+".json" || user != sid ||
					password != token {
					t.Errorf("asked for %s %s", r.Method, r.URL.Path)
				}
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			}))
			t.Cleanup(server.Close)

			checks := newTest(t, carrier.Common{From: "+15005550006"}, Config{APIBase: server.URL}).Test(t.Context())
			if len(checks) != 2 || checks[0].Name != carrier.CheckConnection || checks[0].Problem != "" {
				t.Fatalf("%+v", checks)
			}
			last := checks[1]
			if !strings.Contains(last.Found, c.found) || !strings.Contains(last.Problem, c.wanted) ||
				(last.Problem == "") != (c.wanted == "") || strings.Contains(last.Problem, token) {
				t.Errorf("%+v", last)
			}
		})
	}
}
