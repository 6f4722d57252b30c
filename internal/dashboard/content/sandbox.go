package content

import (
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/idempotency"
	"github.com/syssecure/syssecure/internal/message"
)

// done goes back to the inbox after a change, or shows it with what was wrong.
func done(q *screen.Request, notice string, err error) (screen.Answer, error) {
	switch {
	case err == nil:
		return screen.Redirect{To: q.At("/inbox"), Notice: notice}, nil
	case screen.FormFault(err) && fault.From(err).Code != fault.NotFound:
		return showInbox(q, err)
	}
	return nil, err
}

// sendToPhone sends a code to a number of the sandbox. A refusal that the number simulates is shown.
func sendToPhone(q *screen.Request) (screen.Answer, error) {
	if err := inTest(q); err != nil {
		return nil, err
	}
	to := strings.ReplaceAll(q.Value("to"), " ", "")
	r := engine.OTPRequest{To: to, Channels: []message.Channel{message.WhatsApp, message.SMS}, ForceNew: true}

	var none *idempotency.Request
	_, _, err := q.Verbs.Engine.SendOTP(q.Context(), q.Caller, r, none)
	if err != nil && fault.From(err).Code == fault.Internal && to != simulatedFailure {
		return nil, err
	}
	if err != nil {
		return showInbox(q, err)
	}

	return done(q, q.Textf("A code was sent to %s.", to), nil)
}

// simulatedFailure is the number whose sends are answered as if the server had failed: it is shown beside the form.
const simulatedFailure = "+15005550016"

// clearInbox empties the inbox of all phones, or of one.
func clearInbox(q *screen.Request) (screen.Answer, error) {
	if err := inTest(q); err != nil {
		return nil, err
	}
	n, err := q.Verbs.Engine.ClearInbox(q.Context(), q.Caller, q.Value("number"))
	return done(q, q.Count(n, "%d text was removed.", "%d texts were removed."), err)
}

// moveClock moves the sandbox's clock forward, or sets it back to real time.
func moveClock(q *screen.Request) (screen.Answer, error) {
	if err := inTest(q); err != nil {
		return nil, err
	}
	move := engine.ClockMove{Reset: q.Value("reset") != ""}
	if !move.Reset {
		by, err := time.ParseDuration(q.Value("advance"))
		if err != nil {
			return done(q, "", fault.Invalid("advance", "%s", q.Text("write how far to move the clock, such as 30s, 5m or 2h")))
		}
		move.By = by
	}

	at, err := q.Verbs.Engine.MoveClock(q.Context(), q.Caller, move)
	notice := q.Text("The sandbox's clock is at real time.")
	if at.Offset > 0 {
		notice = q.Textf("The sandbox's clock is %s ahead.", q.Took(at.Offset))
	}
	if err == nil && !at.Done {
		notice = q.Text("Much fell due, and not all of it is done. Move the clock by 0s to go on.")
	}

	return done(q, notice, err)
}

// forceOutcome gives a message the outcome that was chosen.
func forceOutcome(q *screen.Request) (screen.Answer, error) {
	if err := inTest(q); err != nil {
		return nil, err
	}
	m, err := id.ParseMessage(q.PathValue("id"))
	if err != nil {
		return nil, fault.NoSuch("message")
	}

	// One menu has all outcomes: delivered, read, and failed with its reason.
	status, reason, _ := strings.Cut(q.Value("outcome"), ":")
	want := engine.Outcome{Status: outcomes[status], Reason: message.Reason(reason)}
	if !offered(status, want.Reason) {
		return done(q, "", fault.Invalid("outcome", "%s", q.Text("choose an outcome of the list")))
	}

	var none *idempotency.Request
	_, _, err = q.Verbs.Engine.ForceOutcome(q.Context(), q.Caller, m, want, none)

	return done(q, q.Textf("The message has its outcome: %s.", status), err)
}

// offered reports whether the form has an outcome.
func offered(status string, reason message.Reason) bool {
	if _, ok := outcomes[status]; !ok {
		return false
	}
	if status != "failed" {
		return reason == ""
	}
	for _, r := range reasons {
		if r == reason {
			return true
		}
	}

	return false
}
