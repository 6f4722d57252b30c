package route

import "time"

const (
	// reportEvery is how often a carrier that keeps failing is reported, beginEvery the least time between two
	// beginnings.
	reportEvery = 5 * time.Minute
	beginEvery  = time.Minute
	// recoveredAfter is how long a carrier must not fail before it is reported as recovered.
	recoveredAfter = 3 * time.Second
	// throttledFor is how long a carrier may throttle every submit before it counts as failing.
	throttledFor = time.Minute
)

// Failing decides what to report to the operator of a carrier's failures. The zero value is a carrier that works. It is
// a value: its methods return a changed copy.
type Failing struct {
	Since time.Time // of the first failure after it worked; zero = it works
	Last  time.Time // of the newest failure
	Count int64     // failures since then
	Code  string    // of the newest failure, as the carrier gave it
	Cause string    // what the operator should check

	worked         time.Time // of the newest submit that did not fail
	throttledSince time.Time // of the first submit that was throttled since then
	reported       time.Time // of the newest line of this failure
	reportedBegin  time.Time // of the newest line that reported a beginning
}

// Report is what to report of a carrier now.
type Report uint8

// The reports.
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

// Continue takes over a failure that another node has reported.
func (f Failing) Continue(since, last time.Time, count int64, code, cause string) Failing {
	f.Since, f.Last, f.Count, f.Code, f.Cause, f.reported = since, last, count, code, cause, last
	return f
}

// Worked notes a submit that the carrier accepted or rejected.
func (f Failing) Worked(now time.Time) Failing {
	f.worked, f.throttledSince = now, time.Time{}
	return f
}

// Throttled notes a submit that the carrier put off because it gets too many. That counts as a failure only when the
// carrier has put off every submit for throttledFor.
func (f Failing) Throttled(code, cause string, now time.Time) Failing {
	if f.throttledSince.IsZero() {
		f.throttledSince = now
	}
	if now.Sub(f.throttledSince) < throttledFor {
		return f
	}
	return f.Failed(code, cause, now)
}

// Recovered reports whether the newest submit did not fail.
func (f Failing) Recovered() bool { return f.worked.After(f.Last) }

// Next returns what to report now. It has to be called from time to time.
func (f Failing) Next(now time.Time) (Failing, Report) {
	switch {
	case f.Since.IsZero():
		return f, ReportNone
	case f.Recovered() && now.Sub(f.Last) >= recoveredAfter:
		report := ReportRecovered
		if f.reported.IsZero() {
			report = ReportNone // its beginning was not reported
		}
		return Failing{worked: f.worked, reportedBegin: f.reportedBegin}, report
	case f.reported.IsZero() && (f.reportedBegin.IsZero() || now.Sub(f.reportedBegin) >= beginEvery):
		f.reported, f.reportedBegin = now, now
		return f, ReportBegins
	case !f.reported.IsZero() && now.Sub(f.reported) >= reportEvery:
		f.reported = now
		return f, ReportContinues
	}

	return f, ReportNone
}
