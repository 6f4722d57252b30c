package verifiedrate

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/store"
)

// row is the stored form of a period. A slot has one row, which later periods use again, so there are never more.
type row struct {
	Begins time.Time `json:"begins"`
	Ways   []wayRow  `json:"ways"`
}

type wayRow struct {
	Channel  string `json:"channel"`
	Country  string `json:"country"`
	Carrier  string `json:"carrier"`
	Sent     int    `json:"sent"`
	Verified int    `json:"verified"`
	Took     int64  `json:"took_ms"`
}

// maxWays is how many ways a period has at most. What comes after them is not counted.
const maxWays = 1000

func keyOf(p route.Period) store.Key {
	return store.MetaKey(fmt.Sprintf("verified:%s:%03d", p.Length, p.Slot()))
}

// decode reads the row of a period. It is empty when the slot has another period, or what cannot be read.
func decode(rows store.Getter, p route.Period) map[route.Way]route.Conversion {
	out := map[route.Way]route.Conversion{}
	stored, ok := store.Get[store.Meta](rows, keyOf(p))
	var r row
	if !ok || json.Unmarshal(stored.Value, &r) != nil || !r.Begins.Equal(p.Begins) {
		return out
	}

	for _, w := range r.Ways[:min(len(r.Ways), maxWays)] {
		ch, err := message.ParseChannel(w.Channel)
		if err != nil || w.Sent < 0 || w.Verified < 0 || w.Took < 0 {
			continue
		}
		way := route.Way{Channel: ch, Country: w.Country, Carrier: w.Carrier}
		took := time.Duration(w.Took) * time.Millisecond
		out[way] = route.Conversion{Sent: w.Sent, Verified: w.Verified, Took: took}
	}

	return out
}

func encode(p route.Period, conversions map[route.Way]route.Conversion) (store.Meta, error) {
	r := row{Begins: p.Begins}
	for w, c := range conversions {
		r.Ways = append(r.Ways, wayRow{
			w.Channel.String(), w.Country, w.Carrier, c.Sent, c.Verified, c.Took.Milliseconds(),
		})
	}

	slices.SortFunc(r.Ways, func(a, b wayRow) int {
		return cmp.Or(cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.Country, b.Country),
			cmp.Compare(a.Carrier, b.Carrier))
	})
	value, err := json.Marshal(r)

	return store.Meta{Name: keyOf(p).ID, Value: value}, err
}

// read reads periods into a history.
func read(ctx context.Context, s *store.Store, periods []route.Period, into route.History) error {
	keys := make([]store.Key, len(periods))
	for i, p := range periods {
		keys[i] = keyOf(p)
	}

	rows, err := s.Find(ctx, keys...)
	if err != nil {
		return err
	}

	for _, p := range periods {
		if c := decode(rows, p); len(c) > 0 {
			into[p] = c
		} else {
			delete(into, p)
		}
	}

	return nil
}

// flush adds what was counted to the rows of its periods. When that is not possible, the next one does it.
func (r *Rates) flush(ctx context.Context) error {
	added := r.take()
	if len(added) == 0 {
		return nil
	}

	err := r.store(ctx, added)
	if err == nil {
		return nil
	}

	if ctx.Err() == nil {
		r.Log.Warn("the rates of verified codes could not be stored; the next round retries it", "error", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for p, conversions := range added {
		for w, c := range conversions {
			r.added.AddTo(p, w, c)
		}
	}

	return err
}

// take takes what was counted and is not stored yet, without periods that are over.
func (r *Rates) take() route.History {
	r.mu.Lock()
	added := r.added
	r.added = route.History{}
	r.mu.Unlock()

	now := r.Now()
	maps.DeleteFunc(added, func(p route.Period, _ map[route.Way]route.Conversion) bool { return p.Over(now) })

	return added
}

func (r *Rates) store(ctx context.Context, added route.History) error {
	var keys []store.Key
	for p := range added {
		keys = append(keys, keyOf(p))
	}

	full := false
	err := r.Store.Update(ctx, id.Account{}, keys, func(tx *store.Tx) error {
		for p, conversions := range added {
			sum := decode(tx, p)
			for w, c := range conversions {
				if _, known := sum[w]; !known && len(sum) >= maxWays {
					full = true
					continue
				}
				sum[w] = sum[w].Plus(c)
			}

			stored, err := encode(p, sum)
			if err != nil {
				return err
			}
			tx.Put(stored)
		}
		return nil
	})
	if full {
		r.Log.Warn("verified_rate counts no more carriers and countries in a period", "most", maxWays)
	}

	return err
}
