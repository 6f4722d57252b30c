package cli_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier/carriertest"
	"github.com/syssecure/syssecure/internal/engine"
)

// gateways is an installation with a gateway behind each of the carriers wa (WhatsApp), a, b and c (SMS).
func gateways(t *testing.T) (i installation, gateway *carriertest.Gateway) {
	t.Helper()
	gateway, err := carriertest.StartGateway(carriertest.GatewayOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(gateway.Close)

	var text strings.Builder
	for _, name := range []string{"wa", "a", "b", "c"} {
		channel := map[bool]string{true: "whatsapp", false: "sms"}[name == "wa"]
		fmt.Fprintf(&text, "[[carrier]]\nname = %q\nkind = \"http\"\nchannel = %q\nurl = %q\ntoken = \"t\"\n", name, channel,
			gateway.URL())
	}

	return install(t, text.String()+`
[[route]]
channel = "sms"
prefix = "+32"
carriers = ["a", "b"]
strategy = "verified_rate"

[[route]]
channel = "sms"
prefix = "+3"
carriers = ["b", "c"]

[[price]]
channel = "sms"
credits = 8

[[price]]
channel = "whatsapp"
prefix = "+32"
credits = 3

[[cost]]
channel = "sms"
carrier = "b"
prefix = "+33"
credits = 5

[[test_number]]
number = "+32470000000"
code = "314159"
`), gateway
}

// planned is a plan in words: channel, carrier, credits and reason of each step, and what is left out.
func planned(p engine.RoutePlan) (lines []string) {
	for _, s := range p.Steps {
		cost := ""
		if s.Cost != nil {
			cost = fmt.Sprintf(" for %d", *s.Cost)
		}
		lines = append(lines, fmt.Sprintf("%s %s %d%s a %s: %s", s.Channel, s.Carrier, s.Credits, cost, s.Unit, s.Chosen))
	}
	for _, l := range p.LeftOut {
		lines = append(lines, fmt.Sprintf("not %s %s: %s", l.Channel, l.Carrier, l.Why))
	}
	slices.Sort(lines)

	return lines
}

func TestRouteExplain(t *testing.T) {
	t.Parallel()
	i, _ := gateways(t)
	i.ok("migrate")
	for name, c := range map[string]struct {
		args    []string
		want    []string // sorted
		credits int64
		problem string
	}{
		"by what codes achieve": {
			args: []string{"+32470123456", "--channels", "whatsapp,sms"},
			want: []string{
				"not sms c: route 2 names it, but route 1 comes first",
				"sms a 8 a segment: route 1, verified_rate without codes yet",
				"sms b 8 a segment: route 1, verified_rate without codes yet",
				"whatsapp wa 3 a message: no route, order",
			},
			credits: 8,
		},
		"in order": {
			args: []string{"+33612345678", "--channels", "sms"},
			want: []string{
				"not sms a: route 2 decides, and does not name it; route 1 names it for numbers that begin with +32",
				"sms b 8 for 5 a segment: route 2, order", "sms c 8 a segment: route 2, order",
			},
			credits: 8,
		},
		"no route matches": {
			args: []string{"+14155550100", "--channels", "sms,whatsapp"},
			want: []string{
				"not sms a: no route for sms matches the number; route 1 names it for numbers that begin with +32",
				"not sms b: no route for sms matches the number; route 1 names it for numbers that begin with +32; " +
					"route 2 names it for numbers that begin with +3",
				"not sms c: no route for sms matches the number; route 2 names it for numbers that begin with +3",
				"whatsapp wa 0 a message: no route, order",
			},
			problem: "no carrier is configured for sms to this number; the API refuses a send that asks for it",
		},
		"every channel with a carrier": {
			args: []string{"+32470123456"},
			want: []string{
				"not sms c: route 2 names it, but route 1 comes first",
				"sms a 8 a segment: route 1, verified_rate without codes yet",
				"sms b 8 a segment: route 1, verified_rate without codes yet",
				"whatsapp wa 3 a message: no route, order",
			},
			credits: 8,
		},
		"a test number": {args: []string{"+32470000000"}},
		"the sandbox": {
			args: []string{"+15005550006", "--mode", "test", "--channels", "voice"},
			want: []string{"voice sandbox 0 a call: no route, order"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var p engine.RoutePlan
			args := append([]string{"route", "explain"}, c.args...)
			i.json(&p, append(args, "--json")...)
			if got := planned(p); !slices.Equal(got, c.want) || p.Credits != c.credits || p.Problem != c.problem {
				t.Errorf("explained %d credits, %q\n%s", p.Credits, p.Problem, strings.Join(got, "\n"))
			}

			text := i.ok(args...)
			for _, s := range p.Steps {
				if !strings.Contains(text, s.Channel+" over "+s.Carrier+": ") || !strings.Contains(text, s.Chosen) {
					t.Errorf("it prints\n%s", text)
				}
			}
		})
	}
}

func TestRouteExplain_Refused(t *testing.T) {
	t.Parallel()
	i, _ := gateways(t)
	i.ok("migrate")
	for args, want := range map[string]string{
		"0470123456":                          "not in E.164 form",
		"+15005550006":                        "are the sandbox's",
		"+32470123456 --channels fax":         `"fax" is not a channel`,
		"+32470123456 --channels sms,sms":     "sms is there twice",
		"+32470123456 --mode both":            "--mode",
		"+15005550001 --mode test --json":     "simulated by this sandbox number",
		"+32470123456 +32470123457":           "unexpected argument",
		"+32470123456 --channels sms --mode=": "--mode",
	} {
		code, _, errs := i.run(append([]string{"route", "explain"}, strings.Fields(args)...)...)
		if code == 0 || !strings.Contains(errs, want) {
			t.Errorf("%s: exit %d, %q", args, code, errs)
		}
	}
}

// TestRouteExplain_BesideServer: it shows the state of carriers, and how often each comes first.
func TestRouteExplain_BesideServer(t *testing.T) {
	t.Parallel()
	i, gateway := gateways(t)
	var account, key created
	i.json(&account, "account", "create", "--name", "Acme", "--credits", "1000", "--json")
	i.json(&key, "key", "create", "--account", account.ID, "--mode", "live", "--json")
	if text := i.ok("route", "explain", "+32470123456"); strings.Count(text, "state: not known, because no server runs") != 3 {
		t.Errorf("without a server:\n%s", text)
	}

	base, stop := i.serve(t)
	defer stop()
	status, answer := call(t, "POST", base+"/v2/otp/send", key.Secret, `{"to":"+32470123456","channels":["sms"]}`)
	if status != http.StatusOK || gateway.Count() != 1 {
		t.Fatalf("%d %s", status, answer)
	}
	i.ok("carrier", "pause", "wa")
	eventually(t, "the pause", func() bool {
		text := i.ok("route", "explain", "+32470123456")
		return strings.Contains(text, "state: paused; has been paused since ") && strings.Count(text, "state: ok") == 2 &&
			strings.Contains(text, "first for about 5")
	})
}

// whatsAppDown are servers in Meta's place that do not take messages, each with a note of when it failed.
var whatsAppDown = map[string]func(t *testing.T, failed func()) (url string){
	"no server": func(t *testing.T, failed func()) string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		_ = l.Close()
		failed()
		return "http://" + l.Addr().String()
	},
	"an outage": answersDown(http.StatusServiceUnavailable, `{"error":{"code":2,"message":"down"}}`),
	"a token that is not valid": answersDown(http.StatusUnauthorized,
		`{"error":{"code":190,"message":"Invalid OAuth access token"}}`),
	"an error of the proxy": answersDown(http.StatusBadGateway, "<html>"),
	"connections that break": func(t *testing.T, failed func()) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			failed()
			panic(http.ErrAbortHandler)
		}))
		t.Cleanup(s.Close)
		return s.URL
	},
}

