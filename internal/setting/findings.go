package setting

import (
	"errors"
	"fmt"
)

// Finding is a problem or warning about a key. Key is empty when it is about the whole table.
type Finding struct{ Key, Text string }

// Findings collects the problems and warnings of one table.
type Findings struct {
	// Read has the keys that were given and could be read; nil = all.
	Read map[string]bool
	// Problems are refused; Warnings are allowed, but may not be what was meant.
	Problems, Warnings []Finding
}

// Given reports whether a key was given and could be read. A key that could not is reported already.
func (f *Findings) Given(key string) bool { return f.Read == nil || f.Read[key] }

// Problem adds a problem. Its text begins with the key and says what to do.
func (f *Findings) Problem(key, format string, args ...any) {
	f.Problems = append(f.Problems, Finding{key, fmt.Sprintf(format, args...)})
}

// Warn adds a warning.
func (f *Findings) Warn(key, format string, args ...any) {
	f.Warnings = append(f.Warnings, Finding{key, fmt.Sprintf(format, args...)})
}

// Values checks the values of keys that are not zero.
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

// Err joins the problems, each after a label. It is nil without problems.
func (f *Findings) Err(label string) error {
	var errs []error
	for _, p := range f.Problems {
		errs = append(errs, errors.New(label+p.Text))
	}
	return errors.Join(errs...)
}
