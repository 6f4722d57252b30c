package web

import (
	"fmt"
	"html/template"
)

// icons are drawn on 24 × 24. Each stands beside a text, or its button has a label.
var icons = map[string]string{
	"mark":   `<path d="M12 2.5 4 5.5v6c0 5 3.4 8.6 8 10 4.6-1.4 8-5 8-10v-6z"/><path d="m8.5 12 2.5 2.5 4.5-5"/>`,
	"menu":   `<path d="M4 6h16M4 12h16M4 18h16"/>`,
	"theme":  `<circle cx="12" cy="12" r="9"/><path d="M12 3v18a9 9 0 0 0 0-18z" fill="currentColor"/>`,
	"search": `<circle cx="11" cy="11" r="7"/><path d="m20 20-3.8-3.8"/>`,
}

// icon draws an icon.
func icon(name string) (template.HTML, error) {
	shape, ok := icons[name]
	if !ok {
		return "", fmt.Errorf("there is no icon %s", name)
	}
	// constants of this file
	return template.HTML(`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">` + shape + `</svg>`),
		nil
}