func answersDown(status int, body string) func(*testing.T, func()) string {
	return func(t *testing.T, failed func()) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			failed()
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}))
		t.Cleanup(s.Close)
		return s.URL
	}
}

// TestServe_WhatsAppDown: when WhatsApp fails, a carrier accepts the code as an SMS in the same request, within a second.
func TestServe_WhatsAppDown(t *testing.T) {
	t.Parallel()
	for name, start := range whatsAppDown {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			gateway, err := carriertest.StartGateway(carriertest.GatewayOptions{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(gateway.Close)
			var failedAt atomic.Int64
			url := start(t, func() { failedAt.Store(time.Now().UnixNano()) })
			i := install(t, fmt.Sprintf("public_url = \"https://otp.example.com\"\n"+
				"[[carrier]]\nname = \"wa\"\nkind = \"whatsapp\"\nphone_number_id = \"1\"\naccess_token = \"x\"\n"+
				"app_secret = \"x\"\nverify_token = \"x\"\ntemplate = \"code\"\napi_base = %q\n"+
				"[[carrier]]\nname = \"gw\"\nkind = \"http\"\nchannel = \"sms\"\nurl = %q\ntoken = \"t\"\n", url, gateway.URL()))
			var account, key created
			i.json(&account, "account", "create", "--name", "Acme", "--json")
			i.json(&key, "key", "create", "--account", account.ID, "--mode", "live", "--json")
			base, stop := i.serve(t)
			defer stop()

			var took []time.Duration
			for n := range 4 { // a fifth would open the breaker
				began := time.Now()
				body := fmt.Sprintf(`{"to":"+3247000%04d","channels":["whatsapp","sms"]}`, n)
				status, answer := call(t, "POST", base+"/v2/otp/send", key.Secret, body)
				var sent struct{ Channel, Status string }
				if err := json.Unmarshal([]byte(answer), &sent); err != nil || status != http.StatusOK ||
					sent.Channel != "sms" || sent.Status != "sent" {
					t.Fatalf("%d %s", status, answer)
				}
				took = append(took, time.Since(time.Unix(0, max(began.UnixNano(), failedAt.Load()))))
			}

			slices.Sort(took)
			t.Logf("from the failure to the answer: %v", took)
			if gateway.Count() != 4 || took[1] > time.Second { // a busy machine may delay one
				t.Errorf("%d messages as SMS, %v after the failure", gateway.Count(), took)
			}
		})
	}
}
