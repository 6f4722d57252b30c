package screen

import (
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/problem"
)

// Reason says in words why an attempt failed, and what to do about it.
func (q *Request) Reason(r message.Reason) string {
	for _, e := range problem.Failures {
		if e.Name == string(r) {
			return Sentences(q.Text(e.Cause), q.Text(e.Cure))
		}
	}
	return string(r)
}
