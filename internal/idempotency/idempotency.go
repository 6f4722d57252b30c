// Package idempotency implements Idempotency-Keys: a request that is repeated with its key gets the answer that the first
// one got, byte for byte, or what it would have got if a crash had not cut it off.
//
// It knows no verb. What a request did and what is remembered of it are stored in one transaction; a request of several
// transactions is noted before them and answered behind them.
package idempotency

import (
	"context"
	"log/slog"
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

// Config is what Answers are made from.
type Config struct {
	Store *store.Store
	Keys  *secret.Keyring
	Now   func() time.Time
	// Epoch is this node's; Gone tells whether the node with another epoch is gone.
	Epoch int64
	Gone  func(epoch int64) bool
	Log   *slog.Logger
	// Lost makes the result of a request, or its refusal, from what it made before it was cut off.
	Lost func(tx *store.Tx, c account.Caller, row store.Idempotency) (result any, refusal *fault.Fault, err error)
}

// Answers remembers what requests with an Idempotency-Key were answered. It is safe for concurrent use.
type Answers struct{ c Config }

// New makes Answers.
func New(c Config) *Answers { return &Answers{c} }

// Request is one with an Idempotency-Key. A nil one is a request without.
type Request struct {
	of          *Answers
	mac         []byte
	fingerprint []byte
	keep        time.Duration
	// render turns a verb's result, or its refusal, into the answer. It is pure and may be called more than once.
	render func(result any, refusal *fault.Fault) Answer
}

// Request describes a request. The fingerprint is a keyed MAC: a plain hash of a verify's body would reveal the
// code.
func (s *Answers) Request(c account.Caller, key, method, path string, body []byte, render func(any, *fault.Fault) Answer) *Request {
	return &Request{
		of: s, render: render, keep: KeepAnswers,
		mac:         s.c.Keys.RequestMAC([]byte("key"), []byte{byte(c.Mode)}, []byte(key)),
		fingerprint: s.c.Keys.RequestMAC([]byte("request"), []byte(method), []byte(path), body),
	}
}

// KeepFor sets how long the answer is kept.
func (i *Request) KeepFor(d time.Duration) {
	if i != nil {
		i.keep = d
	}
}

// row is what is remembered of the request from now on.
func (i *Request) row(c account.Caller, now time.Time) store.Idempotency {
	return store.Idempotency{Account: c.Account, MAC: i.mac, Fingerprint: i.fingerprint, CreatedAt: now, EndsAt: now.Add(i.keep)}
}

// Keys adds the row of the request.
func (i *Request) Keys(c account.Caller, keys []store.Key) []store.Key {
	if i == nil {
		return keys
	}
	return append(keys, store.IdempotencyKey(c.Account, i.mac))
}

// Begin notes what the request made, before its answer is known.
func (i *Request) Begin(tx *store.Tx, c account.Caller, o id.OTP, m id.Message, now time.Time) {
	if i == nil {
		return
	}
	row := i.row(c, now)
	row.OTP, row.Message, row.Owner = o, m, i.of.c.Epoch
	tx.Put(row)
}

// Answer stores the answer with its effect, in one transaction.
func (i *Request) Answer(tx *store.Tx, c account.Caller, now time.Time, result any, refusal *fault.Fault) *Answer {
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

func (i *Request) seal(c account.Caller, body []byte) []byte {
	return i.of.c.Keys.Seal(body, store.IdempotencyKey(c.Account, i.mac).Place("answer"))
}

// Finish stores the answer of a request whose effect was stored before. What cannot be stored is answered all the same:
// the effect is there, and a repeat is answered from it.
func (i *Request) Finish(ctx context.Context, c account.Caller, result any, refusal *fault.Fault) *Answer {
	if i == nil {
		return nil
	}
	a := i.render(result, refusal)
	k := store.IdempotencyKey(c.Account, i.mac)
	failed := i.of.c.Store.Update(context.WithoutCancel(ctx), c.Account, []store.Key{k}, func(tx *store.Tx) error {
		if row, ok := store.Get[store.Idempotency](tx, k); ok && row.Status == 0 {
			row.Status, row.Owner, row.Answer = a.Status, 0, i.seal(c, a.Body)
			tx.Put(row)
		}
		return nil
	})
	if failed != nil {
		i.of.c.Log.Warn("the answer for an Idempotency-Key could not be stored", "error", failed)
	}

	return &a
}

// Stored returns the answer that an earlier request with the key got, or what it would have got if a crash had not cut it
// off. It comes before everything else that could refuse the request, so that a repeat is answered as the first was,
// whatever has changed since.
func (s *Answers) Stored(ctx context.Context, c account.Caller, i *Request) (*Answer, error) {
	k := store.IdempotencyKey(c.Account, i.mac)
	rows, err := s.c.Store.Find(ctx, k)
	row, ok := store.Get[store.Idempotency](rows, k)
	now := s.c.Now()
	if err != nil || !ok || !counts(row, now) {
		return nil, err
	}

	var a *Answer
	var refused *fault.Fault
	if row.Status != 0 && !ahead(row, now) {
		a, refused, err = i.storedAnswer(row)
	} else {
		err = s.c.Store.Update(ctx, c.Account, i.Keys(c, nil), func(tx *store.Tx) (err error) {
			a, refused, err = i.Replayed(tx, c, now)
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
func (i *Request) storedAnswer(row store.Idempotency) (*Answer, *fault.Fault, error) {
	if !secret.Equal(row.Fingerprint, i.fingerprint) {
		return nil, fault.Invalid("Idempotency-Key", "this Idempotency-Key was used for another request; use a new key for a new request").
			WithReason("idempotency_key_reused"), nil
	}
	if row.Status == 0 {
		return nil, nil, nil
	}
	body, err := i.of.c.Keys.Open(row.Answer, row.Key().Place("answer"))

	return &Answer{Status: row.Status, Body: body}, nil, err
}

// Replayed looks for an earlier request with the key: its answer, or why there is none.
func (i *Request) Replayed(tx *store.Tx, c account.Caller, now time.Time) (*Answer, *fault.Fault, error) {
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
	if a, refused, err := i.storedAnswer(row); a != nil || refused != nil || err != nil {
		return a, refused, err
	}
	if row.Owner != 0 && !i.of.c.Gone(row.Owner) && now.Sub(row.CreatedAt) < answerBy {
		return nil, fault.Limited("Idempotency-Key", "in_flight", time.Second,
			"the first request with this Idempotency-Key is still being answered; repeat it after the time in Retry-After"), nil
	}
	if row.OTP.IsZero() && row.Message.IsZero() {
		return nil, nil, nil // it made nothing that could be told
	}

	result, refusal, err := i.of.c.Lost(tx, c, row)
	if err != nil {
		return nil, nil, err
	}

	return i.Answer(tx, c, now, result, refusal), nil, nil
}

// begin notes a request whose effect is not one transaction, or finds what an earlier one was told.
func (i *Request) begin(ctx context.Context, c account.Caller) (a *Answer, err error) {
	if i == nil {
		return nil, nil
	}
	now := i.of.c.Now()
	err = i.of.c.Store.Update(ctx, c.Account, i.Keys(c, nil), func(tx *store.Tx) error {
		var refused *fault.Fault
		if a, refused, err = i.Replayed(tx, c, now); a != nil || err != nil {
			return err
		}
		if refused != nil {
			return refused
		}
		i.Begin(tx, c, id.OTP{}, id.Message{}, now)

		return nil
	})

	return a, err
}

// forget undoes begin after a refusal that had no effect.
func (i *Request) forget(ctx context.Context, c account.Caller) {
	if i == nil {
		return
	}
	err := i.of.c.Store.Update(context.WithoutCancel(ctx), c.Account, i.Keys(c, nil), func(tx *store.Tx) error {
		k := store.IdempotencyKey(c.Account, i.mac)
		if row, ok := store.Get[store.Idempotency](tx, k); ok && row.Status == 0 && row.Owner == i.of.c.Epoch {
			tx.Delete(k) // and not what a repeat on another node was answered meanwhile
		}
		return nil
	})
	if err != nil {
		i.of.c.Log.Warn("an Idempotency-Key could not be set free; it is after a minute", "error", err)
	}
}
