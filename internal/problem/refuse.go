package problem

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"time"

	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
)

// SetCommon sets the headers that every answer has.
func SetCommon(h http.Header, request string) {
	h["X-Request-Id"] = []string{request}
	h["X-Content-Type-Options"] = []string{"nosniff"}
	h["Cache-Control"] = []string{"no-store"}
}

// Send writes the answer.
func (p *Problem) Send(w http.ResponseWriter) {
	h := w.Header()
	for k, v := range p.GetHeaders() {
		h[k] = v
	}
	h.Set("Content-Type", "application/json")
	w.WriteHeader(p.GetStatus())
	_ = p.encode(w) // the client is gone
}

// encode leaves < and > as they are, because the answer is not a page.
func (p *Problem) encode(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(p)
}

// Refuse answers with a fault while the API's server does not run yet.
func Refuse(w http.ResponseWriter, f *fault.Fault) {
	request := id.NewRequest(time.Now()).String()
	SetCommon(w.Header(), request)
	New(request, "", f).Send(w)
}

// Unhandled is the body of an answer to a request that reaches no handler, and the request's id.
func Unhandled(docs string, status int, message string) (body []byte, request string) {
	request = id.NewRequest(time.Now()).String()
	var b bytes.Buffer
	f := fault.New(fault.InvalidParams, "%s", message).WithStatus(status)
	_ = New(request, docs, f).encode(&b) // a buffer takes everything
	return b.Bytes(), request
}
