// Package webhook implements the rules of webhooks: the types of events, the payload, the signature, when a delivery is
// tried again, and when an endpoint that fails gets fewer attempts.
//
// It is pure: no clock, no I/O, no randomness; the jitter is an argument. A delivery and an endpoint's health are
// values, so that 47 hours of an outage are a table in a test.
package webhook

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/extra"
	"github.com/syssecure/syssecure/internal/id"
)

// Type is what happened.
type Type string

// The published events, and those that complete them.
const (
	MessageSent      Type = "message.sent"
	MessageDelivered Type = "message.delivered"
	MessageFailed    Type = "message.failed"
	MessageRead      Type = "message.read"
	OTPVerified      Type = "otp.verified"
	OTPExpired       Type = "otp.expired"
	OTPFailed        Type = "otp.failed"
	OTPCanceled      Type = "otp.canceled"
	ContactOptedOut  Type = "contact.opted_out"
	ContactOptedIn   Type = "contact.opted_in"
	MessageReceived  Type = "message.received"
	CreditsLow       Type = "credits.low"
	WebhookDisabled  Type = "webhook.disabled"
)

// Types lists every event in the order of the API reference.
var Types = []Type{
	MessageSent, MessageDelivered, MessageFailed, MessageRead, OTPVerified, OTPExpired, OTPFailed, OTPCanceled,
	ContactOptedOut, ContactOptedIn, MessageReceived, CreditsLow, WebhookDisabled,
}

// Keep is how long events and their deliveries can be read and delivered again.
const Keep = 30 * 24 * time.Hour

// EventID names an event by what it is about (an id's bytes), its number there and its type, so that an event that is
// written twice has one id. Within a millisecond the events of one subject sort by their number.
func EventID(at time.Time, subject []byte, sequence int, t Type) id.Event {
	var what [10]byte
	binary.BigEndian.PutUint16(what[:], number(sequence))
	copy(what[2:], eventHash(subject, sequence, t))

	return id.EventAt(at, what)
}

// SandboxEventID is EventID in a sandbox: at is by the sandbox's clock, real is real time. Events are listed in the
// order in which they happened, so they sort by real time, and within a millisecond, in which a sandbox's clock can
// move by hours, by that clock.
func SandboxEventID(real, at time.Time, subject []byte, sequence int, t Type) id.Event {
	var what [10]byte
	binary.BigEndian.PutUint32(what[:], id.AheadOf(time.Duration(at.UnixMilli()-real.UnixMilli())*time.Millisecond))
	binary.BigEndian.PutUint16(what[4:], number(sequence))
	copy(what[6:], eventHash(subject, sequence, t))

	return id.EventAt(real, what)
}

// About reports whether an event of a type is about a subject, as its id tells. That of a sandbox has fewer bits for
// it.
func About(e id.Event, sandbox bool, t Type, subject []byte) bool {
	at := 6 // behind the time
	if sandbox {
		at += 4 // and how far the clock was ahead
	}
	sequence := int(binary.BigEndian.Uint16(e[at:]))

	return bytes.HasPrefix(eventHash(subject, sequence, t), e[at+2:])
}

func number(sequence int) uint16 { return uint16(min(sequence, 1<<16-1)) }

func eventHash(subject []byte, sequence int, t Type) []byte {
	h := sha256.New()
	h.Write(subject)
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(sequence)))
	h.Write([]byte(t))

	return h.Sum(nil)
}

// Endpoint is one of a customer's addresses.
type Endpoint struct {
	ID          id.Webhook
	Account     id.Account
	Mode        id.Mode
	URL         string
	Description string
	Events      []Type // none = every event
	Enabled     bool
	Disabled    Disabled // why it is not enabled
	Secrets     []Secret // newest first
	// FailingSince is when the first failure since the last success was; Failures counts those since then, to the hour.
	FailingSince time.Time
	Failures     int
	CreatedAt    time.Time
	Extra        extra.Fields
}

// Disabled is why an endpoint gets nothing.
type Disabled string

// The reasons.
const (
	ByCaller  Disabled = "by_caller"  // the API was asked to
	Gone      Disabled = "gone"       // it answered 410
	IsFailing Disabled = "is_failing" // every attempt failed for five days
)

// Secret is a signing secret, sealed. The newest has no end.
type Secret struct {
	Sealed    []byte
	ExpiresAt time.Time
	Extra     extra.Fields
}

// MaxOverlap bounds how long two secrets sign after a rotation, MaxSecrets how many can: some receivers refuse long
// headers, and the header grows with every secret.
const (
	MaxOverlap     = 7 * 24 * time.Hour
	DefaultOverlap = 24 * time.Hour
	MaxSecrets     = 3
)

// Rotate puts a new secret first; the one before it goes on signing for the overlap, and no older one lives longer for
// it.
func Rotate(list []Secret, fresh []byte, overlap time.Duration, now time.Time) []Secret {
	end := now.Add(overlap)
	out := []Secret{{Sealed: fresh}}
	for _, s := range list {
		if s.ExpiresAt.IsZero() || end.Before(s.ExpiresAt) {
			s.ExpiresAt = end
		}
		if s.Lives(now) && len(out) < MaxSecrets {
			out = append(out, s)
		}
	}

	return out
}

// Lives reports whether the secret signs at now.
func (s Secret) Lives(now time.Time) bool { return s.ExpiresAt.IsZero() || now.Before(s.ExpiresAt) }

// Wants reports whether the endpoint gets events of the type.
func (e Endpoint) Wants(t Type) bool {
	return e.Enabled && (len(e.Events) == 0 || slices.Contains(e.Events, t))
}

// CallbackTarget names where a callback goes: the origin of its URL, so that what waits for a server that is down does
// not delay what goes to another. Live messages and those of the sandbox have separate targets.
func CallbackTarget(mode id.Mode, url string) (t Target) {
	scheme, rest, _ := strings.Cut(url, "://")
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}

	sum := sha256.Sum256([]byte("callback " + mode.String() + " " + strings.ToLower(scheme+"://"+rest)))
	copy(t[:], sum[:])

	return t
}

// An endpoint is disabled after so long without a success, and so many failures.
const (
	disableAfter    = 5 * 24 * time.Hour
	disableFailures = 20
)

// Fails notes a failure on the endpoint: it is disabled when it is gone, or when nothing worked for five days. changed
// says that the row has to be stored: the count alone is stored once an hour.
func (e Endpoint) Fails(r Response, failures int, stored, now time.Time) (out Endpoint, changed bool) {
	first := e.FailingSince.IsZero()
	if first {
		e.FailingSince = now
	}

	e.Failures += failures
	switch {
	case !e.Enabled:
		return e, false
	case r.Gone():
		e.Enabled, e.Disabled = false, Gone
	case now.Sub(e.FailingSince) >= disableAfter && e.Failures >= disableFailures:
		e.Enabled, e.Disabled = false, IsFailing
	default:
		return e, first || now.Sub(stored) >= time.Hour
	}

	return e, true
}

// Works notes a success on the endpoint.
func (e Endpoint) Works() (out Endpoint, changed bool) {
	changed = !e.FailingSince.IsZero()
	e.FailingSince, e.Failures = time.Time{}, 0
	return e, changed
}
