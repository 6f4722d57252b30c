package testworld

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/admin"
	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/dispatch"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/store/storetest"
)

// PhoneA is a valid mobile number.
const PhoneA = "+32470123456"

// HashCost makes the hash of a password cheap: the standard one takes 0.1 s of CPU under the race detector.
var HashCost = signin.Cost{MemoryKiB: 64, Passes: 1, Threads: 1}

// Discard logs nothing.
var Discard = slog.New(slog.DiscardHandler)

// The prices of a Trio.
var (
	SMSPrice      = route.Price{Channel: message.SMS, Credits: 8}
	WhatsAppPrice = route.Price{Channel: message.WhatsApp, Credits: 3}
	TelegramPrice = route.Price{Channel: message.Telegram, Credits: 2}
	Prices        = []route.Price{SMSPrice, WhatsAppPrice, TelegramPrice, {Channel: message.Voice, Credits: 20}}
)

// Trio is a world with three carriers, prices and 1,000 credits.
type Trio struct {
	*World
	WhatsApp, SMS, Telegram *Carrier
}

// NewTrio makes a Trio; its options may have other prices and credits.
func NewTrio(t *testing.T, o Options) Trio {
	t.Helper()
	w := Trio{
		WhatsApp: NewCarrier("wa", message.WhatsApp), SMS: NewCarrier("smsc", message.SMS),
		Telegram: NewCarrier("tg", message.Telegram),
	}

	o.Carriers = []carrier.Carrier{w.WhatsApp, w.SMS, w.Telegram}
	if o.Prices == nil {
		o.Prices = Prices
	}
	if o.Credits == 0 {
		o.Credits = 1000
	}
	w.World = New(t, o)

	return w
}

// OnEach runs a test on every database.
func OnEach(t *testing.T, test func(t *testing.T, b store.Backend)) {
	t.Helper()
	for name, fresh := range Backends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, fresh(t))
		})
	}
}

// Damage writes records with a wrong MAC, as a program other than SysSecure would.
func Damage(t *testing.T, w *World, records ...store.Record) {
	t.Helper()
	damaged := make([]store.Record, len(records))
	for i, r := range records {
		row := slices.Clone(storetest.Codec.Encoder().Encode(r.Key().Table, r))
		row[len(row)-1].B = make([]byte, 16)
		damaged[i] = storetest.Codec.Loaded(r.Key().Table, row)
	}
	if err := w.Dispatcher.Config.Store.Restore(t.Context(), damaged, nil); err != nil {
		t.Fatalf("damage: %v", err)
	}
}

// Send sends a code. It fails the test if the request fails.
func Send(t *testing.T, w *World, r engine.OTPRequest) engine.OTPSent {
	t.Helper()
	s, _, err := w.SendOTP(t.Context(), w.Live, r, nil)
	if err != nil {
		t.Fatalf("send: %v", err)
	}
	return s
}

// Refused checks that err is a fault with the code, and returns it.
func Refused(t *testing.T, err error, code fault.Code) *fault.Fault {
	t.Helper()
	var f *fault.Fault
	if !errors.As(err, &f) || f.Code != code {
		t.Fatalf("got %v, want %s", err, code)
	}
	return f
}

// Verify verifies a code, and returns the result.
func Verify(t *testing.T, w *World, o id.OTP, code string) otp.Result {
	t.Helper()
	v, _, err := w.VerifyOTP(t.Context(), w.Live, o, secret.NewString(code), nil)
	if err != nil {
		t.Fatalf("verify: %v", err)
	}
	return v.Result
}

// Cancel cancels a verification.
func Cancel(t *testing.T, w *World, o id.OTP) {
	t.Helper()
	if _, _, err := w.CancelOTP(context.WithoutCancel(t.Context()), w.Live, o, nil); err != nil {
		t.Fatalf("cancel: %v", err)
	}
}

// CodeOf is the code of the carrier's last submit.
func CodeOf(c *Carrier) string {
	sent := c.Sent()
	return sent[len(sent)-1].Code.Reveal()
}

// Wrong is a code of the same shape that is not the right one.
func Wrong(code string) string {
	return string('0'+(code[0]-'0'+1)%10) + code[1:]
}

// Receipt reports on an attempt as its carrier would, and waits for the submits that follow.
func Receipt(t *testing.T, w *World, s engine.OTPSent, attempt int, status carrier.Status, reason message.Reason) {
	t.Helper()
	m := MessageOf(t, w, s)
	_, err := w.Dispatcher.Receipt(context.WithoutCancel(t.Context()), carrier.Receipt{
		Carrier: m.StepOf(attempt).Carrier, Ref: dispatch.RefOf(m, attempt), Status: status, Reason: reason,
	})
	if err != nil {
		t.Fatalf("receipt: %v", err)
	}
	w.Settle()
}

// MessageOf reads the message that a send made.
func MessageOf(t *testing.T, w *World, s engine.OTPSent) store.Message {
	t.Helper()
	for _, m := range w.Read(t, s.OTP.ID).Sent {
		if m.ID == s.Message.ID {
			return m
		}
	}
	t.Fatalf("message %s is gone", s.Message.ID)

	return store.Message{}
}

// Pass moves the clock in steps as small as the engine's own, so that everything due runs at its time.
func Pass(t *testing.T, w *World, d time.Duration) {
	t.Helper()
	const step = 500 * time.Millisecond
	for ; d > 0; d -= step {
		w.Clock.Add(min(d, step))
		w.Sweep(t)
	}
}

// Bubble runs a test in a synctest bubble, and then waits until the engine's idle workers have ended.
func Bubble(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		test(t)
		time.Sleep(time.Minute)
	})
}

// Set changes settings of the account, each as "key=value".
func Set(t *testing.T, w *World, settings ...string) {
	t.Helper()
	var list []admin.Setting
	for _, s := range settings {
		key, value, _ := strings.Cut(s, "=")
		list = append(list, admin.Setting{Key: key, Value: value})
	}

	got, err := w.Admin.Set(t.Context(), w.Account, list)
	if err != nil {
		t.Fatal(err)
	}
	w.Live.Settings, w.Test.Settings = got.Live, got.Test
}

// Advance moves the sandbox's clock of a caller, and fails if the move is not done.
func (w *World) Advance(ctx context.Context, c account.Caller, by time.Duration) (time.Time, time.Duration, error) {
	at, err := w.MoveClock(ctx, c, engine.ClockMove{By: by})
	if err == nil && !at.Done {
		err = fmt.Errorf("the clock was moved by %v of %v", at.Offset, by)
	}
	return at.Now, at.Offset, err
}

// Size is the size of a test: short, or long when make torture runs it.
func Size(short, long int) int {
	if os.Getenv("SYSSECURE_LONG") != "" {
		return long
	}

	return short
}
