package httpapi_test

import (
	"log/slog"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/admin"
	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/carriertest"
	"github.com/syssecure/syssecure/internal/carrier/httpsms"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/httpapi"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

func onEach(t *testing.T, test func(t *testing.T, b store.Backend)) {
	t.Helper()
	for name, fresh := range testworld.Backends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, fresh(t))
		})
	}
}

// TestIdempotency_FirstAnswer: a repeat gets exactly the first answer.
func TestIdempotency_FirstAnswer(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		a := newAPI(t, testworld.Options{Backend: b})
		o := a.send(t, phoneA, `"sms"`)
		verified := a.send(t, testworld.Number(1), `"sms"`)
		for i, c := range []struct {
			path, body, other string
			status            int
		}{
			{
				path: "/v2/otp/send", body: `{"to":"` + testworld.Number(2) + `","channels":["sms"]}`,
				other: `{"to":"` + testworld.Number(2) + `","channels":["sms"],"length":4}`, status: 200,
			},
			{
				path: "/v2/otp/send", body: `{"to":"+15005550011","channels":["sms"]}`,
				other: `{"to":"+15005550011","channels":["voice"]}`, status: 422,
			},
			{
				path: "/v2/otp/send", body: `{"to":"+15005550002","channels":["sms"]}`,
				other: `{"to":"+15005550002","channels":["voice"]}`, status: 200,
			},
			{
				path: "/v2/otp/verify", body: `{"otp_id":"` + verified + `","code":"000001"}`,
				other: `{"otp_id":"` + verified + `","code":"000002"}`, status: 200,
			},
			{
				path: "/v2/otp/verify", body: `{"otp_id":"` + verified + `","code":"000000"}`,
				other: `{"otp_id":"` + o + `","code":"000000"}`, status: 200,
			},
			{path: "/v2/otp/" + o + "/resend", other: `{"channel":"sms"}`, status: 200},
			{path: "/v2/otp/" + o + "/cancel", status: 200},
		} {
			key := []string{"Idempotency-Key", string(rune('a' + i))}
			first := a.post(t, c.path, c.body, key...)
			a.Clock.Add(time.Second)
			again := a.post(t, c.path, c.body, key...)
			if first.Code != c.status || again.Code != c.status || first.text != again.text {
				t.Errorf("%s: first %d %s, again %d %s", c.path, first.Code, first.text, again.Code, again.text)
			}
			if again.Header().Get("X-Request-Id") == first.Header().Get("X-Request-Id") {
				t.Errorf("%s: a repeat has the first one's X-Request-Id", c.path)
			}
			if c.other != "" {
				w := a.post(t, c.path, c.other, key...).refusal(400, "invalid_params")
				if w.detail("reason") != "idempotency_key_reused" {
					t.Errorf("%s: %s", c.path, w.text)
				}
			}
			if c.path != "/v2/otp/send" {
				a.post(t, "/v2/otp/send", `{`+good+`}`, key...).refusal(400, "invalid_params")
			}
		}
		if w := a.get(t, "/v2/otp/"+verified).ok(); w.json["attempts_remaining"] != float64(4) {
			t.Errorf("a repeated verify was counted: %s", w.text)
		}
	})
}

// TestIdempotency_ConcurrentRepeats are one message, one charge and one answer.
func TestIdempotency_ConcurrentRepeats(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		a := newAPI(t, testworld.Options{Backend: b, Credits: 100})
		var mu sync.Mutex
		answers := map[string]int{}
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() {
				for {
					w := a.call(t, a.live, "POST", "/v2/otp/send", `{`+good+`}`, "Idempotency-Key", "same")
					if w.Code == 429 && w.detail("reason") == "in_flight" && w.Header().Get("Retry-After") == "1" {
						continue
					}

					mu.Lock()
					answers[w.text]++
					mu.Unlock()

					return
				}
			})
		}

		wg.Wait()
		if got := a.Balance(t); len(answers) != 1 || len(a.sms.Sent()) != 1 || got.Credits != 92 || got.Held != 0 {
			t.Errorf("%d answers, %d texts, balance %+v", len(answers), len(a.sms.Sent()), got)
		}
	})
}

