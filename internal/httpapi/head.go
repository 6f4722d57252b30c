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

// Limits on a request's head. What is larger than maxHead is refused here, in the published shape, which net/http's own
// refusals over HTTP/2 do not have: those begin at readHead.
const (
	maxHead  = 16 << 10
	readHead = 64 << 10
)

// headSize is how many bytes a request's head has, as HTTP/1 writes it.
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

// queryFaults refuses what readers of a query disagree about, and a parameter without a value, which Huma would take for
// none. In each case a client would get another answer than it asked for.
func queryFaults(query string) []*fault.Fault {
	faults := doubled(query)
	values, _ := url.ParseQuery(query) // doubled has told of its error
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if slices.Contains(values[name], "") && name != "cursor" { // an empty cursor is the first page, as a loop over pages begins
			faults = append(faults, fault.Invalid(name, "%s is empty; give it a value, or leave it out", name))
		}
	}

	return faults
}

// doubled refuses a parameter that is given twice, of which some readers take the first and others the last, and what is not
// escaped as it must be, which Go leaves out.
func doubled(query string) (faults []*fault.Fault) {
	if query == "" {
		return nil
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		faults = append(faults, fault.New(fault.InvalidParams, "the query is malformed; escape it as %%XX, join its parameters by &"))
	}

	for _, name := range slices.Sorted(maps.Keys(values)) {
		if len(values[name]) > 1 && !strings.HasPrefix(name, "metadata[") { // Narrowing looks at these
			name = problem.Shorten(name)
			faults = append(faults, fault.Invalid(name, "%s is given twice; give it once", name))
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
