// Package setting describes keys of the configuration: where a value is stored, what may be written, and what it means.
//
// The description of a key decides how it is read from the file and the environment, what is refused, and what the
// example and the documentation say. The package reads no files, and other packages define the keys.
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
	// To points to the variable of the value, which holds the default.
	To any

	// Doc is a short line for the example. More follows it in the documentation.
	Doc, More string
	// Example is written in the example instead of the default; as a comment when the key is neither required nor
	// usual.
	Example string
	// Default describes the default in the documentation when the variable does not hold it.
	Default  string
	Required bool
	Usual    bool // most tables set it
	// OtherNames are its names in other programs.
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

// Names are the keys that may set it: Name, and for a secret Name + "_file".
func (k Key) Names() []string {
	if k.Secret() {
		return []string{k.Name, k.Name + "_file"}
	}
	return []string{k.Name}
}

// Is reports whether name is one of Names.
func (k Key) Is(name string) bool { return slices.Contains(k.Names(), name) }

// Set stores a decoded value. The error continues a sentence that begins with the key's name: "must be …".
func (k Key) Set(v any) error {
	if s, err := asText(v); err == nil && k.Options != nil && !slices.Contains(k.Options, s) {
		return k.notAnOption(s)
	}
	if err := k.assign(v); err != nil {
		return err
	}

	return k.Check()
}

// Check compares the value with the key's bounds and options.
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

// Given reports whether the value is not zero.
func (k Key) Given() bool {
	v := reflect.ValueOf(k.To)
	return v.Kind() == reflect.Pointer && !v.Elem().IsZero()
}

// Value is the value as it is written in the file.
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
	case *[]time.Duration:
		return listOf(*p, short)
	}

	return valueOf(reflect.Indirect(reflect.ValueOf(k.To)))
}

// valueOf writes lists, and values that have a name.
func valueOf(v reflect.Value) string {
	switch {
	case v.Kind() == reflect.Slice:
		all := make([]any, v.Len())
		for i := range all {
			all[i] = v.Index(i).Interface()
		}
		return listOf(all, func(one any) string { return fmt.Sprint(one) })
	case v.Kind() == reflect.String:
		return strconv.Quote(v.String())
	}
	if named, ok := v.Interface().(fmt.Stringer); ok && v.Type() != reflect.TypeFor[secret.String]() {
		return strconv.Quote(named.String())
	}

	return `""`
}

func listOf[T any](all []T, text func(T) string) string {
	out := make([]string, len(all))
	for i, v := range all {
		out[i] = strconv.Quote(text(v))
	}
	return "[" + strings.Join(out, ", ") + "]"
}

// short formats a duration in one unit: 60s, not 1m0s.
func short(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d > day && d%day == 0:
		return fmt.Sprintf("%dd", d/day)
	case d != 0 && d%time.Hour == 0:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d%time.Second == 0:
		return fmt.Sprintf("%ds", d/time.Second)
	}
	return fmt.Sprintf("%dms", d/time.Millisecond)
}
