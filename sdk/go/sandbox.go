package syssecure

import (
	"context"
	"strconv"
	"time"
)

// SandboxService reads what was sent in test mode, decides what becomes of it, and moves its clock. It needs a key that
// begins with sk_test_.
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

	// MessageID identifies the message.
	MessageID string `json:"message_id"`
	// OTPID identifies the code; empty for a text.
	OTPID string `json:"otp_id,omitempty"`
	// Status is that of the message now; empty when the message has been removed.
	Status string `json:"status,omitempty"`
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

// ClearedInbox is how many messages were removed from the inbox.
type ClearedInbox struct {
	Meta `json:"-"`

	// Cleared is their number.
	Cleared int64 `json:"cleared"`
}

// ForceOutcomeParams are the parameters of [SandboxService.ForceOutcome]. Status is required.
type ForceOutcomeParams struct {
	// Status is delivered, read or failed.
	Status string `api:"status,required"`
	// Reason says why it failed; unreachable by default.
	Reason string `api:"reason"`
}

// ForceOutcome lets a message of the sandbox end as you say, as if its carrier had sent a receipt. Errors that
// matter: [ErrBadRequest] when its status cannot change any more.
func (s *SandboxService) ForceOutcome(
	ctx context.Context, messageID string, params ForceOutcomeParams, options ...RequestOption,
) (*Message, error) {
	path := "/sandbox/messages/{message_id}/outcome"
	op := operation{method: "POST", path: path, ids: []string{messageID}, body: params}
	return call[Message](ctx, s.core, op, options)
}

// SandboxClearParams are the parameters of [SandboxService.Clear].
type SandboxClearParams struct {
	// To restricts the list to rows to this number.
	To string `api:"to" log:"number"`
}

// Clear removes messages from the sandbox's inbox. Codes and messages themselves stay.
func (s *SandboxService) Clear(
	ctx context.Context, params SandboxClearParams, options ...RequestOption,
) (*ClearedInbox, error) {
	op := operation{method: "DELETE", path: "/sandbox/messages", query: params}
	return call[ClearedInbox](ctx, s.core, op, options)
}
