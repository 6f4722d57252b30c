package audit

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
)

// How many rows are read for one page: filters have no index, so a page may end early and say where the next begins.
const (
	scanRows = 1000
	readRows = 200 // at a time
)

// Filter says which rows are wanted; the zero value wants all.
type Filter struct {
	// Modes are the modes whose rows are wanted; nil = every one. The zero mode has what belongs to both.
	Modes []id.Mode
	// Actor is the id, the name or the kind of the actor.
	Actor string
	// Action is an action, or the thing that it changes: "key" is "key.created", "key.rotated" and so on.
	Action string
	Object string
	// From is the earliest time, Before is after the latest; zero is no bound.
	From, Before time.Time
}

func (f Filter) wants(row *store.Audit) bool {
	switch {
	case f.Modes != nil && !slices.Contains(f.Modes, row.Mode), f.Object != "" && row.Object != f.Object:
		return false
	case f.Actor != "" && f.Actor != row.ActorID && f.Actor != row.ActorName && f.Actor != row.ActorKind:
		return false
	case f.Action != "" && f.Action != row.Action && !strings.HasPrefix(row.Action, f.Action+"."):
		return false
	}

	return !row.At.Before(f.From) && (f.Before.IsZero() || row.At.Before(f.Before))
}

// List lists rows of an account, newest first, before the given one; the zero id begins at the newest. next is where the
// next page begins, zero after the last. A page may have fewer rows than limit, even none, although more follow.
func List(ctx context.Context, s *store.Store, of id.Account, f Filter, before id.Audit, limit int) (
	out []store.Audit, next id.Audit, err error,
) {
	err = s.View(ctx, func(v store.Reader) error {
		out, next, err = list(v, of, f, before, limit)
		return err
	})
	return out, next, err
}

func list(v store.Reader, of id.Account, f Filter, before id.Audit, limit int) (
	out []store.Audit, next id.Audit, err error,
) {
	// Ids have the time of their rows, to the millisecond.
	if end := (id.Audit{}).At(f.Before.Add(time.Millisecond)); !f.Before.IsZero() && before.IsZero() {
		before = end
	}

	for range scanRows / readRows {
		rows, err := v.Audits(of, before, readRows)
		if err != nil {
			return nil, next, err
		}

		for i := range rows {
			row := &rows[i]
			if row.ID.Time().Before(f.From.Truncate(time.Millisecond)) {
				return out, id.Audit{}, nil
			}
			if f.wants(row) {
				if len(out) == limit {
					return out, before, nil
				}
				out = append(out, *row)
			}
			before = row.ID
		}
		if len(rows) < readRows {
			return out, id.Audit{}, nil
		}
	}

	return out, before, nil
}
