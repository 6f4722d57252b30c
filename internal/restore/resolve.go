package restore

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
)

// Resolution says what happens to parked messages and deliveries.
type Resolution struct {
	// Send releases them: what is due is sent at once, the rest when it is due. Otherwise messages are canceled and
	// return their credits, and deliveries count as failed, so that their events can still be listed.
	Send                 bool
	Messages, Deliveries bool
	// From limits the resolution to what was due then or later; zero is all.
	From time.Time
}

// ResolveParked carries out a resolution, also while a server runs.
func (r *Restorer) ResolveParked(ctx context.Context, d Resolution) (n Counts, err error) {
	kind := message.Cancel
	if d.Send {
		kind = message.Release
	}

	if d.Messages {
		err := r.each(ctx, func(v store.Reader) ([]store.Due, error) { return v.ParkedTexts(d.From, batch) }, &n,
			func(k store.Key) (int64, error) {
				_, err := r.event(ctx, k, kind)
				return 1, err
			}, &n.Messages)
		if err != nil {
			return n, fmt.Errorf("release or discard messages: %w", err)
		}
	}

	if d.Deliveries {
		err := r.each(ctx, func(v store.Reader) ([]store.Due, error) { return v.ParkedDeliveries(d.From, batch) }, &n,
			func(k store.Key) (int64, error) {
				_, err := r.delivery(ctx, k, func(row store.Delivery) store.Delivery {
					row.Delivery = row.Unpark(d.Send)
					return row
				})
				return 1, err
			}, &n.Deliveries)
		if err != nil {
			return n, fmt.Errorf("release or discard deliveries: %w", err)
		}
	}

	return n, nil
}

// MaxCounted is the number at which Parked stops counting.
const MaxCounted = 10_000

// Parked counts what waits for the operator's decision, up to MaxCounted of each kind.
func Parked(ctx context.Context, s *store.Store) (n Counts, err error) {
	err = s.View(ctx, func(v store.Reader) error {
		texts, err := v.ParkedTexts(time.Time{}, MaxCounted)
		if err != nil {
			return err
		}
		deliveries, err := v.ParkedDeliveries(time.Time{}, MaxCounted)
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

	return fmt.Sprintf("%s and %s are parked since a restore: run syssecure restore --release to send them, "+
		"or syssecure restore --discard to cancel them",
		countOf(n.Messages, "message"), countOf(n.Deliveries, "webhook delivery"))
}

// countOf writes a count with its noun, "or more" where counting stopped.
func countOf(n int64, what string) string {
	more := ""
	if n == MaxCounted {
		more = " or more"
	}
	if n != 1 {
		what = strings.TrimSuffix(what, "y") + map[bool]string{true: "ies", false: "s"}[strings.HasSuffix(what, "y")]
	}

	return fmt.Sprintf("%d%s %s", n, more, what)
}
