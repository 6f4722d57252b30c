package engine

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/clock"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
)

// How long an answer is kept for its Idempotency-Key. That of a check is kept as long as somebody repeats a request whose
// answer was lost: a code that was used must not stay good for whoever repeats a key.
const (
	KeepAnswers  = 24 * time.Hour
	KeepVerified = 5 * time.Minute
)

// answerBy is when a request that has no answer yet is taken for lost: far above the longest a request can take.
const answerBy = time.Minute

// Answer is what a caller was told, byte for byte.
type Answer struct {
	Status int
	Body   []byte
}

// Idempotent is a request with an Idempotency-Key. A nil one is a request without.
type Idempotent struct {
	e           *Engine
	mac         []byte
	fingerprint []byte
	keep        time.Duration
	// render turns a verb's result, or its refusal, into the answer. It is pure and may be called more than once.
	render func(result any, refusal *fault.Fault) Answer
}

// NewIdempotent describes a request. The fingerprint is a keyed MAC: a plain hash of a verify's body would reveal the
// code.
func (e *Engine) NewIdempotent(c account.Caller, key, method, path string, body []byte, render func(any, *fault.Fault) Answer) *Idempotent {
	return &Idempotent{
		e: e, render: render, keep: KeepAnswers,
		mac:         e.keys.RequestMAC([]byte("key"), []byte{byte(c.Mode)}, []byte(key)),
		fingerprint: e.keys.RequestMAC([]byte("request"), []byte(method), []byte(path), body),
	}
}

// keepFor sets how long the answer is kept.
func (i *Idempotent) keepFor(d time.Duration) {
	if i != nil {
		i.keep = d
	}
}

// row is what is remembered of the request from now on.
func (i *Idempotent) row(c account.Caller, now time.Time) store.Idempotency {
	return store.Idempotency{Account: c.Account, MAC: i.mac, Fingerprint: i.fingerprint, CreatedAt: now, EndsAt: now.Add(i.keep)}
}

// keys adds the row of the request.
func (i *Idempotent) keys(c account.Caller, keys []store.Key) []store.Key {
	if i == nil {
		return keys
	}
	return append(keys, store.IdempotencyKey(c.Account, i.mac))
}

// begin notes what the request made, before its answer is known.
func (i *Idempotent) begin(tx *store.Tx, c account.Caller, epoch int64, o id.OTP, m id.Message, now time.Time) {
	if i == nil {
		return
	}
	row := i.row(c, now)
	row.OTP, row.Message, row.Owner = o, m, epoch
	tx.Put(row)
}

// answer stores the answer with its effect, in one transaction.
func (i *Idempotent) answer(tx *store.Tx, c account.Caller, now time.Time, result any, refusal *fault.Fault) *Answer {
	if i == nil {
		return nil
	}
	a := i.render(result, refusal)
	row, ok := store.Get[store.Idempotency](tx, store.IdempotencyKey(c.Account, i.mac))
	if !ok || !counts(row, now) {
		row = i.row(c, now)
	}
	row.Status, row.Owner, row.Answer = a.Status, 0, i.seal(c, a.Body)
	tx.Put(row)
	return &a
}

func (i *Idempotent) seal(c account.Caller, body []byte) []byte {
	return i.e.keys.Seal(body, store.IdempotencyKey(c.Account, i.mac).Place("answer"))
}

// finish stores the answer of a request whose effect was stored before. What cannot be stored is answered all the same:
// the effect is there, and a repeat is answered from it.
func (e *Engine) finish(ctx context.Context, c account.Caller, i *Idempotent, result any, refusal *fault.Fault) *Answer {
	if i == nil {
		return nil
	}
	a := i.render(result, refusal)
	k := store.IdempotencyKey(c.Account, i.mac)
	failed := e.store.Update(context.WithoutCancel(ctx), c.Account, []store.Key{k}, func(tx *store.Tx) error {
		if row, ok := store.Get[store.Idempotency](tx, k); ok && row.Status == 0 {
			row.Status, row.Owner, row.Answer = a.Status, 0, i.seal(c, a.Body)
			tx.Put(row)
		}
		return nil
	})
	if failed != nil {
		e.log.Warn("the answer for an Idempotency-Key could not be stored", "error", failed)
	}
	return &a
}

// Stored returns the answer that an earlier request with the key got, or what it would have got if a crash had not cut it
// off. It comes before everything else that could refuse the request, so that a repeat is answered as the first was,
// whatever has changed since.
func (e *Engine) Stored(ctx context.Context, c account.Caller, i *Idempotent) (*Answer, error) {
	k := store.IdempotencyKey(c.Account, i.mac)
	rows, err := e.store.Find(ctx, k)
	row, ok := store.Get[store.Idempotency](rows, k)
	now := e.dispatch.Clock.Now()
	if err != nil || !ok || !counts(row, now) {
		return nil, err
	}
	var a *Answer
	var refused *fault.Fault
	if row.Status != 0 && !ahead(row, now) {
		a, refused, err = e.storedAnswer(row, i)
	} else {
		err = e.store.Update(ctx, c.Account, i.keys(c, nil), func(tx *store.Tx) (err error) {
			a, refused, err = e.replayed(tx, c, i, now)
			return err
		})
	}
	if refused != nil {
		return nil, refused
	}
	return a, err
}

