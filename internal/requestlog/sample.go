package requestlog

import "time"

// The rate of lines of an account and mode, for successes and failures each: burst at once, one each in the long run. Of
// each operation that changes something, changesBurst are kept besides, so that no flood of other calls hides what a key
// changed.
const (
	burst        = 1000
	changesBurst = 60
	each         = time.Second
)

// sampler decides which requests are kept, by the generic cell rate algorithm, and counts the others. The zero value
// allows a whole burst.
type sampler struct {
	next    time.Time // when the next line would come at the allowed rate
	skipped int
}

// keep reports whether a request at now is kept, and counts it against the rate.
func (s *sampler) keep(now time.Time, burst time.Duration) bool {
	next := s.next
	if next.Before(now) {
		next = now
	}
	if latest := now.Add(burst * each); next.After(latest) {
		next = latest // a clock that was ahead must not silence the log for longer than a burst lasts
	}
	if next.Sub(now) > (burst-1)*each {
		return false
	}
	s.next = next.Add(each)

	return true
}

// idle reports whether the sampler is as good as new.
func (s *sampler) idle(now time.Time) bool { return s.skipped == 0 && !s.next.After(now) }
