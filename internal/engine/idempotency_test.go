package engine_test

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/idempotency"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

// keyed is a request with an Idempotency-Key. Its answers carry a count, so that equal bytes mean a stored answer.
func keyed(w *testworld.World, c account.Caller, key, body string) *idempotency.Request {
	return w.Answers.Request(c, key, http.MethodPost, "/send", []byte(body),
		func(result any, f *fault.Fault) idempotency.Answer {
			status, out := http.StatusOK, map[string]any{}
			switch r := result.(type) {
			case engine.OTPSent:
				out["otp"], out["accepted"] = r.OTP.ID.String(), r.Accepted()
			case engine.Verified:
				out["result"] = string(r.Result)
			case engine.Message:
				out["message"], out["state"] = r.ID.String(), r.State.String()
			case engine.OTP:
				out["state"] = r.State()
			}
			if f != nil {
				status, out = f.Status, map[string]any{"code": string(f.Code)}
			}

			b, err := json.Marshal(out)
			if err != nil {
				return idempotency.Answer{Status: http.StatusInternalServerError}
			}

			return idempotency.Answer{Status: status, Body: b}
		})
}

func sendKeyed(ctx context.Context, w *testworld.World, c account.Caller, key string,
	r engine.OTPRequest,
) (*idempotency.Answer, error) {
	body, err := json.Marshal(struct {
		To       string
		Channels []message.Channel
	}{r.To, r.Channels})
	if err != nil {
		return nil, err
	}

	_, a, err := w.SendOTP(ctx, c, r, keyed(w, c, key, string(body)))
	if a != nil {
		return a, nil
	}

	return nil, err
}

func TestIdempotency_ParallelRequests(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newTrio(t, testworld.Options{Backend: b})
		var mu sync.Mutex
		bodies := map[string]int{}
		together(100, func(int) {
			for {
				a, err := sendKeyed(t.Context(), w.World, w.Live, "key", testworld.To(phoneA))
				if f := fault.From(err); err != nil && f.Code == fault.RateLimitExceeded &&
					f.Details.Reason == "in_flight" && f.RetryAfter == time.Second {
					continue
				}

				if err != nil || a.Status != http.StatusOK {
					t.Errorf("answer %+v, %v", a, err)
					return
				}

				mu.Lock()
				bodies[string(a.Body)]++
				mu.Unlock()

				return
			}
		})
		if len(bodies) != 1 || len(w.SMS.Sent()) != 1 {
			t.Errorf("%d different answers, %d texts", len(bodies), len(w.SMS.Sent()))
		}
		if got := w.Balance(t); got.Credits != 992 || got.Held != 0 {
			t.Errorf("balance %+v", got)
		}
	})
}

func TestIdempotency_KeyScope(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	first, err := sendKeyed(t.Context(), w.World, w.Live, "key", testworld.To(phoneA))
	if err != nil {
		t.Fatal(err)
	}

	// Another body, then the same key under another mode and another account.
	_, err = sendKeyed(t.Context(), w.World, w.Live, "key", testworld.To(testworld.Number(1)))
	if f := refused(t, err, fault.InvalidParams); f.Details.Field != "Idempotency-Key" {
		t.Errorf("details %+v", f.Details)
	}

	other, err := w.Admin.CreateAccount(t.Context(), "Other", 100)
	if err != nil {
		t.Fatal(err)
	}

	for name, c := range map[string]account.Caller{
		"mode": w.Test, "account": testworld.CallerOf(other.Account, id.Live),
	} {
		t.Run(name, func(t *testing.T) {
			a, err := sendKeyed(t.Context(), w.World, c, "key", testworld.To(phoneA))
			if err != nil || string(a.Body) == string(first.Body) {
				t.Errorf("another %s: %v, %v", name, a, err)
			}
		})
	}

	again, err := sendKeyed(t.Context(), w.World, w.Live, "key", testworld.To(phoneA))
	if err != nil || string(again.Body) != string(first.Body) {
		t.Errorf("the repeat is %v, %v", again, err)
	}
}

