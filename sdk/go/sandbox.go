package syssecure

import (
	"context"
	"strconv"
	"time"
)

// SandboxService reads what was sent in test mode, and moves its clock. It needs a key that begins with sk_test_.
type SandboxService struct{ core *core }

// SandboxMessagesParams are the parameters of [SandboxService.Messages]. All are optional.
type SandboxMessagesParams struct {
	// To restricts the list to a phone number.
	To string `api:"to" log:"number"`
	// Limit is the number of messages.
	Limit int `api:"limit"`
}

// SandboxMessage is a message that would have been sent in live mode.
type SandboxMessage struct {
	Meta `json:"-"`

	// To is the phone number.
	To string `json:"to" log:"number"`
	// Channel is the channel of the message.
	Channel Channel `json:"channel"`
	// Body is the text that the phone would have shown.
	Body string `json:"body" log:"-"`
	// At is when it would have arrived.
	At time.Time `json:"at"`
}

// Messages returns the newest messages of the sandbox, on one page.
func (s *SandboxService) Messages(
	ctx context.Context, params SandboxMessagesParams, options ...RequestOption,
) (*Page[SandboxMessage], error) {
	op := operation{method: "GET", path: "/sandbox/messages", query: params}
	return list[SandboxMessage](ctx, s.core, op, options)
}

// Advance is how far to move the sandbox's clock, such as 301s or 5m.
type Advance string

// AdvanceBy returns a duration as an [Advance].
func AdvanceBy(d time.Duration) Advance {
	return Advance(strconv.FormatFloat(d.Seconds(), 'f', -1, 64) + "s")
}

// SandboxClockParams are the parameters of [SandboxService.Clock]. All are optional.
type SandboxClockParams struct {
	// Advance is how far to move the clock forward, such as "301s" or AdvanceBy(5*time.Minute). "0s" continues a move
	// that was not done.
	Advance Advance `api:"advance"`
	// Reset first ends everything that is pending in the sandbox, and sets its clock back to real time.
	Reset bool `api:"reset"`
}

// SandboxClock is the clock of the sandbox.
type SandboxClock struct {
	Meta `json:"-"`

	// Now is the time in the sandbox.
	Now time.Time `json:"now"`
	// Offset is how far it is ahead of real time, such as 5m1s.
	Offset string `json:"offset"`
	// Done is false when there was too much to do: call again with "0s" to go on.
	Done bool `json:"done"`
}

// Clock moves the clock of the sandbox, and returns it. What falls due on the way happens, such as the end of codes.
func (s *SandboxService) Clock(
	ctx context.Context, params SandboxClockParams, options ...RequestOption,
) (*SandboxClock, error) {
	return call[SandboxClock](ctx, s.core, operation{method: "POST", path: "/sandbox/clock", body: params}, options)
}
