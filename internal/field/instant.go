package field

import (
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/instant"
)

// Instant reads a time of a field; the empty text is none.
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

// beginning is before everything that there can be: ids count from 1970.
var beginning = time.Unix(1, 0).UTC()

// QueryInstant is Instant for a query, in which the plus of an offset that was not escaped is a space.
func QueryInstant(field, s string) (time.Time, error) {
	const date = len("2026-12-01")
	if i := strings.LastIndexByte(s, ' '); i > date && i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '9' {
		s = s[:i] + "+" + s[i+1:]
	}
	return Instant(field, s)
}
