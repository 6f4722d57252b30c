package store

import (
	"context"
	"time"
)

// dayLate is how much later than the rest a database that removes days removes a day's first rows.
const dayLate = 25 * time.Hour

// UnrotatedBefore is the time before which rows are to be removed one by one when everything before a time may go: where
// RotateDays removes whole days, these are only the rows that kept their day from going.
func (s *Store) UnrotatedBefore(before time.Time) time.Time {
	if s.backend.KeepsDays() {
		return before.Add(-dayLate)
	}
	return before
}

// RotateDays has the database prepare the days to come and remove those that are over, if it keeps days apart. What it
// leaves is found by Reader.Old.
func (s *Store) RotateDays(ctx context.Context, now time.Time, keep Keep) error {
	return s.backend.RotateDays(ctx, now, keep)
}
