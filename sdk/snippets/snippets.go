// Package snippets embeds the samples of the API reference: one file for each operation and language, which a test runs
// against a server. README.md describes the format.
package snippets

import (
	"embed"
	"strings"
)

//go:embed curl/*.sh python/*.py node/*.mjs php/*.php ruby/*.rb java/*.java go/*.go.txt
var files embed.FS

// Language is a language that the reference has samples in.
type Language struct {
	// Name is the folder and the value that pages remember, Title is for people, Ext is the ending of the files.
	Name, Title, Ext string
}

// Languages are all languages, in the order of the reference.
var Languages = []Language{
	{"curl", "curl", ".sh"},
	{"python", "Python", ".py"},
	{"node", "Node.js", ".mjs"},
	{"php", "PHP", ".php"},
	{"ruby", "Ruby", ".rb"},
	{"java", "Java", ".java"},
	{"go", "Go", ".go.txt"}, // with another ending they would be a Go package
}

// Snippet is the sample of one operation in one language.
type Snippet struct {
	Language
	// Source is the sample as it is shown and run.
	Source string
}

// Of returns the samples of an operation. A language without a file is left out: no sample is made up.
func Of(operation string) (found []Snippet) {
	for _, l := range Languages {
		if source, err := files.ReadFile(l.Name + "/" + operation + l.Ext); err == nil {
			found = append(found, Snippet{l, strings.TrimRight(string(source), "\n")})
		}
	}
	return found
}
