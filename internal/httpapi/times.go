package httpapi

import (
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/instant"
)

// stamp prints a time as the API does: RFC 3339, UTC, to the second.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func stampOrNone(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return stamp(t)
}

// readInstant reads a time; the empty text is none.
func readInstant(field, s string) (time.Time, error) {
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

// queryInstant is readInstant for a query, in which the plus of an offset that was not escaped is a space.
func queryInstant(field, s string) (time.Time, error) {
	const date = len("2026-12-01")
	if i := strings.LastIndexByte(s, ' '); i > date && i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '9' {
		s = s[:i] + "+" + s[i+1:]
	}
	return readInstant(field, s)
}
