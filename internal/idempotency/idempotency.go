// Package idempotency implements Idempotency-Keys: a request that is repeated with its key gets the answer of the first
// one, byte for byte. If a crash cut the first one off, the repeat gets the answer that it would have got.
//
// It is independent of what requests do. The effect of a request and its answer are stored in one transaction; a
// request of several transactions is noted before them and its answer stored after them.
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

// How long an answer is kept for its Idempotency-Key. That of a check is kept only as long as a client retries: a
// repeat says that the code is valid, which a used code must not be for long.
const (
	KeepAnswers  = 24 * time.Hour
	KeepVerified = 5 * time.Minute
)

// answerBy is how long a request without an answer counts as in flight: far longer than a request can take.
const answerBy = time.Minute

// Answer is the response to a request, byte for byte.
type Answer struct {
	Status int
	Body   []byte
	// Repeated says that it is the answer to an earlier request.
	Repeated bool
}

// Config is what Answers are made from.
type Config struct {
	Store *store.Store
	Keys  *secret.Keyring
	Now   func() time.Time
	// Epoch is this node's; Gone reports whether the node with another epoch has ended.
	Epoch int64
	Gone  func(epoch int64) bool
	Log   *slog.Logger
	// Lost makes the result of a request that was cut off, or its refusal, from the rows that it made.
	Lost func(tx *store.Tx, c account.Caller, row store.Idempotency) (result any, refusal *fault.Fault, err error)
}

// Answers stores the answers of requests with an Idempotency-Key. It is safe for concurrent use.
type Answers struct{ c Config }

// New makes Answers.
func New(c Config) *Answers { return &Answers{c} }

// Request is a request with an Idempotency-Key. A nil Request is one without.
type Request struct {
	answers     *Answers
	mac         []byte
	fingerprint []byte
	keep        time.Duration
	// render turns a result, or a refusal, into the answer. It is pure and may be called more than once.
	render func(result any, refusal *fault.Fault) Answer
}

// Request describes a request. Its fingerprint is a keyed MAC, because a plain hash of a verify's body would reveal the
// code.
func (s *Answers) Request(c account.Caller, key, method, path string, body []byte,
	render func(any, *fault.Fault) Answer,
) *Request {
	return &Request{
		answers: s, render: render, keep: KeepAnswers,
		mac:         s.c.Keys.RequestMAC([]byte("key"), []byte{byte(c.Mode)}, []byte(key)),
		fingerprint: s.c.Keys.RequestMAC([]byte("request"), []byte(method), []byte(path), body),
	}
}

// KeepFor sets how long the answer is kept.
func (r *Request) KeepFor(d time.Duration) {
	if r != nil {
		r.keep = d
	}
}

// row is a new row of the request.
func (r *Request) row(c account.Caller, now time.Time) store.Idempotency {
	return store.Idempotency{
		Account: c.Account, MAC: r.mac, Fingerprint: r.fingerprint, CreatedAt: now, EndsAt: now.Add(r.keep),
	}
}

// Keys adds the key of the request's row.
func (r *Request) Keys(c account.Caller, keys []store.Key) []store.Key {
	if r == nil {
		return keys
	}
	return append(keys, store.IdempotencyKey(c.Account, r.mac))
}

// Begin stores what the request made, before its answer is known.
func (r *Request) Begin(tx *store.Tx, c account.Caller, o id.OTP, m id.Message, now time.Time) {
	if r == nil {
		return
	}
	row := r.row(c, now)
	row.OTP, row.Message, row.Owner = o, m, r.answers.c.Epoch
	tx.Put(row)
}

// Answer stores the answer in the transaction of the request's effect.
func (r *Request) Answer(tx *store.Tx, c account.Caller, now time.Time, result any, refusal *fault.Fault) *Answer {
	if r == nil {
		return nil
	}
	a := r.render(result, refusal)
	row, ok := store.Get[store.Idempotency](tx, store.IdempotencyKey(c.Account, r.mac))
	if !ok || !counts(row, now) {
		row = r.row(c, now)
	}
	row.Status, row.Owner, row.Answer = a.Status, 0, r.seal(c, a.Body)
	tx.Put(row)

	return &a
}

func (r *Request) seal(c account.Caller, body []byte) []byte {
	return r.answers.c.Keys.Seal(body, store.IdempotencyKey(c.Account, r.mac).Location("answer"))
}

// Finish stores the answer of a request whose effect was stored before. It returns the answer also when storing it
// fails: a repeat is then answered from the effect.
func (r *Request) Finish(ctx context.Context, c account.Caller, result any, refusal *fault.Fault) *Answer {
	if r == nil {
		return nil
	}
	a := r.render(result, refusal)
	k := store.IdempotencyKey(c.Account, r.mac)
	failed := r.answers.c.Store.Update(context.WithoutCancel(ctx), c.Account, []store.Key{k}, func(tx *store.Tx) error {
		if row, ok := store.Get[store.Idempotency](tx, k); ok && row.Status == 0 {
			row.Status, row.Owner, row.Answer = a.Status, 0, r.seal(c, a.Body)
			tx.Put(row)
		}
		return nil
	})
	if failed != nil {
		r.answers.c.Log.Warn("the answer for an Idempotency-Key could not be stored", "error", failed)
	}

	return &a
}

