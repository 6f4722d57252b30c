package cli_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/cli"
)

// conform runs syssecure conformance.
func conform(key string, args ...string) (code int, out, errs string) {
	var o, e bytes.Buffer
	code = cli.Run(context.Background(), append([]string{"conformance"}, args...), cli.IO{
		Out: &o, Err: &e,
		Env: []string{"SYSSECURE_API_KEY=" + key},
	})
	return code, o.String(), e.String()
}

// TestConformance runs the program against itself, as an operator or the author of an SDK does.
func TestConformance(t *testing.T) {
	t.Parallel()
	i := install(t, "")
	var account, key created
	i.json(&account, "account", "create", "--name", "Acme", "--json")
	i.json(&key, "key", "create", "--account", account.ID, "--mode", "test", "--json")
	base, stop := i.serve(t)
	defer stop()
	code, out, errs := conform(key.Secret, base)
	if code != 0 || errs != "" {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}

	lines := strings.Split(strings.TrimSpace(out), "\n")
	if m := regexp.MustCompile(`^(\d+) of (\d+) scenarios passed, 0 failed$`).FindStringSubmatch(lines[len(lines)-1]); m == nil || m[1] != m[2] || len(lines) < 50 {
		t.Errorf("%d lines, the last is %q", len(lines), lines[len(lines)-1])
	}
	if strings.Contains(out, key.Secret) {
		t.Error("the key is in the output")
	}
	if code, out, errs = conform("", base+"/v2", "--key", key.Secret, "--only", "first OTP"); code != 0 ||
		!strings.HasSuffix(out, "1 of 1 scenarios passed, 0 failed\n") {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
}

func TestConformance_Failures(t *testing.T) {
	t.Parallel()
	wrong := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Request-Id", "req_1")
		_, _ = w.Write([]byte(`{"valid":true}`))
	}))

	t.Cleanup(wrong.Close)
	code, out, errs := conform("sk_test_x", wrong.URL)
	for _, want := range []string{"FAIL  otp: first OTP", "step 1 of 5", `sent      POST /v2/otp/send {"channels":["whatsapp","sms"]`, `answered  200 {"valid":true}`, "- body.otp_id is missing", " failed\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in the output", want)
		}
	}
	if code != 1 || !strings.Contains(errs, "does not conform") {
		t.Errorf("exit %d: %s", code, errs)
	}

	asked := 0
	strict := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.WriteHeader(http.StatusUnauthorized)
	}))

	t.Cleanup(strict.Close)
	code, out, errs = conform("sk_test_AbCdEfGh_secret", strict.URL)
	if code != 1 || out != "" || asked != 1 || !strings.Contains(errs, "refuses the key sk_test_AbCdEfGh…") ||
		strings.Contains(errs, "secret") {
		t.Errorf("a rejected key: exit %d after %d requests: %s%s", code, asked, out, errs)
	}

	gone := httptest.NewServer(nil)
	gone.Close()
	for name, c := range map[string]struct {
		key, says string
		args      []string
	}{
		"no key":      {"", "SYSSECURE_API_KEY", []string{wrong.URL}},
		"a live key":  {"sk_live_x", "sk_test_", []string{wrong.URL}},
		"no URL":      {"sk_test_x", "http://127.0.0.1:8080", []string{"localhost"}},
		"no server":   {"sk_test_x", "connect", []string{gone.URL}},
		"no scenario": {"sk_test_x", "no scenario has nonsense", []string{wrong.URL, "--only", "nonsense"}},
	} {
		if code, _, errs := conform(c.key, c.args...); code != 1 || !strings.Contains(errs, c.says) {
			t.Errorf("%s: exit %d: %s", name, code, errs)
		}
	}
}
