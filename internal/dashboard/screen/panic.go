package screen

import (
	"errors"
	"net/http"
	"runtime/debug"

	"github.com/syssecure/syssecure/internal/fault"
)

// begun is a writer that knows whether an answer has begun.
type begun struct {
	http.ResponseWriter
	yes bool
}

// WriteHeader implements http.ResponseWriter.
func (w *begun) WriteHeader(status int) {
	w.yes = true
	w.ResponseWriter.WriteHeader(status)
}

// Write implements io.Writer.
func (w *begun) Write(b []byte) (int, error) {
	w.yes = true
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *begun) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// caught shows the page of errors when a screen panics, since people read no JSON. An answer that has begun is cut,
// because half a page looks like a page.
func (q *Request) caught(w *begun) {
	p := recover()
	if p == nil {
		return
	}
	if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(p)
	}

	q.Verbs.Log.Error("a page of the dashboard panicked", "request", q.ID(), "path", q.URL.Path, "panic", p,
		"stack", string(debug.Stack()))
	if w.yes {
		panic(http.ErrAbortHandler)
	}
	q.fail(fault.From(nil))
}
