package audit_test

import (
	"errors"
	"time"

	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/testworld"
)

// sendSteps are what a person does to codes and texts. A program that does the same writes no row.
var sendSteps = []step{
	{name: "a code", do: func(w *walk) error {
		sent, _, err := w.SendOTP(w.ctx, w.Test, testworld.To("+32470123456"), nil)
		w.otp = sent.OTP.ID
		return err
	}},
	{name: "the code again by a key", do: func(w *walk) error {
		w.Clock.Add(time.Minute)
		_, _, err := w.ResendOTP(audit.By(w.ctx, audit.Actor{Kind: audit.Key}), w.Test, w.otp, 0, nil)
		return err
	}},
	{name: "the code again", want: "verification.resent test OTP: ", do: func(w *walk) error {
		w.Clock.Add(time.Minute)
		_, _, err := w.ResendOTP(w.ctx, w.Test, w.otp, 0, nil)
		return err
	}},
	{name: "its end", want: "verification.canceled test OTP: ", do: func(w *walk) error {
		_, _, err := w.CancelOTP(w.ctx, w.Test, w.otp, nil)
		return err
	}},
	{name: "its end again", do: func(w *walk) error {
		_, _, err := w.CancelOTP(w.ctx, w.Test, w.otp, nil)
		return err
	}},
	{name: "the ended code again", refused: true, do: func(w *walk) error {
		_, _, err := w.ResendOTP(w.ctx, w.Test, w.otp, 0, nil)
		return err
	}},
	{name: "a scheduled text", want: "message.canceled test TEXT: ", do: func(w *walk) error {
		sent, _, err := w.SendSMS(w.ctx, w.Test, engine.SMSRequest{
			To: "+32470123456", Body: "Hello", ScheduledAt: w.Clock.Now().Add(time.Hour),
		}, nil)
		w.text = sent.Message.ID
		_, _, failed := w.CancelMessage(w.ctx, w.Test, w.text, nil)
		return errors.Join(err, failed)
	}},
	{name: "the text again", refused: true, do: func(w *walk) error {
		_, _, err := w.CancelMessage(w.ctx, w.Test, w.text, nil)
		return err
	}},
	{name: "the clock by a key", do: func(w *walk) error {
		_, err := w.MoveClock(audit.By(w.ctx, audit.Actor{Kind: audit.Key}), w.Test, engine.ClockMove{By: time.Minute})
		return err
	}},
	{name: "the clock", want: "sandbox.clock_moved test ACCOUNT: by  → 5m0s", do: func(w *walk) error {
		return w.move(engine.ClockMove{By: 5 * time.Minute})
	}},
	{name: "what was due", do: func(w *walk) error { return w.move(engine.ClockMove{}) }},
	{name: "the clock too far", refused: true, do: func(w *walk) error {
		return w.move(engine.ClockMove{By: 9000 * time.Hour})
	}},
	{name: "real time", want: "sandbox.clock_reset test ACCOUNT: ", do: func(w *walk) error {
		return w.move(engine.ClockMove{Reset: true})
	}},
	{name: "the inbox", want: "sandbox.inbox_cleared test ACCOUNT: ", do: (*walk).clear},
	{name: "the empty inbox", do: (*walk).clear},
}

func (w *walk) move(by engine.ClockMove) error {
	_, err := w.MoveClock(w.ctx, w.Test, by)
	return err
}

func (w *walk) clear() error {
	_, err := w.ClearInbox(w.ctx, w.Test, "")
	return err
}