// TestIdempotency_ReplayIsNotLimited: a repeat is answered even when the number could not get another text.
func TestIdempotency_ReplayIsNotLimited(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{Limits: engine.Limits{SendsPerNumber: []guard.Rate{{N: 2, Per: time.Hour}}}})
	for range 5 {
		if _, err := sendKeyed(t.Context(), w.World, w.Live, "key", testworld.To(phoneA)); err != nil {
			t.Fatal(err)
		}
	}

	send(t, w.World, testworld.To(phoneA))
	_, _, err := w.SendOTP(t.Context(), w.Live, testworld.To(phoneA), nil)
	refused(t, err, fault.RateLimitExceeded)
	if _, err := sendKeyed(t.Context(), w.World, w.Live, "key", testworld.To(phoneA)); err != nil {
		t.Errorf("the replay met the limit: %v", err)
	}
}

func TestIdempotency_WhatIsStored(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{Credits: 20, Limits: engine.Limits{SendGaps: []time.Duration{time.Hour}}})
	// 402 has no effect, so it is not stored: after a top-up the same request succeeds.
	r := testworld.To(testworld.Number(1))
	_, err := w.Admin.Credit(t.Context(), w.Account, -15)
	if err != nil {
		t.Fatal(err)
	}

	_, err = sendKeyed(t.Context(), w.World, w.Live, "402", r)
	refused(t, err, fault.InsufficientCredits)
	if _, err := w.Admin.Credit(t.Context(), w.Account, 100); err != nil {
		t.Fatal(err)
	}
	if a, err := sendKeyed(t.Context(), w.World, w.Live, "402", r); err != nil || a.Status != http.StatusOK {
		t.Errorf("after the top-up: %v, %v", a, err)
	}

	// 429 is not stored either.
	_, err = sendKeyed(t.Context(), w.World, w.Live, "429", r)
	refused(t, err, fault.RateLimitExceeded)
	w.Clock.Add(time.Hour)
	if a, err := sendKeyed(t.Context(), w.World, w.Live, "429", r); err != nil || a.Status != http.StatusOK {
		t.Errorf("after the wait: %v, %v", a, err)
	}

	// A refusal after a carrier was tried is stored: the repeat must not try again.
	w.SMS.Script(testworld.Rejects(message.InvalidDestination))
	for range 3 {
		a, err := sendKeyed(t.Context(), w.World, w.Live, "422", testworld.To(testworld.Number(2)))
		if err != nil || a.Status != http.StatusUnprocessableEntity {
			t.Errorf("answer %v, %v", a, err)
		}
	}
	if n := len(w.SMS.Sent()); n != 3 {
		t.Errorf("%d texts, want 3", n)
	}
}

func TestIdempotency_Verify(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	s := send(t, w.World, testworld.To(phoneA))
	check := func(code, key string) string {
		t.Helper()
		_, a, err := w.VerifyOTP(t.Context(), w.Live, s.OTP.ID, secret.NewString(code),
			keyed(w.World, w.Live, key, code))
		if err != nil {
			t.Fatal(err)
		}
		return string(a.Body)
	}

	code := codeOf(w.SMS)
	for range 3 {
		if got := check(wrongCode(code), "a"); got != `{"result":"incorrect"}` {
			t.Errorf("wrong code: %s", got)
		}
	}
	if left := w.Read(t, s.OTP.ID).Left(); left != 4 {
		t.Errorf("%d attempts left: repeats were counted", left)
	}

	for range 3 {
		if got := check(code, "b"); got != `{"result":""}` {
			t.Errorf("right code: %s", got)
		}
	}

	w.Clock.Add(idempotency.KeepVerified - time.Second)
	if got := check(code, "b"); got != `{"result":""}` {
		t.Errorf("a repeat within five minutes: %s", got)
	}

	// After five minutes the key is free, also when its row was not removed yet: a repeat then reveals nothing.
	w.Clock.Add(time.Second)
	for range 2 {
		if got := check(code, "b"); got != `{"result":"already_verified"}` {
			t.Errorf("five minutes later: %s", got)
		}
	}

	w.Clock.Add(time.Minute)
	if a, err := w.Answers.Stored(t.Context(), w.Live, keyed(w.World, w.Live, "b", code)); err != nil || a == nil {
		t.Errorf("the second answer is not stored: %v, %v", a, err)
	}

	w.Clock.Add(idempotency.KeepVerified)
	w.Do(t, w.Janitor.RemoveExpired)
	if a, err := w.Answers.Stored(t.Context(), w.Live, keyed(w.World, w.Live, "b", code)); err != nil || a != nil {
		t.Errorf("still stored after its removal: %v, %v", a, err)
	}
}

