// Package setting describes keys of the configuration: where a value goes, what may be written, and what it means.
//
// Everything that an operator reads about a key follows from its description: how the file and the environment are read,
// what is refused, the nearest known name, the example and the documentation. It knows neither files nor which keys there
// are.
package setting

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
)

// Key is one key of a table.
type Key struct {
	Name string
	// To points to the place of the value, which holds the default.
	To any

	// Doc is a short line for the example. More follows it in the documentation.
	Doc, More string
	// Example is written in the example instead of the default. The line of a key that is neither required nor usual is
	// then a comment.
	Example string
	// Default is shown in the documentation where the value's place does not hold it, in words.
	Default  string
	Required bool
	Usual    bool // most tables have it
	// OtherNames are what other programs call it.
	OtherNames []string

	// Options are the texts that may be written; nil = any.
	Options []string
	// Low and High are the bounds of a whole number; both 0 = none. Unit follows them in the text of an error.
	Low, High int
	Unit      string
	// Shortest and Longest are the bounds of a duration; both 0 = none.
	Shortest, Longest time.Duration
}

// Secret reports whether the value may be given in a file as well, as Name + "_file".
func (k Key) Secret() bool {
	_, is := k.To.(*secret.String)
	return is
}

// Names are what a table may call it: Name, and for a secret Name + "_file".
func (k Key) Names() []string {
	if k.Secret() {
		return []string{k.Name, k.Name + "_file"}
	}
	return []string{k.Name}
}

// Is reports whether name is one of Names.
func (k Key) Is(name string) bool { return slices.Contains(k.Names(), name) }

// Set reads a decoded value into its place. The error follows the key's name: "must be …".
func (k Key) Set(v any) error {
	if s, err := asText(v); err == nil && k.Options != nil && !slices.Contains(k.Options, s) {
		return k.notAnOption(s)
	}
	if err := k.assign(v); err != nil {
		return err
	}

	return k.Check()
}

// Check compares the value in its place with the key's bounds and options.
func (k Key) Check() error {
	switch p := k.To.(type) {
	case *string:
		if k.Options != nil && !slices.Contains(k.Options, *p) {
			return k.notAnOption(*p)
		}
	case *int:
		return k.between(*p)
	case **uint8:
		if *p != nil {
			return k.between(int(**p))
		}
	case *time.Duration:
		if k.Longest > 0 && (*p < k.Shortest || *p > k.Longest) {
			return fmt.Errorf("must be %s, is %v", k.Bounds(), *p)
		}
	}

	return nil
}

func (k Key) notAnOption(s string) error {
	return fmt.Errorf("must be %s, is %q%s", strings.Join(k.Options, " or "), s, Nearest(s, k.Options))
}

func (k Key) between(n int) error {
	if k.High > 0 && (n < k.Low || n > k.High) {
		return fmt.Errorf("must be %s%s, is %d", k.Bounds(), k.Unit, n)
	}
	return nil
}

// Bounds says what may be written; empty = anything of the type.
func (k Key) Bounds() string {
	switch {
	case k.Options != nil:
		return strings.Join(k.Options, ", ")
	case k.High > 0:
		return fmt.Sprintf("%d…%d", k.Low, k.High)
	case k.Longest > 0:
		return short(k.Shortest) + "…" + short(k.Longest)
	}

	return ""
}

// Given reports whether the place holds something else than nothing.
func (k Key) Given() bool {
	v := reflect.ValueOf(k.To)
	return v.Kind() == reflect.Pointer && !v.Elem().IsZero()
}

// Value is what the place holds, as it is written in the file.
func (k Key) Value() string {
	switch p := k.To.(type) {
	case *bool:
		return strconv.FormatBool(*p)
	case Not:
		return strconv.FormatBool(!*p.To)
	case *int:
		return strconv.Itoa(*p)
	case *time.Duration:
		return strconv.Quote(short(*p))
	case *message.Charset:
		return strconv.Quote(p.String())
	case *string:
		return strconv.Quote(*p)
	}

	return `""`
}

// short writes a duration as people do: 60s and not 1m0s.
func short(d time.Duration) string {
	switch {
	case d != 0 && d%time.Hour == 0:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d%time.Second == 0:
		return fmt.Sprintf("%ds", d/time.Second)
	}
	return fmt.Sprintf("%dms", d/time.Millisecond)
}
