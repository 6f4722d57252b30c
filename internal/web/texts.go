package web

import (
	"path"
	"regexp"
	"slices"
)

// textCall is a text that a script marks: t('…'). Texts of scripts have no quotes.
var textCall = regexp.MustCompile(`\bt\('([^']+)'`)

// Texts are the English texts of all scripts, sorted. A page in another language has them as JSON in the element "texts".
func (a *Assets) Texts() (all []string) {
	for name := range a.paths {
		if path.Ext(name) != ".js" {
			continue
		}
		body, err := read(name)
		if err != nil {
			continue // it was added later, and is no file of this package
		}
		for _, m := range textCall.FindAllSubmatch(body, -1) {
			all = append(all, string(m[1]))
		}
	}
	slices.Sort(all)

	return slices.Compact(all)
}
