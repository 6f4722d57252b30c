package restore

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
)

// Decision is the operator's word on what is parked.
type Decision struct {
	// Send lets it go on: what is due leaves at once, the rest at its time. Otherwise messages are canceled and give their
	// credits back, and deliveries count as failed, so that their events can still be asked for.
	Send                 bool
	Messages, Deliveries bool
	// From is the earliest time that the decision is about; zero is all.
	From time.Time
}

// Decide carries the operator's word out, also beside a server.
func (s *Shell) Decide(ctx context.Context, d Decision) (n Counts, err error) {
	kind := message.Cancel
	if d.Send {
		kind = message.Unpark
	}

	if d.Messages {
		err := s.each(ctx, func(v store.Reader) ([]store.Due, error) { return v.ParkedTexts(d.From, batch) }, &n,
			func(k store.Key) (int64, error) {
				_, err := s.event(ctx, k, kind)
				return 1, err
			}, &n.Messages)
		if err != nil {
			return n, fmt.Errorf("decide about messages: %w", err)
		}
	}

	if d.Deliveries {
		err := s.each(ctx, func(v store.Reader) ([]store.Due, error) { return v.ParkedDeliveries(d.From, batch) }, &n,
			func(k store.Key) (int64, error) {
				_, err := s.delivery(ctx, k, func(row store.Delivery) store.Delivery {
					row.Delivery = row.Unpark(d.Send)
					return row
				})
				return 1, err
			}, &n.Deliveries)
		if err != nil {
			return n, fmt.Errorf("decide about deliveries: %w", err)
		}
	}

	return n, nil
}

// Most is where Parked ends counting.
const Most = 10_000

// Parked counts what waits for the operator's word, Most of each kind at most.
func Parked(ctx context.Context, s *store.Store) (n Counts, err error) {
	err = s.View(ctx, func(v store.Reader) error {
		texts, err := v.ParkedTexts(time.Time{}, Most)
		if err != nil {
			return err
		}
		deliveries, err := v.ParkedDeliveries(time.Time{}, Most)
		n.Messages, n.Deliveries = int64(len(texts)), int64(len(deliveries))
		return err
	})

	return n, err
}

// Notice says what is parked and what to do about it; it is empty when nothing is.
func (n Counts) Notice() string {
	if n.Messages+n.Deliveries == 0 {
		return ""
	}

	return fmt.Sprintf("%s and %s are parked since a restore: run syssecure restore --release to send them, or syssecure restore --discard to call them off",
		countOf(n.Messages, "message"), countOf(n.Deliveries, "webhook delivery"))
}

// countOf says how many, as far as they were counted.
func countOf(n int64, what string) string {
	more := ""
	if n == Most {
		more = " or more"
	}
	if n != 1 {
		what = strings.TrimSuffix(what, "y") + map[bool]string{true: "ies", false: "s"}[strings.HasSuffix(what, "y")]
	}

	return fmt.Sprintf("%d%s %s", n, more, what)
}
