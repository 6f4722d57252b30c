package sip

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
)

// reports is a sink that keeps what it gets.
type reports struct {
	mu       sync.Mutex
	receipts []carrier.Receipt
	answers  []carrier.Answer
}

func (r *reports) sink() carrier.Sink {
	return carrier.Sink{
		Receipt: func(_ context.Context, one carrier.Receipt) (bool, error) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.receipts = append(r.receipts, one)
			return true, nil
		},
		Answer: func(_ context.Context, one carrier.Answer) error {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.answers = append(r.answers, one)
			return nil
		},
	}
}

// receipt waits for the only receipt.
func (r *reports) receipt(t *testing.T) (one carrier.Receipt) {
	t.Helper()
	until(t, "reported", func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		if len(r.receipts) > 0 {
			one = r.receipts[0]
		}
		return len(r.receipts) > 0
	})
	return one
}

// late waits for the only late answer.
func (r *reports) late(t *testing.T) (one carrier.Answer) {
	t.Helper()
	until(t, "answered", func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		if len(r.answers) > 0 {
			one = r.answers[0]
		}
		return len(r.answers) > 0
	})
	return one
}

func message1(code, locale string) carrier.Message {
	return carrier.Message{
		Ref: "msg_1", Channel: message.Voice, To: "+32470000001", Body: secret.NewString("Your code"),
		Code: secret.NewString(code), Locale: locale,
	}
}

// TestCall_Says: the sentence and the digits arrive as they were recorded, and the receipt comes after the first
// reading.
func TestCall_Says(t *testing.T) {
	t.Parallel()
	k, got := startTrunk(t, nil), &reports{}
	c := newTest(t, Config{Server: k.addr()}, got.sink(), time.Second)
	result := c.Send(t.Context(), message1("40", "fr-BE"))
	if result.Outcome != carrier.Accepted || len(result.IDs) != 1 {
		t.Fatalf("%+v", result)
	}
	receipt := got.receipt(t)
	if receipt.Status != carrier.Delivered || receipt.ID != result.IDs[0] || receipt.Ref != "msg_1" ||
		receipt.Carrier != "trunk" {
		t.Errorf("%+v", receipt)
	}

	voice := c.library.Voice("fr")
	rest := k.sound()
	for _, want := range [][]byte{voice.Sentence, voice.Digits[4], voice.Digits[0]} {
		at := bytes.Index(rest, want)
		if at < 0 {
			t.Fatalf("%d samples are not in %d", len(want), len(rest))
		}
		rest = rest[at+len(want):]
	}
	until(t, "hung up", func() bool { return k.asked(sip.BYE) == 1 })
	if n := k.asked(sip.ACK); n != 1 {
		t.Errorf("%d ACKs", n)
	}
}

// TestCall_HungUp: a person who hangs up early did not hear the code.
func TestCall_HungUp(t *testing.T) {
	t.Parallel()
	got := &reports{}
	k := startTrunk(t, func(k *trunk, r *sip.Request, from net.Addr) {
		k.reply(r, from, sip.StatusOK)
		k.hangUp(r, from)
	})
	c := newTest(t, Config{Server: k.addr()}, got.sink(), time.Second)
	if result := c.Send(t.Context(), message1("40", "en")); result.Outcome != carrier.Accepted {
		t.Fatalf("%+v", result)
	}

	receipt := got.receipt(t)
	if receipt.Status != carrier.Failed || receipt.Reason != message.NoAnswer || receipt.CarrierCode != "hung_up" {
		t.Errorf("%+v", receipt)
	}
	until(t, "the line is free", func() bool { return used(c) == 0 })
	if k.asked(sip.BYE) != 0 {
		t.Error("a BYE follows that of the other side")
	}
}

func used(c *Carrier) int {
	c.lines.mu.Lock()
	defer c.lines.mu.Unlock()
	return c.lines.used
}

