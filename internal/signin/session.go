package signin

import (
	"time"

	"github.com/syssecure/syssecure/internal/clock"
	"github.com/syssecure/syssecure/internal/guard"
)

// How long things are valid.
const (
	SessionIdle    = 30 * time.Minute // without a page
	SessionOverall = 12 * time.Hour
	StepUpValid    = 10 * time.Minute // after a proof that the person is at the keyboard
	PendingValid   = 5 * time.Minute  // between the password and the second factor, and for a passkey
	DeviceValid    = 180 * 24 * time.Hour
	SetupValid     = 24 * time.Hour
	InviteValid    = 7 * 24 * time.Hour
	ResetValid     = time.Hour
)

// Session is what the rules need to know of a session.
type Session struct {
	BegunAt, SeenAt, EndsAt, SteppedUpAt time.Time
}

// Valid reports whether a session still counts. from is the time before which all sessions of the user were ended.
func (s Session) Valid(from, now time.Time) bool {
	switch {
	case !s.EndsAt.After(now), s.EndsAt.Sub(s.BegunAt) > SessionOverall:
		return false
	case s.BegunAt.After(now.Add(clock.Skew)), s.SeenAt.After(now.Add(clock.Skew)):
		// The clock was set back: nothing says when the session should end.
		return false
	case now.Sub(s.SeenAt) > SessionIdle:
		return false
	}

	return !s.BegunAt.Before(from)
}

// SteppedUp reports whether the person has proved recently enough who they are, for what needs more than a session.
func (s Session) SteppedUp(now time.Time) bool {
	return !s.SteppedUpAt.IsZero() && now.Sub(s.SteppedUpAt) <= StepUpValid &&
		!s.SteppedUpAt.After(now.Add(clock.Skew))
}

// Seen reports whether the time of the last page should be stored again. Once a minute is exact enough, and cheap.
func (s Session) Seen(now time.Time) bool { return now.Sub(s.SeenAt) >= time.Minute }

// PasswordGuesses and FactorGuesses are how often a password or a code may be compared. Unknown browsers share a budget
// for each e-mail; each browser that has signed in before has another budget, so that no stranger can use it up.
// A second factor has a million values and no more, so its budget is smaller in the long run.
var (
	PasswordGuesses = []guard.Rate{{N: 5, Per: 15 * time.Minute}}
	FactorGuesses   = []guard.Rate{{N: 5, Per: 15 * time.Minute}, {N: 20, Per: 24 * time.Hour}}
)

// Guess takes one comparison from a budget, before it is made. log has the times of earlier ones. When the budget is
// spent, it returns the time until there is another.
func Guess(log []time.Time, rates []guard.Rate, now time.Time) (next []time.Time, wait time.Duration, ok bool) {
	log, _ = guard.CorrectTimes(log, 0, now)
	if spent, refused := guard.Spent(log, rates, now); refused {
		return log, spent.After, false
	}
	return guard.Note(log, now), 0, true
}
