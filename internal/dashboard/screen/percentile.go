package screen

import (
	"github.com/syssecure/syssecure/internal/stats"
	"github.com/syssecure/syssecure/internal/web/chart"
)

// Percentile writes how long a share of the users took to enter their codes, 0.5 for the median. It is known to a tenth, and
// below the shortest bound not at all.
func (q *Request) Percentile(s *stats.Summary, of float64) string {
	v, known := s.Quantile(of)
	switch {
	case !known:
		return "–"
	case v <= stats.Shortest.Seconds():
		return q.Textf("under %s", AtMost(v, known))
	}
	return q.Textf("about %s", AtMost(v, known))
}

// AtMost writes a percentile, in seconds, as a bound.
func AtMost(v float64, known bool) string {
	if !known {
		return "–"
	}
	return chart.Milliseconds.Format(1000 * max(v, stats.Shortest.Seconds()))
}
