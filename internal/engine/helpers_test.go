package engine_test

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/engine/enginetest"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
)

const phoneA = "+32470123456"

var discard = slog.New(slog.DiscardHandler)

var (
	smsPrice      = route.Price{Channel: message.SMS, Credits: 8}
	whatsappPrice = route.Price{Channel: message.WhatsApp, Credits: 3}
	telegramPrice = route.Price{Channel: message.Telegram, Credits: 2}
	prices        = []route.Price{smsPrice, whatsappPrice, telegramPrice, {Channel: message.Voice, Credits: 20}}
)

// trio is a world with three carriers, prices and 1,000 credits.
type trio struct {
	*enginetest.World
	whatsapp, sms, telegram *enginetest.Carrier
}

func newTrio(t *testing.T, o enginetest.Options) trio {
	t.Helper()
	w := trio{
		whatsapp: enginetest.NewCarrier("wa", message.WhatsApp), sms: enginetest.NewCarrier("smsc", message.SMS),
		telegram: enginetest.NewCarrier("tg", message.Telegram),
	}
	o.Carriers = []carrier.Carrier{w.whatsapp, w.sms, w.telegram}
	if o.Prices == nil {
		o.Prices = prices
	}
	if o.Credits == 0 {
		o.Credits = 1000
	}
	w.World = enginetest.New(t, o)
	return w
}

// onEach runs a test on every database.
func onEach(t *testing.T, test func(t *testing.T, b store.Backend)) {
	t.Helper()
	for name, fresh := range enginetest.Backends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, fresh(t))
		})
	}
}

func send(t *testing.T, w *enginetest.World, r engine.OTPRequest) engine.OTPSent {
	t.Helper()
	s, _, err := w.SendOTP(t.Context(), w.Live, r, nil)
	if err != nil {
		t.Fatalf("send: %v", err)
	}
	return s
}

// refused holds err to a code and gives the fault.
func refused(t *testing.T, err error, code fault.Code) *fault.Fault {
	t.Helper()
	var f *fault.Fault
	if !errors.As(err, &f) || f.Code != code {
		t.Fatalf("got %v, want %s", err, code)
	}
	return f
}

func verify(t *testing.T, w *enginetest.World, o id.OTP, code string) otp.Result {
	t.Helper()
	v, _, err := w.VerifyOTP(t.Context(), w.Live, o, secret.NewText(code), nil)
	if err != nil {
		t.Fatalf("verify: %v", err)
	}
	return v.Result
}

// codeOf is the code that the carrier was last given.
func codeOf(c *enginetest.Carrier) string {
	sent := c.Sent()
	return sent[len(sent)-1].Code.Reveal()
}

// wrong is a code of the same shape that is not the right one.
func wrong(code string) string {
	return string('0'+(code[0]-'0'+1)%10) + code[1:]
}

func receipt(t *testing.T, w *enginetest.World, s engine.OTPSent, attempt int, status carrier.Status, reason message.Reason) {
	t.Helper()
	m := messageOf(t, w, s)
	err := w.Receipt(context.WithoutCancel(t.Context()), carrier.Receipt{
		Carrier: m.StepOf(attempt).Carrier, Ref: engine.RefOf(m, attempt), Status: status, Reason: reason,
	})
	if err != nil {
		t.Fatalf("receipt: %v", err)
	}
	w.Settle()
}

// messageOf reads the message that a send made.
func messageOf(t *testing.T, w *enginetest.World, s engine.OTPSent) store.Message {
	t.Helper()
	for _, m := range w.Read(t, s.OTP.ID).Sent {
		if m.ID == s.Message.ID {
			return m
		}
	}
	t.Fatalf("message %s is gone", s.Message.ID)
	return store.Message{}
}

// pass moves the clock in steps as small as the engine's own, so that everything due runs at its time.
func pass(t *testing.T, w *enginetest.World, d time.Duration) {
	t.Helper()
	const step = 500 * time.Millisecond
	for ; d > 0; d -= step {
		w.Clock.Add(min(d, step))
		w.Sweep(t)
	}
}

func seed(t *testing.T) *rand.Rand {
	t.Helper()
	n := rand.Uint64()
	if s := os.Getenv("ENGINE_SEED"); s != "" {
		n, _ = strconv.ParseUint(s, 10, 64)
	}
	t.Logf("ENGINE_SEED=%d", n)
	return rand.New(rand.NewPCG(n, 0))
}

func textOf(s string) secret.Text { return secret.NewText(s) }

// secretOf is codeOf as verify takes it.
func secretOf(c *enginetest.Carrier) secret.Text { return secret.NewText(codeOf(c)) }

// bubble runs a test on a clock that jumps from event to event, until the engine's workers have gone to rest too.
func bubble(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		test(t)
		time.Sleep(time.Minute)
	})
}
