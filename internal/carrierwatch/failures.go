package carrierwatch

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/store"
)

// Failure is what a node keeps in the database of a carrier while the carrier fails.
type Failure struct {
	Since time.Time `json:"since"`
	Last  time.Time `json:"last"`
	Count int64     `json:"count"`
	Code  string    `json:"code"`
	Cause string    `json:"cause"`
}

// String is a sentence for the operator, without its subject.
func (f Failure) String() string {
	submits, causes := "1 submit", []string{f.Code, f.Cause}
	if f.Count != 1 {
		submits = fmt.Sprintf("%d submits", f.Count)
	}

	causes = slices.DeleteFunc(causes, func(s string) bool { return s == "" })
	if len(causes) == 0 {
		causes = []string{"no cause was given"}
	}

	return fmt.Sprintf("has failed since %s (%s, the last at %s): %s", f.Since.UTC().Format(time.RFC3339), submits,
		f.Last.UTC().Format(time.RFC3339), strings.Join(causes, ", "))
}

// failureKey is the row of a carrier. All nodes share it, and each writes only its own entry.
func failureKey(name string) store.Key { return store.MetaKey("carrier:" + name) }

// failuresIn reads the row of a carrier, by epoch. A row that cannot be read counts as empty.
func failuresIn(rows store.Getter, name string) map[string]Failure {
	failures := map[string]Failure{}
	if row, ok := store.Get[store.Meta](rows, failureKey(name)); ok && json.Unmarshal(row.Value, &failures) != nil {
		failures = map[string]Failure{}
	}
	return failures
}

// Failures lists what the nodes have stored about a carrier that fails; none when it works.
func Failures(ctx context.Context, s *store.Store, name string) (list []Failure, err error) {
	rows, err := s.Find(ctx, failureKey(name))
	for _, f := range failuresIn(rows, name) {
		list = append(list, f)
	}
	return list, err
}

// write stores this node's entry about a carrier, or removes it when the carrier works. It also removes the entries of
// nodes that are gone, which takeOver has read.
func (w *Watch) write(ctx context.Context, name string, f route.Failing) error {
	own, nodes := strconv.FormatInt(w.Epoch, 10), w.Nodes.Members()
	err := w.Store.Update(ctx, id.Account{}, []store.Key{failureKey(name)}, func(tx *store.Tx) error {
		failures := failuresIn(tx, name)
		for epoch := range failures {
			if n, err := strconv.ParseInt(epoch, 10, 64); err != nil || nodes.Gone(n) {
				delete(failures, epoch)
			}
		}

		delete(failures, own)
		if !f.Since.IsZero() {
			failures[own] = Failure{f.Since, f.Last, f.Count, f.Code, f.Cause}
		}

		value, err := json.Marshal(failures)
		if err != nil {
			return err
		}
		tx.Put(store.Meta{Name: failureKey(name).ID, Value: value})

		return nil
	})
	if err != nil && ctx.Err() == nil {
		w.Log.Warn("the state of a carrier could not be stored; the next round retries it",
			"carrier", name, "error", err)
	}

	return err
}

// takeOver continues with what nodes that are gone stored about their carriers, so that recoveries are reported.
func (w *Watch) takeOver(ctx context.Context) {
	nodes := w.Nodes.Members()
	for _, name := range w.Carriers {
		rows, err := w.Store.Find(ctx, failureKey(name))
		if err != nil {
			if ctx.Err() == nil {
				w.Log.Warn("the stored state of a carrier could not be read", "carrier", name, "error", err)
			}
			continue
		}

		for epoch, left := range failuresIn(rows, name) {
			if n, err := strconv.ParseInt(epoch, 10, 64); err == nil && nodes.Gone(n) {
				w.takeOverOne(name, left)
			}
		}
	}
}

func (w *Watch) takeOverOne(name string, left Failure) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f := w.failures[name]
	if f.stored = left.Count; f.Since.IsZero() {
		f.Failing = f.Continue(left.Since, left.Last, left.Count, left.Code, left.Cause)
	}
}
