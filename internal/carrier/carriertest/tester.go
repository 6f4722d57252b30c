package carriertest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/carrier"
)

// Checked is one case of RunTester: what the provider answers, and the last check that follows.
type Checked struct {
	// Answers are the provider's, by path; other paths are answered with 404.
	Answers map[string]Answered
	// Name is that of the last check; empty = the credentials.
	Name string
	// Found is part of what works, Problem of what is wrong: one of them is empty.
	Found, Problem string
}

// Answered is an answer of a provider.
type Answered struct {
	Status int
	Body   string
}

// RunTester checks the Tester of a kind that sends by HTTP. start makes the carrier for a provider at an address;
// authorized
// reports whether a request has the right credentials, else the case fails; secrets must be in no text.
func RunTester(
	t *testing.T, cases map[string]Checked, secrets []string, authorized func(*http.Request) bool,
	start func(t *testing.T, base string) carrier.Tester,
) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if !authorized(r) {
					t.Errorf("%s %s without the right credentials", r.Method, r.URL.Path)
				}
				answer, known := c.Answers[r.URL.Path]
				if !known {
					answer.Status = http.StatusNotFound
				}
				AnswerJSON(w, answer.Status, answer.Body)
			}))
			t.Cleanup(server.Close)

			if c.Name == "" {
				c.Name = carrier.CheckCredentials
			}
			c.holds(t, start(t, server.URL).Test(t.Context()), secrets)
		})
	}

	t.Run("refused", func(t *testing.T) {
		t.Parallel()
		c := Checked{Name: carrier.CheckConnection, Problem: "refuses the connection"}
		c.holds(t, start(t, "http://127.0.0.1:1").Test(t.Context()), secrets)
	})
	t.Run("not in DNS", func(t *testing.T) {
		t.Parallel()
		c := Checked{Name: carrier.CheckConnection, Problem: "DNS"}
		c.holds(t, start(t, "http://provider.invalid").Test(t.Context()), secrets)
	})
	t.Run("no TLS", func(t *testing.T) {
		t.Parallel()
		server := httptest.NewServer(http.NotFoundHandler())
		t.Cleanup(server.Close)
		c := Checked{Name: carrier.CheckConnection, Problem: "no TLS is spoken there"}
		c.holds(t, start(t, "https"+strings.TrimPrefix(server.URL, "http")).Test(t.Context()), secrets)
	})
	t.Run("reset", func(t *testing.T) {
		t.Parallel()
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { breakLink(w, Reset) }))
		t.Cleanup(server.Close)
		checks := start(t, server.URL).Test(t.Context())
		if last := len(checks) - 1; last < 0 || checks[last].Problem == "" && !strings.Contains(checks[last].Found, "--to") {
			t.Errorf("%+v", checks)
		}
	})
	for _, bad := range []Certificate{SelfSigned, Expired, OtherHost} {
		t.Run(string(bad), func(t *testing.T) {
			t.Parallel()
			addr := ListenTLS(t, bad)
			c := Checked{Name: carrier.CheckCertificate, Problem: bad.Named()}
			c.holds(t, start(t, "https://"+addr).Test(t.Context()), secrets)
		})
	}
}

// holds checks that all checks but the last found nothing, and the last what the case says.
func (c Checked) holds(t *testing.T, checks []carrier.Check, secrets []string) {
	t.Helper()
	for i, one := range checks {
		text := one.Found + one.Problem
		for _, s := range secrets {
			if s != "" && strings.Contains(text, s) {
				t.Errorf("%s: a secret is in %q", one.Name, text)
			}
		}
		if (one.Found == "") == (one.Problem == "") || i < len(checks)-1 && one.Problem != "" {
			t.Errorf("check %d of %d: %+v", i, len(checks), one)
		}
	}

	if len(checks) == 0 {
		t.Fatal("no check was made")
	}
	last := checks[len(checks)-1]
	if last.Name != c.Name || !strings.Contains(last.Found, c.Found) || !strings.Contains(last.Problem, c.Problem) ||
		(last.Problem == "") != (c.Problem == "") {
		t.Errorf("got %+v, want %s with %q%q", last, c.Name, c.Found, c.Problem)
	}
}
