package store

import (
	"context"
	"errors"
	"time"

	"github.com/syssecure/syssecure/internal/fault"
)

// ScanReader is the part of Reader that copies and restored copies need.
type ScanReader interface {
	// Scan lists a table in the order of Key.Compare, behind the given key; nil begins at the first.
	Scan(t Table, after *Key, limit int) ([]Record, error)
	// Size is about how many rows a table has: a progress bar needs no more, and counting millions takes seconds.
	Size(t Table) (int64, error)
	// ParkedTexts and ParkedDeliveries list what a restore parked and whose time is not before the given one; the zero time
	// is all. Codes are never parked, since they end with the restore.
	ParkedTexts(from time.Time, limit int) ([]Due, error)
	ParkedDeliveries(from time.Time, limit int) ([]Due, error)
}

// Restore writes whole rows as they are and removes others, in one transaction: for copies of a database, which no closure
// decides about. Whoever calls it has the database to himself; rows that are there are replaced.
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
			// A database with nodes has to have loaded a row that it replaces.
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
