package httpapi_test

import (
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/testworld"
)

// limitsOf are the two fields of an answer, with its Retry-After.
func limitsOf(w answer) [3]string {
	join := func(name string) string { return strings.Join(w.Header().Values(name), ", ") }
	return [3]string{join("RateLimit-Policy"), join("RateLimit"), w.Header().Get("Retry-After")}
}

func TestRateHeaders_OfKey(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	if got := limitsOf(a.get(t, "/v2/balance").ok()); got != [3]string{} {
		t.Errorf("without a rate: %q", got)
	}

	a.gate.Rate = guard.Rate{N: 3, Per: time.Minute}
	const p = `"requests_per_key";q=3;w=60`
	for i, want := range [][3]string{
		{p, `"requests_per_key";r=2;t=20`, ""},
		{p, `"requests_per_key";r=1;t=20`, ""},
		{p, `"requests_per_key";r=0;t=20`, ""},
		{p, `"requests_per_key";r=0;t=20`, "20"},
	} {
		w := a.get(t, "/v2/balance")
		if got := limitsOf(w); got != want || (w.Code == 429) != (i == 3) {
			t.Errorf("request %d: %d with %q, want %q", i, w.Code, got, want)
		}
	}

	a.Clock.Add(35 * time.Second) // one is there again, the next in 5 s
	want := [3]string{p, `"requests_per_key";r=0;t=5`, ""}
	if got := limitsOf(a.get(t, "/v2/otp/otp_x").refusal(404, "not_found")); got != want {
		t.Errorf("a refusal: %q, want %q", got, want)
	}

	a.gate.Rate = guard.Rate{N: 3, Per: 1500 * time.Millisecond}
	got := a.call(t, a.live, "GET", "/v2/balance", "").Header().Get("RateLimit-Policy")
	if got != `"requests_per_key";q=3` {
		t.Errorf("a window of a second and a half: %q", got)
	}
}

func TestRateHeaders_OfOtherLimits(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 1000, Limits: engine.Limits{
		SendsPerNumber: []guard.Rate{{N: 2, Per: 10 * time.Minute}}, SendGaps: []time.Duration{30 * time.Second},
		Keyed: []guard.Keyed{{
			Name: "client_ip", Key: guard.KeyClientIP, Count: guard.CountSends,
			Max: []guard.Rate{{N: 1, Per: time.Hour}},
		}},
	}})

	a.gate.Rate = guard.Rate{N: 100, Per: time.Second}
	send := func(number, more string) answer {
		t.Helper()
		return a.call(t, a.live, "POST", "/v2/otp/send", `{"to":"`+number+`","channels":["sms"]`+more+`}`)
	}

	hold := func(w answer, name, limit, policy, after string) {
		t.Helper()
		w.refusal(429, "rate_limit_exceeded")
		want := [3]string{
			`"requests_per_key";q=100;w=1, "` + name + `";` + policy,
			`"requests_per_key";r=99;t=1, "` + name + `";r=0;t=` + after, after,
		}
		if got := limitsOf(w); got != want || w.detail("limit") != limit || w.detail("reason") != name {
			t.Errorf("%s: %q, want %q: %s", name, got, want, w.text)
		}
		a.Clock.Add(time.Second)
	}

	send(phoneA, "").ok()
	a.Clock.Add(time.Second)
	hold(send(phoneA, ""), "send_gaps", "30s", "q=1;w=30", "29")
	a.Clock.Add(28 * time.Second)
	send(phoneA, "").ok()
	a.Clock.Add(40 * time.Second)
	hold(send(phoneA, ""), "sends_per_number", "2/10m", "q=2;w=600", "530")
	send(testworld.Number(1), `,"client_ip":"203.0.113.7"`).ok()
	a.Clock.Add(time.Second)
	hold(send(testworld.Number(2), `,"client_ip":"203.0.113.7"`), "client_ip", "1/1h", "q=1;w=3600", "3599")
	// The sandbox's number for it goes the same way.
	w := a.post(t, "/v2/otp/send", `{"to":"+15005550015","channels":["sms"]}`)
	hold(w, "sends_per_number", "5/10m", "q=5;w=600", "30")
}

// TestRateHeaders_InContract of every operation.
func TestRateHeaders_InContract(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	paths := a.call(t, "", "GET", "/openapi.json", "", "Authorization", "").ok().json["paths"].(map[string]any)
	for path, methods := range paths {
		for method, op := range methods.(map[string]any) {
			for status, r := range op.(map[string]any)["responses"].(map[string]any) {
				headers, _ := r.(map[string]any)["headers"].(map[string]any)
				wait := status == "429" || status == "503"
				if (headers["RateLimit"] != nil) != (status != "401") ||
					(headers["RateLimit-Policy"] != nil) != (status != "401") ||
					(headers["Retry-After"] != nil) != wait {
					t.Errorf("%s %s %s describes %v", method, path, status, headers)
				}
			}
		}
	}
}
