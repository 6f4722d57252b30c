package setting

import (
	"errors"
	"fmt"
)

// Finding is what a check found out about a key. Key is empty when it is about the table.
type Finding struct{ Key, Text string }

// Findings collects what checks find in one table.
type Findings struct {
	// Read tells the keys that were given and could be read; nil = all.
	Read map[string]bool
	// Problems are refused; Warnings are allowed and may not be what was meant.
	Problems, Warnings []Finding
}

// Given reports whether a key was given and could be read. Of one that could not, more need not be said.
func (f *Findings) Given(key string) bool { return f.Read == nil || f.Read[key] }

// Problem notes what is refused; the text begins with the key and says what to do.
func (f *Findings) Problem(key, format string, args ...any) {
	f.Problems = append(f.Problems, Finding{key, fmt.Sprintf(format, args...)})
}

// Warn notes what is allowed and may not be what was meant.
func (f *Findings) Warn(key, format string, args ...any) {
	f.Warnings = append(f.Warnings, Finding{key, fmt.Sprintf(format, args...)})
}

// Values checks what the places of keys hold, where they hold anything.
func (f *Findings) Values(keys []Key) {
	for _, k := range keys {
		if !k.Given() {
			continue
		}
		if err := k.Check(); err != nil {
			f.Problem(k.Name, "%s %v", k.Name, err)
		}
	}
}

// Err joins the problems, each behind a label; nil = there are none.
func (f *Findings) Err(label string) error {
	var errs []error
	for _, p := range f.Problems {
		errs = append(errs, errors.New(label+p.Text))
	}
	return errors.Join(errs...)
}
