// Package syssecure holds the files of the repository's root that the documentation shows.
package syssecure

import _ "embed"

// Changelog is CHANGELOG.md.
//
//go:embed CHANGELOG.md
var Changelog string
