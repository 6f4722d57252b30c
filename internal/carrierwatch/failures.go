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

// Failure is a carrier's state as a node keeps it in the database while the carrier fails.
type Failure struct {
	Since time.Time `json:"since"`
	Last  time.Time `json:"last"`
	Count int64     `json:"count"`
	Code  string    `json:"code"`
	Cause string    `json:"cause"`
}

// String says it in a sentence without a subject, for the operator.
func (c Failure) String() string {
	submits, why := "1 submit", []string{c.Code, c.Cause}
	if c.Count != 1 {
		submits = fmt.Sprintf("%d submits", c.Count)
	}

	why = slices.DeleteFunc(why, func(s string) bool { return s == "" })
	if len(why) == 0 {
		why = []string{"it did not say why"}
	}

	return fmt.Sprintf("fails since %s (%s, the last at %s): %s", c.Since.UTC().Format(time.RFC3339), submits,
		c.Last.UTC().Format(time.RFC3339), strings.Join(why, ", "))
}

// failureKey is the row of a carrier: one for all nodes, in which each writes of itself alone.
func failureKey(name string) store.Key { return store.MetaKey("carrier:" + name) }

// failuresIn reads the row of a carrier, by epoch. What cannot be read is nothing.
func failuresIn(rows store.Getter, name string) map[string]Failure {
	by := map[string]Failure{}
	if row, ok := store.Get[store.Meta](rows, failureKey(name)); ok && json.Unmarshal(row.Value, &by) != nil {
		by = map[string]Failure{}
	}
	return by
}

// Failures is what the nodes say of a carrier that fails; none when it works.
func Failures(ctx context.Context, s *store.Store, name string) (list []Failure, err error) {
	rows, err := s.Find(ctx, failureKey(name))
	for _, f := range failuresIn(rows, name) {
		list = append(list, f)
	}
	return list, err
}

// write stores what this node says of a carrier; one that works is not mentioned. What nodes that are gone said was
// taken over by those that live, see adopt.
func (w *Watch) write(ctx context.Context, name string, f route.Failing) error {
	mine, nodes := strconv.FormatInt(w.Epoch, 10), w.Nodes.Members()
	err := w.Store.Update(ctx, id.Account{}, []store.Key{failureKey(name)}, func(tx *store.Tx) error {
		by := failuresIn(tx, name)
		for epoch := range by {
			if n, err := strconv.ParseInt(epoch, 10, 64); err != nil || nodes.Gone(n) {
				delete(by, epoch)
			}
		}

		delete(by, mine)
		if !f.Since.IsZero() {
			by[mine] = Failure{f.Since, f.Last, f.Count, f.Code, f.Cause}
		}

		value, err := json.Marshal(by)
		if err != nil {
			return err
		}
		tx.Put(store.Meta{Name: failureKey(name).ID, Value: value})

		return nil
	})
	if err != nil && ctx.Err() == nil {
		w.Log.Warn("the state of a carrier was not stored; it is tried again", "carrier", name, "error", err)
	}

	return err
}

// adopt goes on with what nodes that are gone said of their carriers, so that one that works again is told of.
func (w *Watch) adopt(ctx context.Context) {
	nodes := w.Nodes.Members()
	for _, name := range w.Carriers {
		rows, err := w.Store.Find(ctx, failureKey(name))
		if err != nil {
			if ctx.Err() == nil {
				w.Log.Warn("what is known of a carrier could not be read", "carrier", name, "error", err)
			}
			continue
		}

		for epoch, left := range failuresIn(rows, name) {
			if n, err := strconv.ParseInt(epoch, 10, 64); err == nil && nodes.Gone(n) {
				w.goOn(name, left)
			}
		}
	}
}

func (w *Watch) goOn(name string, left Failure) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f := w.by[name]
	if f.written = left.Count; f.Since.IsZero() {
		f.Failing = f.Continue(left.Since, left.Last, left.Count, left.Code, left.Cause)
	}
}
