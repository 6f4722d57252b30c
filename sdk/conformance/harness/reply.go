package harness

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// reply is a scripted answer.
type reply struct {
	Status      int                `json:"status"`
	Headers     map[string]*string `json:"headers"`
	JSON        json.RawMessage    `json:"json"`
	Text        *string            `json:"text"`
	Base64      []byte             `json:"base64"`
	Repeat      *repeat            `json:"repeat"`
	Gzip        bool               `json:"gzip"`
	DelayMS     int                `json:"delay_ms"`
	BodyDelayMS int                `json:"body_delay_ms"`
	Close       bool               `json:"close"`
	Fault       string             `json:"fault"`
}

// repeat makes a large body from a small text.
type repeat struct {
	Text  string `json:"text"`
	Times int    `json:"times"`
}

const (
	faultReset        = "reset"
	faultResetHeaders = "reset_headers"
	faultResetBody    = "reset_body"
	faultShortBody    = "short_body"
	faultShortChunks  = "short_chunks"
	faultEmpty        = "empty"
	faultGarbage      = "garbage"
	faultHang         = "hang"
)

var faults = []string{
	"", faultReset, faultResetHeaders, faultResetBody, faultShortBody, faultShortChunks, faultEmpty, faultGarbage,
	faultHang,
}

func (r *reply) check() error {
	if !slices.Contains(faults, r.Fault) {
		return fmt.Errorf("there is no fault %q", r.Fault)
	}
	bodies := 0
	for _, given := range []bool{r.JSON != nil, r.Text != nil, r.Base64 != nil, r.Repeat != nil} {
		if given {
			bodies++
		}
	}
	if bodies > 1 {
		return errors.New("a reply has one of json, text, base64 and repeat")
	}
	return nil
}

// body returns the bytes to send.
func (r *reply) body() []byte {
	var body []byte
	switch {
	case r.JSON != nil:
		body = r.JSON
	case r.Text != nil:
		body = []byte(*r.Text)
	case r.Base64 != nil:
		body = r.Base64
	case r.Repeat != nil:
		body = bytes.Repeat([]byte(r.Repeat.Text), r.Repeat.Times)
	case r.Fault != "":
		// A fault inside of the body needs one.
		body = []byte(`{"id":"never whole"}`)
	}

	if !r.Gzip {
		return body
	}

	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	// Writes to memory do not fail.
	_, _ = w.Write(body)
	_ = w.Close()
	return packed.Bytes()
}

// head returns the status line and the headers, with the empty line after them.
func (r *reply) head(length int) []byte {
	status := r.Status
	if status == 0 {
		status = http.StatusOK
	}

	defaults := map[string]string{}
	if r.JSON != nil {
		defaults["Content-Type"] = "application/json"
	}
	if r.Gzip {
		defaults["Content-Encoding"] = "gzip"
	}

	switch {
	case r.Fault == faultShortChunks:
		defaults["Transfer-Encoding"] = "chunked"
	case r.Fault == faultShortBody:
		defaults["Content-Length"] = fmt.Sprint(length + 10)
	case status != http.StatusNoContent && status != http.StatusNotModified:
		defaults["Content-Length"] = fmt.Sprint(length)
	}

	var out bytes.Buffer
	fmt.Fprintf(&out, "HTTP/1.1 %d %s\r\n", status, http.StatusText(status))
	for name, value := range r.Headers {
		if value != nil {
			fmt.Fprintf(&out, "%s: %s\r\n", name, *value)
		}
	}

	for name, value := range defaults {
		if !hasHeader(r.Headers, name) {
			fmt.Fprintf(&out, "%s: %s\r\n", name, value)
		}
	}
	out.WriteString("\r\n")
	return out.Bytes()
}

func hasHeader(headers map[string]*string, name string) bool {
	for given := range headers {
		if strings.EqualFold(given, name) {
			return true
		}
	}
	return false
}
