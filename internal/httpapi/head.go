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
	"github.com/syssecure/syssecure/internal/problem"
)

// maxIdempotencyKey is the longest Idempotency-Key, in characters.
const maxIdempotencyKey = 255

// Limits on a request's head. Above maxHead, a head is refused here in the published shape. net/http refuses it above
// readHead, which over HTTP/2 has another shape.
const (
	maxHead  = 16 << 10
	readHead = 64 << 10
)

// headSize is the size of a request's head in HTTP/1.
func headSize(r *http.Request) int {
	const separators = len(": \r\n")
	size := len(r.Method) + len(r.RequestURI) + len(r.Host) + len("  HTTP/1.1\r\nHost: \r\n\r\n")
	for name, values := range r.Header {
		for _, v := range values {
			size += len(name) + len(v) + separators
		}
	}

	return size
}

// headFaults are the faults of a request's query and of its Idempotency-Key. Huma checks the names and values of
// parameters.
func headFaults(r *http.Request) (faults []*fault.Fault) {
	if r.URL.RawQuery != "" {
		faults = queryFaults(r.URL.RawQuery)
	}
	if r.Method == http.MethodPost {
		if f := idempotencyKeyFault(r.Header["Idempotency-Key"]); f != nil {
			faults = append(faults, f)
		}
	}

	return faults
}

// queryFaults refuses queries on which parsers disagree, and a parameter without a value, which Huma would ignore. Both
// could give the client another answer than it wanted.
func queryFaults(query string) []*fault.Fault {
	faults := repeatedParameters(query)
	values, _ := url.ParseQuery(query) // repeatedParameters reports its error
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if slices.Contains(values[name], "") && name != "cursor" { // an empty cursor is the first page
			faults = append(faults, fault.Invalid(name, "%s is empty; give it a value or leave it out", name))
		}
	}

	return faults
}

// repeatedParameters refuses a parameter that appears twice, of which some parsers take the first and others the last,
// and invalid escapes, which Go drops.
func repeatedParameters(query string) (faults []*fault.Fault) {
	if query == "" {
		return nil
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		faults = append(faults, fault.New(fault.InvalidParams,
			"the query is malformed; write special characters as %%XX, and & between parameters"))
	}

	for _, name := range slices.Sorted(maps.Keys(values)) {
		if len(values[name]) > 1 && !strings.HasPrefix(name, "metadata[") { // Filters checks these
			name = problem.Shorten(name)
			faults = append(faults, fault.Invalid(name, "%s appears twice; send it once", name))
		}
	}

	return faults
}

// idempotencyKeyFault refuses an invalid Idempotency-Key. A client with a blank one would believe that its repeats are
// safe.
func idempotencyKeyFault(values []string) *fault.Fault {
	const field = "Idempotency-Key"
	hidden := func(r rune) bool { return !unicode.IsPrint(r) }
	switch {
	case len(values) == 0:
		return nil
	case len(values) > 1:
		return fault.Invalid(field, "Idempotency-Key appears twice; send it once")
	case strings.TrimSpace(values[0]) == "":
		return fault.Invalid(field,
			"Idempotency-Key is blank; send a unique key for each request, such as a UUID, or leave the header out")
	case utf8.RuneCountInString(values[0]) > maxIdempotencyKey:
		return fault.Invalid(field, "Idempotency-Key must have at most %d characters; a UUID is enough",
			maxIdempotencyKey)
	case !utf8.ValidString(values[0]) || strings.ContainsFunc(values[0], hidden):
		return fault.Invalid(field, "Idempotency-Key must have printable characters only; a UUID is enough")
	}

	return nil
}
