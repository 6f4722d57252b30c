package field

import (
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/instant"
)

// Instant reads the time in a field; an empty one is the zero time.
func Instant(field, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := instant.Parse(s)
	if err != nil {
		return t, fault.Invalid(field, "%s %v", field, err)
	}
	if t.Before(beginning) {
		t = beginning
	}

	return t, nil
}

// beginning is earlier than any id, because ids count from 1970.
var beginning = time.Unix(1, 0).UTC()

// QueryInstant is Instant for a query, where a plus that was not escaped arrives as a space.
func QueryInstant(field, s string) (time.Time, error) {
	const date = len("2026-12-01")
	if i := strings.LastIndexByte(s, ' '); i > date && i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '9' {
		s = s[:i] + "+" + s[i+1:]
	}
	return Instant(field, s)
}
