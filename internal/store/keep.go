package store

import (
	"context"
	"time"
)

// dayLate is how much later than the rest a database that removes days removes a day's first rows.
const dayLate = 25 * time.Hour

// Leftover is the time before which rows are left that Maintain should have removed when everything before a time may go:
// where whole days are removed, row by row is only for what kept its day from going.
func (s *Store) Leftover(before time.Time) time.Time {
	if _, ok := s.backend.(Partitioned); ok {
		return before.Add(-dayLate)
	}
	return before
}

// Maintain has the database prepare the days to come and remove those that are over, if it keeps days apart. What it
// leaves is found by Reader.Old.
func (s *Store) Maintain(ctx context.Context, now time.Time, keep Keep) error {
	if p, ok := s.backend.(Partitioned); ok {
		return p.Maintain(ctx, now, keep)
	}
	return nil
}
