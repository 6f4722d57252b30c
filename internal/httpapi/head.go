package httpapi

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/syssecure/syssecure/internal/fault"
)

// maxIdempotencyKey is the longest Idempotency-Key, in characters.
const maxIdempotencyKey = 255

// headFaults is what is wrong with a request's query and with its Idempotency-Key. Which parameters there are, and what
// they take, Huma looks at.
func headFaults(r *http.Request) (faults []*fault.Fault) {
	if r.URL.RawQuery != "" {
		faults = queryFaults(r.URL.RawQuery)
	}
	if r.Method == http.MethodPost {
		if f := keyFault(r.Header["Idempotency-Key"]); f != nil {
			faults = append(faults, f)
		}
	}
	return faults
}

// queryFaults refuses what readers of a query disagree about: a parameter twice, of which Huma would take the first; one
// without a value, which it would take for none; and what is not escaped as it must be, which Go leaves out. In each case
// a client would get another answer than it asked for.
func queryFaults(query string) (faults []*fault.Fault) {
	values, err := url.ParseQuery(query)
	if err != nil {
		faults = append(faults, fault.New(fault.InvalidParams, "the query is malformed; escape it as %%XX, join its parameters by &"))
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		switch {
		case len(values[name]) > 1 && !strings.HasPrefix(name, "metadata["): // Narrowing looks at these
			faults = append(faults, fault.Invalid(name, "%s is given twice; give it once", name))
		case slices.Contains(values[name], "") && name != "cursor": // an empty cursor is the first page, as a loop over pages begins
			faults = append(faults, fault.Invalid(name, "%s is empty; give it a value, or leave it out", name))
		}
	}
	return faults
}

// keyFault refuses an Idempotency-Key that is none. A client that sends a blank one believes that its repeats are safe.
func keyFault(values []string) *fault.Fault {
	const field = "Idempotency-Key"
	hidden := func(r rune) bool { return !unicode.IsPrint(r) }
	switch {
	case len(values) == 0:
		return nil
	case len(values) > 1:
		return fault.Invalid(field, "Idempotency-Key is given twice; send it once")
	case strings.TrimSpace(values[0]) == "":
		return fault.Invalid(field, "Idempotency-Key is blank; send a key of its own for each request, such as a UUID, or leave the header out")
	case utf8.RuneCountInString(values[0]) > maxIdempotencyKey:
		return fault.Invalid(field, "Idempotency-Key must have at most %d characters; a UUID is enough", maxIdempotencyKey)
	case !utf8.ValidString(values[0]) || strings.ContainsFunc(values[0], hidden):
		return fault.Invalid(field, "Idempotency-Key must have printable characters only; a UUID is enough")
	}
	return nil
}