// TestIdempotency_NotStored: after a refusal without effect the same request may succeed.
func TestIdempotency_NotStored(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	body := `{` + good + `}`
	a.call(t, a.key(t, id.Live, "read"), "POST", "/v2/otp/send", body, "Idempotency-Key", "k").refusal(401,
		"unauthorized")
	a.call(t, a.live, "POST", "/v2/otp/send", body, "Idempotency-Key", "k").refusal(402, "insufficient_credits")
	if _, err := a.Admin.Credit(t.Context(), a.Account, 8); err != nil {
		t.Fatal(err)
	}

	first := a.call(t, a.live, "POST", "/v2/otp/send", body, "Idempotency-Key", "k").ok()
	if again := a.call(t, a.live, "POST", "/v2/otp/send", body, "Idempotency-Key", "k").ok(); again.text != first.text {
		t.Errorf("first %s, again %s", first.text, again.text)
	}

	for number, status := range map[string]int{"14": 402, "15": 429, "16": 500, "01": 422, "03": 422} {
		for range 2 {
			w := a.post(t, "/v2/otp/send", `{"to":"+150055500`+number+`","channels":["sms"]}`, "Idempotency-Key", "n")
			if w.Code != status {
				t.Errorf("%s: %d, want %d", number, w.Code, status)
			}
		}
	}
}

func TestResend_OptionalBody(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	o := a.send(t, phoneA, `"whatsapp","sms"`)
	for body, channel := range map[string]string{
		``: "", `{}`: "", `{"channel":"voice"}`: "voice", `{"channel":"sms"}`: "sms",
	} {
		w := a.post(t, "/v2/otp/"+o+"/resend", body).ok()
		if channel != "" && w.str("channel") != channel || w.str("otp_id") != o {
			t.Errorf("%q: %s", body, w.text)
		}
	}

	a.post(t, "/v2/otp/"+o+"/resend", `{"channel":"fax"}`).refusal(400, "invalid_params")
	a.post(t, "/v2/otp/"+o+"/resend", `{"channels":["sms"]}`).refusal(400, "invalid_params")
	w := a.post(t, "/v2/otp/"+o+"/cancel", ``).ok()
	if w.str("status") != "canceled" || w.str("otp_id") != o {
		t.Errorf("answered %s", w.text)
	}
	a.post(t, "/v2/otp/"+o+"/resend", ``).refusal(400, "invalid_params")
}

// TestCallbacks_Routes tests a submit to a real gateway, its receipt and an inbound message.
func TestCallbacks_Routes(t *testing.T) {
	t.Parallel()
	g, err := carriertest.StartGateway(carriertest.GatewayOptions{Token: "token"})
	if err != nil {
		t.Fatal(err)
	}

	t.Cleanup(g.Close)
	log := slog.New(slog.DiscardHandler)
	k, err := httpsms.New(httpsms.Config{
		Name: "any-http", Channel: message.SMS, URL: g.URL(), Token: secret.NewString("token"), Receipts: true,
	}, log)
	if err != nil {
		t.Fatal(err)
	}

	t.Cleanup(k.Close)
	w := testworld.New(t, testworld.Options{Carriers: []carrier.Carrier{k}})
	a := &api{World: w}
	a.Handler = httpapi.New(httpapi.Config{
		Engine: w.Engine, Answers: w.Answers, OptOuts: w.OptOuts, Query: w.Dispatcher.Query, Sink: w.Sink(),
		Numbers: w.Dispatcher.Config.Numbers, Keys: w.Dispatcher.Config.Keys, Admin: w.Admin,
		Gate: &admin.Authenticator{Admin: w.Admin}, Log: log, Callbacks: map[string]carrier.CallbackHandler{"any-http": k},
	})

	server := httptest.NewServer(a.Handler)
	t.Cleanup(server.Close)
	g.SetCallbacks(server.URL + "/carriers/any-http")
	s, _, err := w.SendOTP(t.Context(), w.Live, engine.OTPRequest{To: phoneA, Channels: []message.Channel{message.SMS}},
		nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Receipt(g.Submitted()[0].ID, carrier.Delivered); err != nil {
		t.Fatal(err)
	}
	if got := w.Read(t, s.OTP.ID).State(); got != "delivered" {
		t.Errorf("state %s", got)
	}
	if err := g.Inbound(phoneA, "8080", "STOP"); err != nil {
		t.Fatal(err)
	}
	if w.Contact(t, id.Live, phoneA).OptOut.At.IsZero() {
		t.Error("STOP was not stored")
	}

	g.SetCallbacks(server.URL + "/carriers/unknown")
	if g.Receipt("g-1", carrier.Delivered) == nil {
		t.Error("a carrier that is not configured was answered with 2xx")
	}
}
