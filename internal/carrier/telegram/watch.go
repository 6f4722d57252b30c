package telegram

import (
	"container/heap"
	"sync"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
)

const (
	// maxWatched bounds the messages in memory whose status may be asked, which take 9 MB. Later ones are not asked
	// about.
	maxWatched = 1 << 15
	// reportGrace is how long after the end of its life Telegram may take to report on a message.
	reportGrace = time.Minute
	// firstAsk is when a message without reports is asked about for the first time; each further wait is twice as long.
	firstAsk = 3 * time.Second
	// longestAsk is the longest wait between two questions.
	longestAsk = time.Minute
	// lastAsks is how often a message is asked about after its grace.
	lastAsks = 5
	// unknownLife is how long the answer to a submit without one is looked for: later it changes nothing.
	unknownLife = time.Minute
)

// watched is a message whose status may have to be asked.
type watched struct {
	id, ref string
	sentAt  time.Time
	life    time.Duration // its ttl
	// unknown is set while it is not known whether Telegram accepted it.
	unknown bool
	status  carrier.Status // the last one that was passed on

	due   time.Time
	asked int // since it was added
	late  int // of these, after its grace
	at    int // in the heap
}

// end is when the last report must have come.
func (w *watched) end() time.Time { return w.sentAt.Add(w.life + reportGrace) }

// plan sets when the status is asked next; false when it is asked no more. reported: Telegram reports to a callback, so
// it is asked only about messages without a report, and about submits without an answer.
func (w *watched) plan(now time.Time, reported bool) bool {
	if !now.Before(w.end()) {
		w.late++
		w.due = now.Add(longestAsk)
		return w.late <= lastAsks
	}

	w.due = w.end()
	if unanswered := w.unknown && now.Before(w.sentAt.Add(unknownLife)); unanswered || !reported {
		pause := min(firstAsk<<min(w.asked, 10), longestAsk)
		if next := now.Add(pause); next.Before(w.due) {
			w.due = next
		}
	}

	return true
}

// watch has the messages whose status may have to be asked. The zero value is empty. It is safe for concurrent use.
//
// It is only in memory: the carrier's ids of the last messages are also rows of the database, which the next start
// reads.
type watch struct {
	reported bool // Telegram reports to a callback

	mu       sync.Mutex
	byID     map[string]*watched
	queue    byDue
	resumeAt time.Time // Telegram wants no questions before
}

// add watches a message from now on, in place of an entry with the same id. It returns false when there are too many.
func (w *watch) add(m watched) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.drop(m.id)
	if len(w.queue) >= maxWatched {
		return false
	}
	if w.byID == nil {
		w.byID = map[string]*watched{}
	}

	m.plan(m.sentAt, w.reported)
	w.byID[m.id] = &m
	heap.Push(&w.queue, &m)

	return true
}

// take returns the messages that are due, at most so many, and plans when each is asked again.
func (w *watch) take(now time.Time, most int) (due []watched) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if now.Before(w.resumeAt) {
		return nil
	}

	for len(w.queue) > 0 && len(due) < most && !w.queue[0].due.After(now) {
		m := w.queue[0]
		due = append(due, *m)
		m.asked++
		if !m.plan(now, w.reported) {
			w.drop(m.id)
			continue
		}
		heap.Fix(&w.queue, 0)
	}

	return due
}

// pause stops questions until a time.
func (w *watch) pause(until time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.resumeAt = until
}

// accepted notes that Telegram has accepted a message.
func (w *watch) accepted(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if m := w.byID[id]; m != nil {
		m.unknown = false
	}
}

// reports notes a status that was passed on, and forgets a message to which nothing more can happen.
func (w *watch) reports(id, said string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	m := w.byID[id]
	switch {
	case m == nil:
	case said == "read", said == "expired", said == "revoked", said == "delivered" && w.reported:
		w.drop(id)
	default:
		m.status = statuses[said]
	}
}

func (w *watch) remove(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.drop(id)
}

func (w *watch) drop(id string) {
	if m := w.byID[id]; m != nil {
		heap.Remove(&w.queue, m.at)
		delete(w.byID, id)
	}
}

// byDue is a heap, the earliest first.
type byDue []*watched

func (q byDue) Len() int           { return len(q) }
func (q byDue) Less(i, j int) bool { return q[i].due.Before(q[j].due) }
func (q byDue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].at, q[j].at = i, j
}

// Push implements heap.Interface.
func (q *byDue) Push(x any) {
	m := x.(*watched)
	m.at = len(*q)
	*q = append(*q, m)
}

// Pop implements heap.Interface.
func (q *byDue) Pop() any {
	last := len(*q) - 1
	m := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	return m
}
