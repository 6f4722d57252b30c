// Package api carries the contract's files into the program: the OpenAPI document that the server shows, and the scenarios
// that syssecure conformance runs.
//
// It holds no code. A test makes the document from the handlers (make openapi); the scenarios are written for every
// language, and their format is in scenarios/README.md.
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
