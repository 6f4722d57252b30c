package conformance

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Names are the values of a scenario's names, as decoded JSON.
type Names map[string]any

var (
	names  = regexp.MustCompile(`\$([a-z][a-z0-9_]*)`)
	single = regexp.MustCompile(`^\$([a-z][a-z0-9_]*)(?:([+-])([0-9]{1,9})s)?$`)
)

// stamp is a time as the API writes it: RFC 3339, UTC, to the second.
const stamp = "2006-01-02T15:04:05Z"

// singleName is the name that a string consists of; shifted reports whether seconds are added to it.
func singleName(text string) (name string, shifted bool) {
	m := single.FindStringSubmatch(text)
	if m == nil {
		return "", false
	}
	return m[1], m[2] != ""
}

// Match compares an expected value with the one that was received and lists the differences, each with its path. A name
// without a value gets the value that it is compared with.
func (n Names) Match(at string, want, got any) []string {
	switch want := want.(type) {
	case string:
		return n.matchText(at, want, got)
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok {
			return []string{differ(at, want, got)}
		}
		var out []string
		for _, name := range sorted(want) {
			path := at + "." + name
			value, present := object[name]
			switch absent := want[name] == "$absent"; {
			case absent && present:
				out = append(out, path+" is present and must not be")
			case !absent && !present:
				out = append(out, path+" is missing")
			case !absent:
				out = append(out, n.Match(path, want[name], value)...)
			}
		}
		return out
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(want) {
			return []string{differ(at, want, got)}
		}
		var out []string
		for i := range want {
			out = append(out, n.Match(fmt.Sprintf("%s[%d]", at, i), want[i], list[i])...)
		}
		return out
	}
	if want != got { // null, a boolean or a number
		return []string{differ(at, want, got)}
	}

	return nil
}

func (n Names) matchText(at, want string, got any) []string {
	text, isText := got.(string)
	if pattern, ok := strings.CutPrefix(want, "~"); ok {
		re, err := regexp.Compile(pattern)
		if err != nil || !isText || !re.MatchString(text) {
			return []string{differ(at, want, got)}
		}
		return nil
	}

	name, shifted := singleName(want)
	ok := false
	switch value, bound := n[name]; {
	case name == "":
		ok = isText && want == text
	case name == "any":
		ok = true
	case name == "absent":
		return []string{at + " is present and must not be"}
	case name == "time":
		t, err := time.Parse(stamp, text)
		ok = isText && err == nil && t.Format(stamp) == text // Parse accepts fractions of a second
	case shifted:
		when, err := n.shifted(want)
		ok = err == nil && isText && text == when
	case bound:
		ok = equal(value, got)
	default:
		n[name] = got
		ok = true
	}
	if ok {
		return nil
	}

	return []string{differ(at, n.filled(want), got)}
}

// filled replaces names by their values, for error messages.
func (n Names) filled(want string) any {
	if v, err := n.fill(want); err == nil {
		return v
	}
	return want
}

// shifted is the time of a name with seconds added.
func (n Names) shifted(text string) (string, error) {
	m := single.FindStringSubmatch(text)
	start, ok := n[m[1]].(string)
	if !ok {
		return "", fmt.Errorf("$%s is not a time", m[1])
	}

	t, err := time.Parse(stamp, start)
	if err != nil {
		return "", fmt.Errorf("$%s is not a time: %w", m[1], err)
	}

	seconds, err := strconv.Atoi(m[2] + m[3])
	if err != nil {
		return "", err
	}

	return t.Add(time.Duration(seconds) * time.Second).Format(stamp), nil
}

// fill replaces names by their values in a value to send. A string that is only a name becomes the name's value, of any
// type.
func (n Names) fill(v any) (any, error) {
	switch v := v.(type) {
	case string:
		name, shifted := singleName(v)
		if shifted {
			return n.shifted(v)
		}
		if value, ok := n[name]; ok {
			return value, nil
		}
		return n.text(v, func(s string) string { return s })
	case []any:
		out := make([]any, len(v))
		for i := range v {
			var err error
			if out[i], err = n.fill(v[i]); err != nil {
				return nil, err
			}
		}
		return out, nil
	case map[string]any:
		out := make(map[string]any, len(v))
		for name := range v {
			var err error
			if out[name], err = n.fill(v[name]); err != nil {
				return nil, err
			}
		}
		return out, nil
	}

	return v, nil
}

// text replaces every name in a string by its value.
func (n Names) text(s string, escape func(string) string) (out string, err error) {
	out = names.ReplaceAllStringFunc(s, func(m string) string {
		switch v := n[m[1:]].(type) {
		case nil:
			err = fmt.Errorf("%s has no value", m)
			return ""
		case string:
			return escape(v)
		default:
			return escape(show(v))
		}
	})

	return out, err
}

// percent escapes every byte that has a meaning in a URL.
func percent(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || strings.IndexByte("-._~", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}

	return b.String()
}

// equal compares JSON values, objects and lists by their contents.
func equal(a, b any) bool { return show(a) == show(b) }

func differ(at string, want, got any) string {
	return fmt.Sprintf("%s: want %s, got %s", at, show(want), show(got))
}

// show writes a value as JSON. encoding/json sorts the names of objects.
func show(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}

func sorted(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
