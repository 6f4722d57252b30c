package id

import "time"

type templateKind struct{}

func (templateKind) prefix() string { return "tmpl_" }

// Template names a template.
type Template = ID[templateKind]

// NewTemplate makes an id for now.
func NewTemplate(now time.Time) Template { return newID[templateKind](now) }

// ParseTemplate reads what String printed.
func ParseTemplate(s string) (Template, error) { return parse[templateKind](s) }
