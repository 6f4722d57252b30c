// Package bound defines how much an account may have of each thing in a mode: templates, endpoints, scheduled messages,
// sandbox messages, sends of one OTP.
//
// It is pure: the caller keeps the counts in a separate row, which every transaction that makes or removes a thing
// reads and writes. So a bound is exact whatever runs in parallel, and costs one small row instead of counting
// millions.
package bound

import "time"

// The bounds of an account and mode.
const (
	Templates = 500
	Endpoints = 20
	// Keys counts active API keys.
	Keys            = 100
	SandboxMessages = 100_000
	// InboundTexts is how many texts from phones are kept: the oldest are removed.
	InboundTexts = 100_000
	// Scheduled is the default of [limits] scheduled.
	Scheduled = 1_000_000
	// SendsOfOTP counts the first send and the resends of one OTP, not its fallbacks and copies.
	SendsOfOTP = 20
	// Callbacks is how many posts to an account's webhook endpoints and callback URLs run in parallel.
	Callbacks = 64
)

// Names of the bounds, as details.limit has them.
const (
	LimitTemplates       = "templates"
	LimitEndpoints       = "endpoints"
	LimitKeys            = "keys"
	LimitSandboxMessages = "sandbox_messages"
	LimitScheduled       = "scheduled"
	LimitResends         = "resends_per_otp"
)

// How long finished or deleted things are kept, in real time, and count.
const (
	// KeepSandbox is for sandbox messages.
	KeepSandbox = 7 * 24 * time.Hour
	// KeepInbound is for texts from phones, which are personal data.
	KeepInbound = 7 * 24 * time.Hour
	// KeepDeleted is for deleted templates: a code is pending for an hour at most, and a resend needs its template.
	KeepDeleted = 2 * time.Hour
	// KeepRefs is for carriers' ids, by which a late receipt finds its message.
	KeepRefs = 72 * time.Hour
)

// maxDeleted bounds deleted templates that are still kept, so that making and deleting them does not fill the disk.
const maxDeleted = 2 * Templates

// Counts is what an account has in a mode.
type Counts struct {
	Templates int
	Endpoints int
	Scheduled int
	// Deleted counts templates that were deleted within KeepDeleted, Sandbox the messages of KeepSandbox.
	Deleted, Sandbox Log
}

// AddTemplate counts a new template; false when there is no room for it.
func (c Counts) AddTemplate(now time.Time) (Counts, bool) {
	if c.Templates >= Templates || c.Deleted.Total(now, KeepDeleted) >= maxDeleted {
		return c, false
	}
	c.Templates++
	return c, true
}

// RemoveTemplate counts a template that is deleted at now.
func (c Counts) RemoveTemplate(now time.Time) Counts {
	c.Templates = max(0, c.Templates-1)
	c.Deleted = c.Deleted.Add(now, KeepDeleted)
	return c
}

// AddEndpoint counts a new endpoint; false when there is no room for it.
func (c Counts) AddEndpoint() (Counts, bool) {
	if c.Endpoints >= Endpoints {
		return c, false
	}
	c.Endpoints++
	return c, true
}

// RemoveEndpoint counts an endpoint that is deleted.
func (c Counts) RemoveEndpoint() Counts {
	c.Endpoints = max(0, c.Endpoints-1)
	return c
}

// AddScheduled counts a message that waits for its time; false when limit of them wait already. A limit of 0 is none.
func (c Counts) AddScheduled(limit int) (Counts, bool) {
	if limit > 0 && c.Scheduled >= limit {
		return c, false
	}
	c.Scheduled++
	return c, true
}

// RemoveScheduled counts a scheduled message whose time has come, or that was canceled.
func (c Counts) RemoveScheduled() Counts {
	c.Scheduled = max(0, c.Scheduled-1)
	return c
}

// AddSandbox counts a message that is made in the sandbox at now, in real time; false when there is no room for it.
func (c Counts) AddSandbox(now time.Time) (Counts, bool) {
	if c.Sandbox.Total(now, KeepSandbox) >= SandboxMessages {
		return c, false
	}
	c.Sandbox = c.Sandbox.Add(now, KeepSandbox)
	return c, true
}

// Hour is how many things were noted in an hour, which begins at At.
type Hour struct {
	At time.Time
	N  int
}

// Log counts things by the hour in which they were noted, oldest first. Old hours drop out by themselves, so nothing
// has to be counted down when rows are removed.
type Log []Hour

// Add notes one thing at now.
func (l Log) Add(now time.Time, keep time.Duration) Log {
	hour := now.UTC().Truncate(time.Hour)
	out := make(Log, 0, len(l)+1)
	inHour := 1
	for _, h := range l {
		switch {
		case !h.At.Before(hour):
			// An hour of the future was noted by a clock that was ahead, and counts as this one.
			inHour += h.N
		case h.counts(now, keep):
			out = append(out, h)
		}
	}

	return append(out, Hour{hour, inHour})
}

// Total is how many things count at now.
func (l Log) Total(now time.Time, keep time.Duration) (n int) {
	for _, h := range l {
		if h.counts(now, keep) {
			n += h.N
		}
	}

	return n
}

// counts reports whether the end of the hour is not older than keep.
func (h Hour) counts(now time.Time, keep time.Duration) bool {
	return h.At.Add(time.Hour + keep).After(now)
}