// TestCall_Rings: a call that nobody answers is canceled after ring_timeout, also after more provisional answers than
// the
// library counts; one that is answered at that very moment is hung up.
func TestCall_Rings(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rings int
		glare bool
	}{
		"for ever":           {rings: 12},
		"answered too late":  {rings: 1, glare: true},
		"only 100 was heard": {rings: 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := startTrunk(t, func(k *trunk, r *sip.Request, from net.Addr) {
				k.reply(r, from, sip.StatusTrying)
				for range c.rings {
					k.reply(r, from, sip.StatusRinging)
				}
				go func() {
					until(t, "canceled", func() bool { return k.asked(sip.CANCEL) == 1 })
					if c.glare {
						k.reply(r, from, sip.StatusOK)
						return
					}
					k.reply(r, from, sip.StatusRequestTerminated)
				}()
			})

			made := newTest(t, Config{Server: k.addr(), RingTimeout: 5 * time.Second}, (&reports{}).sink(), time.Second)
			made.config.RingTimeout = 300 * time.Millisecond
			got := made.Send(t.Context(), message1("40", "en"))
			if got.Outcome != carrier.Rejected || got.Reason != message.NoAnswer || got.CarrierCode != "ring_timeout" {
				t.Errorf("%+v", got)
			}
			until(t, "the line is free", func() bool { return used(made) == 0 })
			if byes := k.asked(sip.BYE); (byes == 1) != c.glare {
				t.Errorf("%d BYEs", byes)
			}
		})
	}
}

// TestCall_LateAnswer: a trunk that answers after answer_timeout settles the submit, whose outcome was unknown.
func TestCall_LateAnswer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		want   carrier.Outcome
		reason message.Reason
	}{
		"a person answered, and was hung up on": {sip.StatusOK, carrier.Retry, message.CarrierTimeout},
		"busy":                                  {sip.StatusBusyHere, carrier.Rejected, message.Busy},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, later := &reports{}, make(chan struct{})
			k := startTrunk(t, func(k *trunk, r *sip.Request, from net.Addr) {
				go func() { <-later; k.reply(r, from, c.status) }()
			})
			made := newTest(t, Config{Server: k.addr()}, got.sink(), 300*time.Millisecond)
			if r := made.Send(t.Context(), message1("40", "en")); r.Outcome != carrier.Unknown || r.CarrierCode != "timeout" {
				t.Errorf("%+v", r)
			}
			close(later)
			late := got.late(t)
			if late.Ref != "msg_1" || late.Carrier != "trunk" || late.Result.Outcome != c.want || late.Result.Reason != c.reason {
				t.Errorf("%+v", late)
			}
			if byes := k.asked(sip.BYE); (byes == 1) != (c.status == sip.StatusOK) {
				t.Errorf("%d BYEs", byes)
			}
		})
	}
}

// TestCall_Password computes the response of RFC 2617 clause 3.2.2 apart from the code under test.
func TestCall_Password(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status   int
		field    string
		quality  string
		password string
		want     carrier.Outcome
		asked    int
	}{
		"401":            {sip.StatusUnauthorized, "WWW-Authenticate", "auth", "right", carrier.Accepted, 2},
		"407":            {sip.StatusProxyAuthRequired, "Proxy-Authenticate", "auth", "right", carrier.Accepted, 2},
		"auth-int":       {sip.StatusUnauthorized, "WWW-Authenticate", "auth-int", "right", carrier.Accepted, 2},
		"wrong password": {sip.StatusUnauthorized, "WWW-Authenticate", "auth", "wrong", carrier.Retry, 2},
		"none":           {sip.StatusUnauthorized, "WWW-Authenticate", "auth", "", carrier.Retry, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := startTrunk(t, func(k *trunk, r *sip.Request, from net.Addr) {
				if given := r.GetHeader(challenges[c.status][1]); given != nil && rightResponse(t, r, given.Value(), c.quality) {
					k.reply(r, from, sip.StatusOK)
					return
				}
				k.reply(r, from, c.status, sip.NewHeader(c.field, `Digest realm="r", algorithm=md5, qop="`+c.quality+`", nonce="n"`))
			})

			config := Config{Server: k.addr()}
			if c.password != "" {
				config.Username, config.Password = "user", secret.NewString(c.password)
			}
			made := newTest(t, config, (&reports{}).sink(), time.Second)
			got := made.Send(t.Context(), message1("40", "en"))
			if got.Outcome != c.want || k.asked(sip.INVITE) != c.asked {
				t.Errorf("%+v after %d INVITEs", got, k.asked(sip.INVITE))
			}
			if c.want == carrier.Retry && !strings.Contains(got.Cause, "password") {
				t.Errorf("cause %q", got.Cause)
			}
		})
	}
}

