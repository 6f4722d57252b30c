package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/syssecure/syssecure/internal/fault"
)

// EachPage calls fn with all rows of a table, limit at a time, until it fails or ctx ends. Damaged rows are included,
// see Damage. No read is open meanwhile, so fn may be slow, and may write.
func (s *Store) EachPage(ctx context.Context, t Table, limit int, fn func([]Record) error) error {
	for after := (*Key)(nil); ctx.Err() == nil; {
		var page []Record
		err := s.View(ctx, func(v Reader) (err error) {
			page, err = v.Scan(t, after, limit)
			return err
		})
		// A damaged key that is too long is cut when it is read, so its row would be listed again after itself.
		full := len(page) == limit
		page = slices.DeleteFunc(page, func(r Record) bool { return after != nil && r.Key().Compare(*after) <= 0 })
		if err == nil && full && len(page) == 0 {
			err = fmt.Errorf("rows of table %s with damaged keys hide what is behind them", t)
		}
		if err != nil || len(page) == 0 {
			return err
		}

		if err := fn(page); err != nil {
			return err
		}
		last := page[len(page)-1].Key()
		after = &last
	}

	return ctx.Err()
}

// Restore writes records and removes others in one transaction, without closures, for copies of a database. It replaces
// existing rows. Nothing else may use the database meanwhile.
func (s *Store) Restore(ctx context.Context, records []Record, gone []Key) error {
	keys := make([]Key, 0, len(records)+len(gone))
	for _, r := range records {
		keys = append(keys, r.Key())
	}

	keys = append(keys, gone...)
	defer s.recent.clear()
	var err error
	for range maxConflicts {
		err = s.backend.Group(ctx, func(b Batch) error {
			// PostgreSQL has to load a row before it replaces it.
			if _, err := b.Load(keys); err != nil {
				return err
			}
			return b.Write(records, gone)
		})
		if !errors.Is(err, ErrConflict) {
			break
		}
	}
	if err != nil {
		return fault.Unavailable(err)
	}

	return nil
}
