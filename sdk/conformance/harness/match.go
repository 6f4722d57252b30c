package harness

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// matcher compares decoded JSON. Unless whole, objects may have fields that are not wanted.
type matcher struct {
	whole       bool
	differences []string
}

func (m *matcher) note(path, format string, args ...any) {
	m.differences = append(m.differences, fmt.Sprintf("%s: %s", path, fmt.Sprintf(format, args...)))
}

func (m *matcher) compare(path string, want, got any) {
	switch want := want.(type) {
	case map[string]any:
		m.compareObject(path, want, got)
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(want) {
			m.note(path, "is %s, want %d elements: %s", text(got), len(want), text(want))
			return
		}
		for i := range want {
			m.compare(fmt.Sprintf("%s[%d]", path, i), want[i], list[i])
		}
	case json.Number:
		number, ok := got.(json.Number)
		if !ok || !equalNumbers(want, number) {
			m.note(path, "is %s, want %s", text(got), want)
		}
	default:
		if !reflect.DeepEqual(want, got) {
			m.note(path, "is %s, want %s", text(got), text(want))
		}
	}
}

func (m *matcher) compareObject(path string, want map[string]any, got any) {
	if done := m.compareSpecial(path, want, got); done {
		return
	}

	object, ok := got.(map[string]any)
	if !ok {
		m.note(path, "is %s, want %s", text(got), text(want))
		return
	}
	for _, key := range slices.Sorted(maps.Keys(want)) {
		value, there := object[key]
		if !there && m.whole && !isSpecial(want[key], "$absent") {
			m.note(path+"."+key, "is absent, want %s", text(want[key]))
			continue
		}
		m.compare(path+"."+key, want[key], value)
	}

	if !m.whole {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		if _, wanted := want[key]; !wanted {
			m.note(path+"."+key, "is %s, but is not wanted", text(object[key]))
		}
	}
}

// compareSpecial handles {"$absent": true}, {"$matches": …} and {"$exactly": …}.
func (m *matcher) compareSpecial(path string, want map[string]any, got any) bool {
	if isSpecial(want, "$absent") {
		if got != nil {
			m.note(path, "is %s, want it to be absent", text(got))
		}
		return true
	}

	if isSpecial(want, "$matches") {
		source, _ := want["$matches"].(string)
		re, err := regexp.Compile(source)
		if err != nil {
			m.note(path, "%v", err)
			return true
		}
		if s, ok := got.(string); !ok || !re.MatchString(s) {
			m.note(path, "is %s, want a match of %s", text(got), source)
		}
		return true
	}

	if isSpecial(want, "$exactly") {
		inner := &matcher{whole: true}
		inner.compare(path, want["$exactly"], got)
		m.differences = append(m.differences, inner.differences...)
		return true
	}

	return false
}

func isSpecial(v any, name string) bool {
	object, ok := v.(map[string]any)
	_, there := object[name]
	return ok && there && len(object) == 1
}

// equalNumbers compares values, not spellings, and is exact beyond 2^53.
func equalNumbers(a, b json.Number) bool {
	if a == b {
		return true
	}
	x, _, errX := big.ParseFloat(string(a), 10, 256, big.ToNearestEven)
	y, _, errY := big.ParseFloat(string(b), 10, 256, big.ToNearestEven)
	return errX == nil && errY == nil && x.Cmp(y) == 0
}

// compareJSON returns the differences of a decoded value from a wanted JSON text.
func compareJSON(path string, wanted json.RawMessage, got any, whole bool) []string {
	want, err := decode(wanted)
	if err != nil {
		return []string{fmt.Sprintf("%s: the case has no valid JSON: %v", path, err)}
	}
	m := &matcher{whole: whole}
	m.compare(path, want, got)
	return m.differences
}

// text shows a value in one line that is not too long to read.
func text(v any) string {
	if v == nil {
		return "absent"
	}
	encoded, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return shorten(string(encoded))
}

func shorten(s string) string {
	const most = 400
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + fmt.Sprintf("… (%d bytes)", len(s))
}

// contains finds a text in any string of a decoded value, keys included.
func contains(v any, part string) bool {
	switch v := v.(type) {
	case string:
		return strings.Contains(v, part)
	case []any:
		return slices.ContainsFunc(v, func(e any) bool { return contains(e, part) })
	case map[string]any:
		for key, value := range v {
			if strings.Contains(key, part) || contains(value, part) {
				return true
			}
		}
	}
	return false
}
