package hooks_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/syssecure/syssecure/internal/hooks"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/testworld"
	"github.com/syssecure/syssecure/internal/webhook"
)

// eventID is the id of a row of the tests.
func eventID(n int) id.Event { return id.Event{14: byte(n >> 8), 15: byte(n)} }

// A search reads the rows 1, 2, … as many as there are, and wants those whose number every divides; all with 0.
func TestSearch_Bounds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rows, every, from, limit int
		want                     []int
		last                     int
		more                     bool
	}{
		"no row":                      {rows: 0, every: 2, limit: 3},
		"fewer than wanted":           {rows: 5, every: 2, limit: 3, want: []int{2, 4}, last: 5},
		"as many as there are":        {rows: 6, every: 2, limit: 3, want: []int{2, 4, 6}, last: 6},
		"more than wanted":            {rows: 9, every: 2, limit: 3, want: []int{2, 4, 6}, last: 6, more: true},
		"the next page":               {rows: 9, every: 2, from: 6, limit: 3, want: []int{8}, last: 9},
		"every row":                   {rows: 4, every: 0, limit: 3, want: []int{1, 2, 3}, last: 3, more: true},
		"every row, as many as asked": {rows: 3, every: 0, limit: 3, want: []int{1, 2, 3}, last: 3},
		"a rare row":                  {rows: 900, every: 700, limit: 3, want: []int{700}, last: 900},
		"none within the bound":       {rows: 30_000, every: 20_000, limit: 3, last: hooks.MaxFound, more: true},
		"behind the bound": {
			rows: 30_000, every: 6000, from: hooks.MaxFound, limit: 1, want: []int{6000}, last: 6000, more: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			read := func(from id.Event, n int) (page []int, err error) {
				first := int(from[14])<<8 + int(from[15]) + 1
				for i := first; i <= c.rows && len(page) < n; i++ {
					page = append(page, i)
				}
				return page, nil
			}
			var wanted func(int) bool
			if c.every > 0 {
				wanted = func(n int) bool { return n%c.every == 0 }
			}

			got, last, more, err := hooks.Search(eventID(c.from), c.limit, read, eventID, wanted)
			if !slices.Equal(got, c.want) || last != eventID(c.last) || more != c.more || err != nil {
				t.Errorf("found %v, up to %v, more %v, %v", got, last, more, err)
			}
		})
	}
}

func TestSearch_Error(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	read := func(id.Event, int) ([]int, error) { return nil, broken }
	if _, _, more, err := hooks.Search(id.Event{}, 3, read, eventID, nil); !errors.Is(err, broken) || more {
		t.Errorf("more %v, %v", more, err)
	}
}

// Events of a type, and deliveries in a state, on every database.
func TestFind_TypesAndStates(t *testing.T) {
	t.Parallel()
	for name, fresh := range testworld.Backends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, testworld.Options{Backend: fresh(t)})
			e := endpoint(t, w, w.Live)
			for n := range 3 {
				s := send(t, w, n)
				if n == 1 {
					verify(t, w, s, codeOf(w))
				}
			}
			w.Receiver.Wait(t, 4)
			w.Hooks.Settle()

			for of, want := range map[webhook.Type]int{"": 4, webhook.MessageSent: 3, webhook.OTPVerified: 1, webhook.MessageRead: 0} {
				found, err := w.Hooks.FindEvents(t.Context(), w.Live, hooks.EventSearch{Type: of, Limit: 10})
				if err != nil || len(found.Rows) != want || found.More {
					t.Errorf("%q: %d events, %v", of, len(found.Rows), err)
				}
			}
			for state, want := range map[webhook.State]int{0: 4, webhook.Delivered: 4, webhook.Failed: 0} {
				found, err := w.Hooks.FindDeliveries(t.Context(), w.Live, e.ID, state, id.Event{}, 10)
				if err != nil || len(found.Rows) != want || found.More {
					t.Errorf("%q: %d deliveries, %v", state, len(found.Rows), err)
				}
			}
		})
	}
}
