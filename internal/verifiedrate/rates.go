// Package verifiedrate counts how many of the codes that were sent over a carrier were verified, for routes with the
// strategy verified_rate, and plans messages by it.
//
// The rule and the sums are route's. This package keeps the counts in the database, where all nodes add to them, and a
// copy in memory: a send reads only that. Counts are not part of the transaction that they count, so a crash loses those
// of some seconds.
package verifiedrate

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"log/slog"
	"sync"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/store"
)

// Config is what Rates are made from.
type Config struct {
	Store *store.Store
	Now   func() time.Time
	Log   *slog.Logger
}

// Rates is safe for concurrent use.
type Rates struct {
	Config

	mu    sync.Mutex
	turns route.Turns
	added route.History // what this node counted and has not stored yet
	// lately is what the codes achieved, as of the last round. It is replaced, never changed.
	lately map[route.Way]route.Conversion

	// Used by rounds only:
	known route.History // the database, as it was read last
	next  int           // the position in route.Periods of the next period that is read again
}

// New makes rates that know of no codes.
func New(c Config) *Rates {
	return &Rates{Config: c, turns: route.Turns{}, added: route.History{}, known: route.History{}}
}

// Plan makes the plan of a message, see route.Table.Plan. down are the carriers that messages skip.
func (r *Rates) Plan(t route.Table, q route.Request, down []string) (plan []message.Step, unserved message.Channel) {
	r.mu.Lock()
	defer r.mu.Unlock()
	q.Draw = &route.Draw{Lately: r.lately, Down: down, Random: random()}
	if q.Code {
		q.Draw.Turns = r.turns
	}

	plan, unserved = t.Plan(q)
	if q.Code {
		r.turns.Took(t, plan, q.Country)
	}

	return plan, unserved
}

func random() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // it never returns an error
	return binary.LittleEndian.Uint64(b[:])
}

// Sent counts an attempt whose submit had an outcome. An attempt that was put off is counted by a later submit.
func (r *Rates) Sent(m message.Message, attempt int, o carrier.Outcome) {
	if o == carrier.Retry || m.Attempts[attempt].UnknownSubmits > 0 || !counts(m, attempt) {
		return
	}
	r.add(m, attempt, route.Conversion{Sent: 1})
}

// maxTime is the longest time to verify that is counted: some people come back to a code much later.
const maxTime = 5 * time.Minute

// Verified counts the verification of a code. It counts for the attempt of its newest message that a carrier accepted
// last.
func (r *Rates) Verified(m message.Message, at time.Time) {
	i := m.Shown()
	if i < 0 || !counts(m, i) {
		return
	}
	r.add(m, i, route.Conversion{Verified: 1, Took: max(0, min(at.Sub(m.CreatedAt), maxTime))})
}

// counts reports whether an attempt says how good its carrier is: the carrier was chosen by what its codes achieve, and
// it was the first on its channel. Those that come after it get the people whom the first one did not reach.
func counts(m message.Message, attempt int) bool {
	step := m.StepOf(attempt)
	if m.Type != message.CodeMessage || !step.Choice.Rated() {
		return false
	}
	for i := range attempt {
		if m.StepOf(i).Channel == step.Channel {
			return false
		}
	}

	return true
}

func (r *Rates) add(m message.Message, attempt int, c route.Conversion) {
	step := m.StepOf(attempt)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.added.Add(m.CreatedAt, route.Way{Channel: step.Channel, Country: m.Country, Carrier: step.Carrier}, c)
}

const (
	roundEvery = 10 * time.Second
	// Each round reads the newest periods again, to which other nodes add most, and some of the others in turn.
	newest = 5
	others = 30
)

// Run keeps the counts in the database, and the copy of them up to date, until ctx ends.
func (r *Rates) Run(ctx context.Context) error {
	tick := time.NewTicker(roundEvery)
	defer tick.Stop()

	r.Start(ctx)
	for {
		select {
		case <-ctx.Done():
			end, cancel := context.WithTimeout(context.WithoutCancel(ctx), roundEvery)
			defer cancel()
			_ = r.flush(end) // which logs it

			return nil
		case <-tick.C:
			r.Round(ctx)
		}
	}
}

// Start reads what the database has counted. Run calls it first.
func (r *Rates) Start(ctx context.Context) { r.refresh(ctx, route.Periods(r.Now())) }

// Round stores what was counted, and reads what other nodes have stored. Run calls it every ten seconds.
func (r *Rates) Round(ctx context.Context) {
	if r.flush(ctx) != nil {
		return
	}

	all := route.Periods(r.Now())
	again := append([]route.Period{}, all[:newest]...)
	for range others {
		r.next = (r.next + 1) % len(all)
		again = append(again, all[r.next])
	}
	r.refresh(ctx, again)
}

// refresh reads periods, and sums up what is known.
func (r *Rates) refresh(ctx context.Context, periods []route.Period) {
	err := read(ctx, r.Store, periods, r.known)
	if err != nil && ctx.Err() == nil {
		r.Log.Warn("the rates of verified codes could not be read; the next round retries it", "error", err)
	}

	lately := r.known.Lately(r.Now())
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lately = lately
}

// Lately reads from the database what the codes of each way achieved lately.
func Lately(ctx context.Context, s *store.Store, now time.Time) (map[route.Way]route.Conversion, error) {
	known := route.History{}
	err := read(ctx, s, route.Periods(now), known)
	return known.Lately(now), err
}
