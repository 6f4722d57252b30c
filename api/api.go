// Package api carries the contract's files into the program: the scenarios that syssecure conformance runs.
//
// It holds no code. The files are written for every language; their format is in scenarios/README.md.
package api

import "embed"

// Scenarios are the files of scenarios/.
//
//go:embed scenarios/*.json
var Scenarios embed.FS
