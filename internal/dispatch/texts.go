package dispatch

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/failpoint"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
)

// Texts that fall due, by their time or for a retry. A hundred thousand may be due in one second: no more are claimed than
// can be submitted, so that a crash leaves few whose fate is unknown, and codes never wait behind them.

// roomForTexts is how many texts the sweep may claim now.
func (d *Dispatcher) roomForTexts() int {
	room := min(cap(d.texts)-len(d.texts), sweepBatch)
	if room < textRoom {
		return 0
	}
	return room
}

// claimTexts claims texts and waits for the claims, not for the submits. There is a place for each.
func (d *Dispatcher) claimTexts(ctx context.Context, due []store.Due) error {
	return abreast(due, func(row store.Due) error {
		d.tasks.Add(1)
		d.texts <- struct{}{}
		failpoint.Hit(failpoint.TextDue)
		m, c, again, err := d.take(ctx, row, message.Timer, nil)
		if err != nil || !again {
			d.releaseText()
			return err
		}
		failpoint.Hit(failpoint.TextClaimed)
		go func() {
			defer d.releaseText()
			d.deliver(context.Background(), m, c)
		}()
		return nil
	})
}

// releaseText gives a place back, and wakes the sweep when texts wait for places and half of them are free.
func (d *Dispatcher) releaseText() {
	<-d.texts
	if d.backlog.Load() && len(d.texts) <= cap(d.texts)/2 {
		select {
		case d.wake <- struct{}{}:
		default:
		}
	}
	d.tasks.Done()
}

// blocked reports whether the message may not be sent any more: its number has opted out since it was asked for. Codes are
// sent all the same. It notes on the number that this account sends to it now, for the answer that may come.
func (d *Dispatcher) blocked(tx *store.Tx, m store.Message, now time.Time) (bool, error) {
	if m.Purpose != message.ForText {
		return false, nil
	}
	k := store.ContactKey(m.Account, m.Contact)
	if !tx.Has(k) {
		return false, store.Need(k)
	}
	c, known := store.Get[store.Contact](tx, k)
	if !known || !c.OptOut.At.IsZero() {
		return known, nil
	}
	if m.Current() < 0 && m.Mode == id.Live {
		c.LastSentVia = message.NoteSentVia(c.LastSentVia, m.FirstCarrier(), now)
		tx.Put(c)
	}
	return false, nil
}
