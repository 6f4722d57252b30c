// Package api embeds the API's contract: the OpenAPI document that the server serves, and the scenarios that syssecure
// conformance runs.
//
// A test generates the document from the handlers (make openapi). The scenarios are independent of any language; their
// format is in scenarios/README.md.
package api

import "embed"

// YAML is the OpenAPI document.
//
//go:embed openapi.yaml
var YAML []byte

// JSON is the same document for programs.
//
//go:embed openapi.json
var JSON []byte

// Scenarios are the files of scenarios/.
//
//go:embed scenarios/*.json
var Scenarios embed.FS
