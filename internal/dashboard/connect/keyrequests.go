package connect

import (
	"html/template"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/requestlog"
	"github.com/syssecure/syssecure/internal/web/chart"
)

const (
	// requestDays is how many days of the request log are counted for a key.
	requestDays = 7
	// readPages of pageLines each are read for that at most: lines have no index by their key.
	readPages, pageLines = 15, 1000
)

// keyRequests is what the request log tells of a key.
type keyRequests struct {
	Count, Failed int
	// Since is the time from which on they were counted, and Whole that these are all days. The log of a busy account
	// is long, so then it is less.
	Since screen.Moment
	Whole bool
	Days  int
	Spark template.HTML
}

// requestsOf counts the requests of a key that the log has.
func requestsOf(q *screen.Request, k account.Key) (*keyRequests, error) {
	now := q.Verbs.Now().UTC()
	first := now.Truncate(24*time.Hour).AddDate(0, 0, 1-requestDays)
	out := &keyRequests{Days: requestDays}
	byDay := make([]float64, requestDays)
	var from requestlog.Position
	for range readPages {
		lines, next, err := requestlog.List(q.Context(), q.Verbs.Admin.Store, q.Account.ID, q.Mode,
			requestlog.Filter{Key: k.ID, From: first}, from, pageLines)
		if err != nil {
			return nil, err
		}
		for _, l := range lines {
			if day := int(l.At.Sub(first) / (24 * time.Hour)); day < requestDays {
				byDay[day]++
			}
			if out.Count++; l.Status >= 400 {
				out.Failed++
			}
		}
		if from = next; next == (requestlog.Position{}) {
			out.Whole = true
			break
		}
	}
	if !out.Whole {
		out.Since = q.When(from.Time())
		return out, nil
	}

	line := chart.Spark{Title: q.Textf("Requests of each day, of the last %d days", requestDays)}
	for i, n := range byDay {
		line.Points = append(line.Points, chart.Point{Label: first.AddDate(0, 0, i).Format(time.DateOnly), Value: n})
	}
	out.Spark = line.HTML()

	return out, nil
}