// Stored returns the answer to an earlier request with the key. It is called before every check of the request, so that
// a repeat gets the first answer whatever has changed since.
func (s *Answers) Stored(ctx context.Context, c account.Caller, r *Request) (*Answer, error) {
	k := store.IdempotencyKey(c.Account, r.mac)
	rows, err := s.c.Store.Find(ctx, k)
	row, ok := store.Get[store.Idempotency](rows, k)
	now := s.c.Now()
	if err != nil || !ok || !counts(row, now) {
		return nil, err
	}

	var a *Answer
	var refused *fault.Fault
	if row.Status != 0 && !ahead(row, now) {
		a, refused, err = r.storedAnswer(row)
	} else {
		err = s.c.Store.Update(ctx, c.Account, r.Keys(c, nil), func(tx *store.Tx) (err error) {
			a, refused, err = r.Replayed(tx, c, now)
			return err
		})
	}

	if refused != nil {
		return nil, refused
	}

	return a, err
}

// counts reports whether a row has not expired: expired ones are removed later.
func counts(row store.Idempotency, now time.Time) bool {
	return now.Before(row.EndsAt)
}

// ahead reports whether the row was made by a clock that was ahead. It then counts as made now, or it would be kept too
// long.
func ahead(row store.Idempotency, now time.Time) bool {
	return row.CreatedAt.After(now.Add(clock.Skew))
}

// storedAnswer opens the answer of a row; nil when it has none yet.
func (r *Request) storedAnswer(row store.Idempotency) (*Answer, *fault.Fault, error) {
	if !secret.Equal(row.Fingerprint, r.fingerprint) {
		return nil, fault.Invalid("Idempotency-Key",
			"this Idempotency-Key was used for another request; use a new key for a new request").
			WithReason("idempotency_key_reused"), nil
	}

	if row.Status == 0 {
		return nil, nil, nil
	}
	body, err := r.answers.c.Keys.Open(row.Answer, row.Key().Location("answer"))

	return &Answer{Status: row.Status, Body: body, Repeated: true}, nil, err
}

// Replayed returns the answer to an earlier request with the key, or why this one is refused. Both are nil when there
// was no such request.
func (r *Request) Replayed(tx *store.Tx, c account.Caller, now time.Time) (*Answer, *fault.Fault, error) {
	if r == nil {
		return nil, nil, nil
	}
	row, ok := store.Get[store.Idempotency](tx, store.IdempotencyKey(c.Account, r.mac))
	if !ok || !counts(row, now) {
		return nil, nil, nil
	}

	if ahead(row, now) {
		row.EndsAt = now.Add(row.EndsAt.Sub(row.CreatedAt))
		row.CreatedAt = now
		tx.Put(row)
	}

	if a, refused, err := r.storedAnswer(row); a != nil || refused != nil || err != nil {
		return a, refused, err
	}
	if row.Owner != 0 && !r.answers.c.Gone(row.Owner) && now.Sub(row.CreatedAt) < answerBy {
		return nil, fault.Limited("Idempotency-Key", "in_flight", time.Second,
			"the first request with this Idempotency-Key is still being answered; repeat it after the time in "+
				"Retry-After"), nil
	}

	if row.OTP.IsZero() && row.Message.IsZero() {
		return nil, nil, nil // it made nothing
	}

	result, refusal, err := r.answers.c.Lost(tx, c, row)
	if err != nil {
		return nil, nil, err
	}

	return r.Answer(tx, c, now, result, refusal), nil, nil
}

// begin stores that a request of several transactions began, or returns the answer to an earlier one.
func (r *Request) begin(ctx context.Context, c account.Caller) (a *Answer, err error) {
	if r == nil {
		return nil, nil
	}
	now := r.answers.c.Now()
	err = r.answers.c.Store.Update(ctx, c.Account, r.Keys(c, nil), func(tx *store.Tx) error {
		var refused *fault.Fault
		if a, refused, err = r.Replayed(tx, c, now); a != nil || err != nil {
			return err
		}
		if refused != nil {
			return refused
		}
		r.Begin(tx, c, id.OTP{}, id.Message{}, now)

		return nil
	})

	return a, err
}

// forget undoes begin after a refusal that had no effect.
func (r *Request) forget(ctx context.Context, c account.Caller) {
	if r == nil {
		return
	}
	err := r.answers.c.Store.Update(context.WithoutCancel(ctx), c.Account, r.Keys(c, nil), func(tx *store.Tx) error {
		k := store.IdempotencyKey(c.Account, r.mac)
		if row, ok := store.Get[store.Idempotency](tx, k); ok && row.Status == 0 && row.Owner == r.answers.c.Epoch {
			tx.Delete(k) // but not the answer to a repeat on another node
		}
		return nil
	})
	if err != nil {
		r.answers.c.Log.Warn("an Idempotency-Key could not be released; it can be used again after a minute", "error",
			err)
	}
}