func TestIdempotency_Cancel(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	s := send(t, w.World, testworld.To(phoneA))
	for range 2 {
		_, a, err := w.CancelOTP(t.Context(), w.Live, s.OTP.ID, keyed(w.World, w.Live, "k", ""))
		if err != nil || string(a.Body) != `{"state":"canceled"}` {
			t.Errorf("answer %v, %v", a, err)
		}
	}
}

// TestIdempotency_LostAnswer crashes between the send and its answer.
func TestIdempotency_LostAnswer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer testworld.Answer
		status int
	}{
		"accepted": {testworld.Accepts, http.StatusOK},
		"rejected": {testworld.Rejects(message.InvalidDestination), http.StatusUnprocessableEntity},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				w := newTrio(t, testworld.Options{Now: time.Now})
				hold := make(chan carrier.Result)
				w.SMS.Script(testworld.Held(hold), c.answer)
				go func() { _, _ = sendKeyed(context.Background(), w.World, w.Live, "key", testworld.To(phoneA)) }()
				synctest.Wait()
				_, err := sendKeyed(t.Context(), w.World, w.Live, "key", testworld.To(phoneA))
				refused(t, err, fault.RateLimitExceeded)
				next := w.Restart(t, nil)
				if err := next.Dispatcher.Recover(t.Context()); err != nil {
					t.Fatal(err)
				}

				next.Settle()
				a, err := sendKeyed(t.Context(), next, w.Live, "key", testworld.To(phoneA))
				if err != nil || a.Status != c.status {
					t.Fatalf("answer %v, %v", a, err)
				}

				again, err := sendKeyed(t.Context(), next, w.Live, "key", testworld.To(phoneA))
				if err != nil || string(again.Body) != string(a.Body) || again.Status != a.Status {
					t.Errorf("the repeat differs: %s, %v", again.Body, err)
				}
				if n := len(w.SMS.Sent()); n != 2 {
					t.Errorf("%d texts, want the first and its repeat", n)
				}
				hold <- carrier.Result{Outcome: carrier.Rejected, Reason: message.CarrierError}
				w.Settle()
			})
		})
	}
}

// TestIdempotency_LostResend: the repeat gets the answer of the first, not that the OTP is verified by now.
func TestIdempotency_LostResend(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w := newTrio(t, testworld.Options{Now: time.Now})
		hold := make(chan carrier.Result)
		w.SMS.Script(testworld.Accepts, testworld.Held(hold), testworld.Accepts)
		s := send(t, w.World, testworld.To(phoneA))
		go func() {
			_, _, _ = w.ResendOTP(context.Background(), w.Live, s.OTP.ID, 0, keyed(w.World, w.Live, "key", "resend"))
		}()

		synctest.Wait()
		next := w.Restart(t, nil)
		if err := next.Dispatcher.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}

		next.Settle()
		if got := verify(t, next, s.OTP.ID, codeOf(w.SMS)); got != otp.Valid {
			t.Fatalf("verify: %v", got)
		}

		for range 2 {
			a, err := next.Answers.Stored(t.Context(), w.Live, keyed(next, w.Live, "key", "resend"))
			if err != nil || a == nil || a.Status != http.StatusOK {
				t.Fatalf("answer %v, %v", a, err)
			}
		}

		_, err := next.Answers.Stored(t.Context(), w.Live, keyed(next, w.Live, "key", "another request"))
		refused(t, err, fault.InvalidParams)
		hold <- carrier.Result{Outcome: carrier.Rejected, Reason: message.CarrierError}
		w.Settle()
	})
}

// TestIdempotency_WithoutKey is the control of the tests above.
func TestIdempotency_WithoutKey(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	s := send(t, w.World, testworld.To(phoneA))
	send(t, w.World, testworld.To(phoneA))
	if n := len(w.SMS.Sent()); n != 2 || verify(t, w.World, s.OTP.ID, codeOf(w.SMS)) != otp.Valid {
		t.Errorf("%d texts, want 2", n)
	}
}