func rightResponse(t *testing.T, r *sip.Request, field, quality string) bool {
	t.Helper()
	given, err := digest.ParseCredentials(field)
	if err != nil || given.URI != r.Recipient.String() {
		t.Errorf("%q: %v", field, err)
		return false
	}
	want, err := digest.Digest(&digest.Challenge{Realm: "r", Nonce: "n", QOP: []string{quality}}, digest.Options{
		Method: "INVITE", URI: given.URI, Username: "user", Password: "right", Count: given.Nc, Cnonce: given.Cnonce,
		GetBody: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(r.Body())), nil },
	})

	return err == nil && want.Response == given.Response
}

// TestSend_Lines: a call above max_calls waits for a line, and is refused for now when none becomes free.
func TestSend_Lines(t *testing.T) {
	t.Parallel()
	k := startTrunk(t, nil)
	c := newTest(t, Config{Server: k.addr(), MaxCalls: 2}, (&reports{}).sink(), 300*time.Millisecond)
	c.Share(func(total int) int { return total / 2 })
	if l := c.Limits(); l.InFlight != 1 {
		t.Errorf("%+v", l)
	}
	if got := c.Send(t.Context(), message1("40", "en")); got.Outcome != carrier.Accepted {
		t.Fatalf("%+v", got)
	}
	if got := c.Send(t.Context(), message1("41", "en")); got.Outcome != carrier.Retry || !got.Throttled {
		t.Errorf("%+v", got)
	}

	c.Share(func(total int) int { return total })
	if got := c.Send(t.Context(), message1("41", "en")); got.Outcome != carrier.Accepted {
		t.Errorf("%+v", got)
	}
}

// TestSend_NotPossible: nothing is called when it is clear before that it cannot work.
func TestSend_NotPossible(t *testing.T) {
	t.Parallel()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	down := newTest(t, Config{Server: closed.Addr().String(), Transport: TCP}, (&reports{}).sink(), time.Second)
	if got := down.Send(t.Context(), message1("40", "en")); got.Outcome != carrier.Retry || got.CarrierCode != "connect" {
		t.Errorf("down: %+v", got)
	}
	if got := down.Send(t.Context(), message1("4O", "en")); got.Outcome != carrier.Rejected || got.CarrierCode != "no_digits" {
		t.Errorf("a letter: %+v", got)
	}
	if n := used(down); n != 0 {
		t.Errorf("%d lines are in use", n)
	}

	stopped := newCarrier(carrier.Common{Name: "a"}, *Factory.NewSettings().(*Config), down.library, down.log)
	if got := stopped.Send(t.Context(), message1("40", "en")); got.Outcome != carrier.Retry || got.Cause == "" {
		t.Errorf("not running: %+v", got)
	}
}

// TestAgent_Strangers: requests that belong to no call change nothing, and get an answer.
func TestLibrary_LogsNothing(t *testing.T) {
	t.Parallel()
	newCarrier(carrier.Common{}, Config{}, nil, slog.New(slog.DiscardHandler))
	if sip.DefaultLogger().Enabled(t.Context(), slog.LevelError) {
		t.Error("the library logs, and so would log numbers")
	}
}

func TestAgent_Strangers(t *testing.T) {
	t.Parallel()
	got := &reports{}
	k := startTrunk(t, func(k *trunk, r *sip.Request, from net.Addr) {
		k.reply(r, from, sip.StatusOK)
		forged := r.Clone()
		forged.From().Params = sip.NewParams()
		forged.From().Params.Add("tag", "guessed")
		k.hangUp(forged, from)
	})
	c := newTest(t, Config{Server: k.addr()}, got.sink(), time.Second)
	if result := c.Send(t.Context(), message1("1", "en")); result.Outcome != carrier.Accepted {
		t.Fatalf("%+v", result)
	}
	if receipt := got.receipt(t); receipt.Status != carrier.Delivered {
		t.Errorf("a BYE with another tag ended the call: %+v", receipt)
	}
}
