package store

import (
	"context"
	"time"
)

// dayLate is how much later than single rows a database that removes whole days removes the first rows of a day.
const dayLate = 25 * time.Hour

// UnrotatedBefore is the time before which rows have to be removed one by one, when everything before a time may be
// removed. Where RotateDays removes whole days, these are the rows of days that it kept because something in them
// waited.
func (s *Store) UnrotatedBefore(before time.Time) time.Time {
	if s.backend.KeepsDays() {
		return before.Add(-dayLate)
	}
	return before
}

// RotateDays creates the coming days in the database and removes past ones, if it keeps days. Reader.Old finds what it
// leaves.
func (s *Store) RotateDays(ctx context.Context, now time.Time, keep Keep) error {
	return s.backend.RotateDays(ctx, now, keep)
}
