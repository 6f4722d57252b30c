// Package api embeds the API's contract: the OpenAPI document that the server serves, and the scenarios that syssecure
// conformance runs.
//
// A test generates the document from the handlers (make openapi). The scenarios are independent of any language; their
// format is in scenarios/README.md.
package api

import (
	"bytes"
	"cmp"
	"embed"
	"io"
)

// YAML is the OpenAPI document.
//
//go:embed openapi.yaml
var YAML []byte

// JSON is the same document for programs.
//
//go:embed openapi.json
var JSON []byte

// published is the server of the documents: that of the published API.
const published = "https://api.syssecure.me"

// At is a document for the server at an address, such as "https://otp.example.com"; empty = the server that the document is
// read from. Else programs made from the document would send their keys to another host.
func At(document []byte, address string) []byte {
	var out bytes.Buffer
	_ = WriteAt(&out, document, address) // a Buffer never fails
	return out.Bytes()
}

// WriteAt writes what At returns, without a copy of the document.
func WriteAt(w io.Writer, document []byte, address string) error {
	before, after, _ := bytes.Cut(document, []byte(published))
	for _, part := range [][]byte{before, []byte(cmp.Or(address, "/")), after} {
		if _, err := w.Write(part); err != nil {
			return err
		}
	}

	return nil
}

// Scenarios are the files of scenarios/.
//
//go:embed scenarios/*.json
var Scenarios embed.FS
