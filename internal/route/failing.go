package route

import "time"

const (
	// tellEvery is how often a carrier that goes on failing is told of, and the least time between two beginnings.
	tellEvery  = 5 * time.Minute
	beginEvery = time.Minute
	// quiet is how long a carrier that took something again must not fail before it counts as well.
	quiet = 3 * time.Second
	// slowFor is how long a carrier may throttle every submit before it counts as failing.
	slowFor = time.Minute
)

// Failing is what the operator is told of a carrier's failures. The zero value is a carrier that works. It is a value: its
// methods return a changed copy.
type Failing struct {
	Since time.Time // of the first failure since it worked; zero = it works
	Last  time.Time // of the newest failure
	Count int64     // failures since then
	Code  string    // of the newest failure, as the carrier gave it
	Cause string    // what the operator should look at

	worked time.Time // of the newest submit that did not fail
	slowed time.Time // of the first submit that was throttled since then
	told   time.Time // of the newest line of this failure
	begun  time.Time // of the newest line that told a beginning
}

// Report is what is to be told of a carrier now.
type Report uint8

// What can be told.
const (
	ReportNone Report = iota
	ReportBegins
	ReportContinues
	ReportRecovered
)

// Failed notes a submit that failed.
func (f Failing) Failed(code, cause string, now time.Time) Failing {
	if f.Since.IsZero() {
		f.Since, f.Count = now, 0
	}
	f.Last, f.Code, f.Cause = now, code, cause
	f.Count++
	return f
}

// Continue is a failure that was seen and told of before, by another.
func (f Failing) Continue(since, last time.Time, count int64, code, cause string) Failing {
	f.Since, f.Last, f.Count, f.Code, f.Cause, f.told = since, last, count, code, cause, last
	return f
}

// Worked notes a submit that the carrier answered as it should, with yes or no.
func (f Failing) Worked(now time.Time) Failing {
	f.worked, f.slowed = now, time.Time{}
	return f
}

// Throttled notes a submit that the carrier put off because it gets too many. That is no failure, unless it takes nothing
// else for long.
func (f Failing) Throttled(code, cause string, now time.Time) Failing {
	if f.slowed.IsZero() {
		f.slowed = now
	}
	if now.Sub(f.slowed) < slowFor {
		return f
	}
	return f.Failed(code, cause, now)
}

// Recovered reports whether the newest submit did not fail.
func (f Failing) Recovered() bool { return f.worked.After(f.Last) }

// Next says what is to be told now. It is asked from time to time.
func (f Failing) Next(now time.Time) (Failing, Report) {
	switch {
	case f.Since.IsZero():
		return f, ReportNone
	case f.Recovered() && now.Sub(f.Last) >= quiet:
		tell := ReportRecovered
		if f.told.IsZero() {
			tell = ReportNone // its beginning was not told
		}
		return Failing{worked: f.worked, begun: f.begun}, tell
	case f.told.IsZero() && (f.begun.IsZero() || now.Sub(f.begun) >= beginEvery):
		f.told, f.begun = now, now
		return f, ReportBegins
	case !f.told.IsZero() && now.Sub(f.told) >= tellEvery:
		f.told = now
		return f, ReportContinues
	}

	return f, ReportNone
}
