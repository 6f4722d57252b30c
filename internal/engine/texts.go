package engine

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
)

// Texts that fall due, by their time or for a retry. A hundred thousand may be due in one second: no more are claimed than
// can be submitted, so that a crash leaves few whose fate is unknown, and codes never wait behind them.

// roomForTexts is how many texts the sweep may claim now.
func (e *Engine) roomForTexts() int {
	room := min(cap(e.texts)-len(e.texts), sweepBatch)
	if room < textRoom {
		return 0
	}
	return room
}

// claimTexts claims texts and waits for the claims, not for the submits. There is a place for each.
func (e *Engine) claimTexts(ctx context.Context, due []store.Due) error {
	return abreast(due, func(d store.Due) error {
		e.tasks.Add(1)
		e.texts <- struct{}{}
		m, c, again, err := e.take(ctx, d, message.Timer, nil)
		if err != nil || !again {
			e.releaseText()
			return err
		}
		go func() {
			defer e.releaseText()
			e.deliver(context.Background(), m, c)
		}()
		return nil
	})
}

// releaseText gives a place back, and wakes the sweep when texts wait for places and half of them are free.
func (e *Engine) releaseText() {
	<-e.texts
	if e.backlog.Load() && len(e.texts) <= cap(e.texts)/2 {
		select {
		case e.wake <- struct{}{}:
		default:
		}
	}
	e.tasks.Done()
}

// blocked reports whether the message may not be sent any more: its number has opted out since it was asked for. Codes are
// sent all the same. It notes on the number that this account sends to it now, for the answer that may come.
func (e *Engine) blocked(tx *store.Tx, m store.Message, now time.Time) (bool, error) {
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
		c.Heard = hear(c.Heard, firstCarrier(m.Message), now)
		tx.Put(c)
	}
	return false, nil
}
