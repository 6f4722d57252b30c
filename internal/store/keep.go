package store

import (
	"context"
	"time"
)

// rotationDelay is the extra time that rows may survive when whole days are removed at once: a day is removed only after
// its last row is old enough.
const rotationDelay = 25 * time.Hour

// UnrotatedBefore returns the time before which RotateDays has already removed whole days, so that any rows left there
// must be removed one by one. Without such days, it is the time before which everything may be removed.
func (s *Store) UnrotatedBefore(before time.Time) time.Time {
	if s.backend.RotatesDays() {
		return before.Add(-rotationDelay)
	}
	return before
}

// RotateDays creates the coming days in the database and removes past ones, if it keeps days. Reader.Old finds what it
// leaves.
func (s *Store) RotateDays(ctx context.Context, now time.Time, keep Retention) error {
	return s.backend.RotateDays(ctx, now, keep)
}
