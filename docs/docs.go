// Package docs embeds the guides in this folder, which the documentation shows.
package docs

import "embed"

// Guides are the pages for readers outside the project. Those for developers of the server, such as architecture.md, are
// read in the repository.
//
//go:embed operator.md configuration.md gateway.md reliability.md scale.md glossary.md guides/*.md carriers/*.md
var Guides embed.FS
