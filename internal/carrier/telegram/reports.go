package telegram

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
)

const (
	// askEvery is how often the loop looks for messages to ask about, askedAtOnce how many it asks about in parallel,
	// and
	// askBatch how many in one round.
	askEvery    = time.Second
	askedAtOnce = 16
	askBatch    = 1024
)

// statuses are those of a DeliveryStatus. Two change nothing: sent is on the way; revoked is what a cancellation asked
// for,
// and gives no fee back. A report without a status says nothing yet.
var statuses = map[string]carrier.Status{
	"": carrier.Buffered, "sent": carrier.Buffered, "revoked": carrier.Buffered,
	"delivered": carrier.Delivered, "read": carrier.Read, "expired": carrier.Failed,
}

// receiptOf makes a receipt of a status. A code that expired unseen failed, so its credits are given back, as Telegram
// gives back the fee.
func receiptOf(s requestStatus) carrier.Receipt {
	r := carrier.Receipt{ID: s.ID, Ref: s.Payload}
	r.Status, r.Unknown = carrier.ReadStatus(statuses, s.Delivery.Status)
	if r.Status == carrier.Failed {
		r.Reason, r.CarrierCode = message.ExpiredInTransit, s.Delivery.Status
	}
	return r
}

// Run implements carrier.Runner: it asks Telegram about messages without a report. It begins with those of the last
// run,
// which the database has.
func (c *Carrier) Run(ctx context.Context, sink carrier.Sink) error {
	if !c.Receipts() {
		return nil
	}

	tick := time.NewTicker(askEvery)
	defer tick.Stop()
	for loaded := false; ; {
		if !loaded {
			err := c.load(ctx, sink, time.Now())
			if loaded = err == nil; err != nil && ctx.Err() == nil {
				c.Log().Warn("the messages that Telegram has not reported on could not be read; it is tried again",
					"carrier", c.Name(), "error", err)
			}
		}
		for more := true; more && ctx.Err() == nil; {
			more = c.askDue(ctx, sink, time.Now()) == askBatch
		}

		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// load watches the messages that were accepted before this run and have no final receipt.
func (c *Carrier) load(ctx context.Context, sink carrier.Sink, now time.Time) error {
	since := now.Add(-longestLife - reportGrace)
	list, err := sink.Unreported(ctx, c.Name(), since, maxWatched)
	for _, m := range list {
		life := lifeOf(carrier.Message{Validity: m.Validity})
		c.observe(watched{id: m.ID, ref: m.Ref, sentAt: m.At, life: life})
	}
	return err
}

// askDue asks about the messages whose time has come, and returns how many there were.
func (c *Carrier) askDue(ctx context.Context, sink carrier.Sink, now time.Time) int {
	due := c.watch.take(now, askBatch)
	var group errgroup.Group
	group.SetLimit(askedAtOnce)
	for _, m := range due {
		group.Go(func() error {
			c.askAbout(ctx, sink, m)
			return nil
		})
	}
	_ = group.Wait()

	return len(due)
}

// askAbout asks for the status of a message and passes on what is new.
func (c *Carrier) askAbout(ctx context.Context, sink carrier.Sink, m watched) {
	result, now := c.ask(ctx, m.id)
	switch {
	case ctx.Err() != nil:
		return
	case result.Throttled:
		c.watch.pause(time.Now().Add(min(max(result.RetryAfter, askEvery), longestAsk)))
		return
	case result.Outcome != carrier.Accepted:
		c.Log().Warn("Telegram does not say what became of a message; it is asked again",
			"carrier", c.Name(), "error", failure(result))
		return
	case now.Delivery.Status == "":
		return
	}

	if m.unknown {
		err := sink.Answer(ctx, carrier.Answer{
			Carrier: c.Name(), Ref: m.ref, Result: carrier.Result{Outcome: carrier.Accepted, IDs: []string{m.id}},
		})
		if err != nil {
			return // the next answer is as good
		}
		c.ids.forget(m.ref)
		c.watch.accepted(m.id)
	}

	receipt := receiptOf(now)
	c.LogUnknown(receipt)
	if receipt.Status != m.status {
		receipt.Carrier = c.Name()
		if receipt.Ref == "" {
			receipt.Ref = m.ref
		}
		if _, err := sink.Receipt(ctx, receipt); err != nil {
			if !errors.Is(err, context.Canceled) {
				c.Log().Warn("a receipt could not be stored; Telegram is asked again", "carrier", c.Name(), "error", err)
			}
			return
		}
	}
	c.watch.reports(m.id, now.Delivery.Status)
}