// counts reports whether a row is young enough: one that is too old may not have been cleaned up yet.
func counts(row store.Idempotency, now time.Time) bool {
	return now.Before(row.EndsAt)
}

// ahead reports whether a clock that was ahead made the row: it counts as made now, or it would count for as long as that
// clock was ahead.
func ahead(row store.Idempotency, now time.Time) bool {
	return row.CreatedAt.After(now.Add(clock.Skew))
}

// storedAnswer opens the answer of a row that counts; nil when it has none yet.
func (e *Engine) storedAnswer(row store.Idempotency, i *Idempotent) (*Answer, *fault.Fault, error) {
	if !secret.Equal(row.Fingerprint, i.fingerprint) {
		return nil, fault.Invalid("Idempotency-Key", "this Idempotency-Key was used for another request; use a new key for a new request").
			WithReason("idempotency_key_reused"), nil
	}
	if row.Status == 0 {
		return nil, nil, nil
	}
	body, err := e.keys.Open(row.Answer, row.Key().Place("answer"))
	return &Answer{Status: row.Status, Body: body}, nil, err
}

// replayed looks for an earlier request with the key: its answer, or why there is none.
func (e *Engine) replayed(tx *store.Tx, c account.Caller, i *Idempotent, now time.Time) (*Answer, *fault.Fault, error) {
	if i == nil {
		return nil, nil, nil
	}
	row, ok := store.Get[store.Idempotency](tx, store.IdempotencyKey(c.Account, i.mac))
	if !ok || !counts(row, now) {
		return nil, nil, nil
	}
	if ahead(row, now) {
		row.EndsAt = now.Add(row.EndsAt.Sub(row.CreatedAt))
		row.CreatedAt = now
		tx.Put(row)
	}
	if a, refused, err := e.storedAnswer(row, i); a != nil || refused != nil || err != nil {
		return a, refused, err
	}
	if row.Owner != 0 && !e.dispatch.Config.Nodes.Members().Gone(row.Owner) && now.Sub(row.CreatedAt) < answerBy {
		return nil, fault.Limited("Idempotency-Key", "in_flight", time.Second,
			"the first request with this Idempotency-Key is still being answered; repeat it after the time in Retry-After"), nil
	}
	if row.OTP.IsZero() && row.Message.IsZero() {
		return nil, nil, nil // it made nothing that could be told
	}
	a, err := e.lostAnswer(tx, c, i, row, now)
	return a, nil, err
}

// beginKeyed notes a request whose effect is not one transaction, or finds what an earlier one was told.
func (e *Engine) beginKeyed(ctx context.Context, c account.Caller, i *Idempotent) (a *Answer, err error) {
	if i == nil {
		return nil, nil
	}
	now := e.dispatch.Clock.Now()
	err = e.store.Update(ctx, c.Account, i.keys(c, nil), func(tx *store.Tx) error {
		var refused *fault.Fault
		if a, refused, err = e.replayed(tx, c, i, now); a != nil || err != nil {
			return err
		}
		if refused != nil {
			return refused
		}
		i.begin(tx, c, e.dispatch.Config.Epoch, id.OTP{}, id.Message{}, now)
		return nil
	})
	return a, err
}

// forgetKeyed undoes beginKeyed after a refusal that had no effect.
func (e *Engine) forgetKeyed(ctx context.Context, c account.Caller, i *Idempotent) {
	if i == nil {
		return
	}
	err := e.store.Update(context.WithoutCancel(ctx), c.Account, i.keys(c, nil), func(tx *store.Tx) error {
		k := store.IdempotencyKey(c.Account, i.mac)
		if row, ok := store.Get[store.Idempotency](tx, k); ok && row.Status == 0 && row.Owner == e.dispatch.Config.Epoch {
			tx.Delete(k) // and not what a repeat on another node was answered meanwhile
		}
		return nil
	})
	if err != nil {
		e.log.Warn("an Idempotency-Key could not be set free; it is after a minute", "error", err)
	}
}

// lostAnswer answers from what a request made before it was cut off by a crash.
func (e *Engine) lostAnswer(tx *store.Tx, c account.Caller, i *Idempotent, row store.Idempotency, now time.Time) (*Answer, error) {
	if row.OTP.IsZero() {
		m, err := e.messageFrom(tx, c, row.Message)
		if err != nil {
			return nil, err
		}
		return i.answer(tx, c, now, m, refusal(m.Message)), nil
	}
	sent, err := e.sentFrom(tx, c, row.OTP)
	if err != nil {
		return nil, err
	}
	return i.answer(tx, c, now, sent, refusal(sent.Message)), nil
}

// sentFrom makes a send's result from its rows.
func (e *Engine) sentFrom(tx *store.Tx, c account.Caller, o id.OTP) (OTPSent, error) {
	k := store.OTPKey(c.Account, o)
	if !tx.Has(k) {
		return OTPSent{}, store.Need(k)
	}
	row, ok := store.Get[store.OTP](tx, k)
	if !ok {
		return OTPSent{}, fault.NoSuch("OTP")
	}
	mk := store.MessageKey(c.Account, row.Messages[len(row.Messages)-1])
	if !tx.Has(mk) {
		return OTPSent{}, store.Need(mk)
	}
	m, _ := store.Get[store.Message](tx, mk)
	to, err := e.query.Number(row.Key(), row.Number)
	return OTPSent{OTP: row, Message: m, To: to}, err
}
