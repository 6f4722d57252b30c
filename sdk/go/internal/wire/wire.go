// Package wire writes parameters as the API reads them.
package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

var (
	typeDuration = reflect.TypeFor[time.Duration]()
	typeTime     = reflect.TypeFor[time.Time]()
)

// Params returns the fields of a params struct under their names in the API. A field that is zero is left out,
// unless its tag says that it is required. A list or a map that is empty but not nil is not zero.
func Params(params any) (map[string]any, error) {
	v := reflect.ValueOf(params)
	fields := make(map[string]any, v.NumField())
	for i := range v.NumField() {
		name, required := strings.CutSuffix(v.Type().Field(i).Tag.Get("api"), ",required")
		field := v.Field(i)
		if field.IsZero() && !(required && isScalar(field)) {
			continue
		}

		value, err := encodeValue(name, field)
		if err != nil {
			return nil, err
		}
		fields[name] = value
	}

	return fields, nil
}

// isScalar reports whether the zero value of a field is a value. That of a list, a map and a time is none.
func isScalar(v reflect.Value) bool {
	return v.Kind() != reflect.Slice && v.Kind() != reflect.Map && v.Type() != typeTime
}

// encodeValue returns a field of params as the API reads it.
func encodeValue(name string, v reflect.Value) (any, error) {
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}

	switch v.Type() {
	case typeDuration:
		return wholeSeconds(name, time.Duration(v.Int()))
	case typeTime:
		return Time(v.Interface().(time.Time)), nil
	}

	if v.Kind() == reflect.Struct {
		return Params(v.Interface())
	}
	if v.Kind() == reflect.String && !utf8.ValidString(v.String()) {
		return nil, fmt.Errorf("%s is not valid UTF-8", name)
	}

	return v.Interface(), nil
}

func wholeSeconds(name string, d time.Duration) (any, error) {
	if d%time.Second != 0 {
		return nil, fmt.Errorf("%s is a whole number of seconds, but is %v", name, d)
	}

	return int64(d / time.Second), nil
}

// Time writes a time in UTC, with milliseconds when there are some.
func Time(t time.Time) string {
	if t.Nanosecond() < int(time.Millisecond) {
		return t.UTC().Format("2006-01-02T15:04:05Z")
	}

	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

// separators are what encoding/json escapes although JSON does not need it, and escaped backslashes, so that the text
// \\u2028 is not taken for one.
var separators = regexp.MustCompile(`\\\\|\\u202[89]`)

// Body writes a body as JSON, with all characters as they are.
func Body(body any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(body); err != nil {
		return nil, fmt.Errorf("the body cannot be written as JSON: %w", err)
	}

	return separators.ReplaceAllFunc(bytes.TrimRight(b.Bytes(), "\n"), func(s []byte) []byte {
		if r, ok := map[string]string{`\u2028`: "\u2028", `\u2029`: "\u2029"}[string(s)]; ok {
			return []byte(r)
		}

		return s
	}), nil
}

// Query writes parameters as a query, in the order of their names.
func Query(params map[string]any) string {
	var pairs []string
	add := func(name, value string) { pairs = append(pairs, Escape(name)+"="+Escape(value)) }
	for name, value := range params {
		v := reflect.ValueOf(value)
		switch v.Kind() {
		case reflect.Invalid: // null
		case reflect.Map:
			for it := v.MapRange(); it.Next(); {
				add(fmt.Sprintf("%s[%v]", name, it.Key()), queryText(it.Value().Interface()))
			}
		case reflect.Slice:
			texts := make([]string, v.Len())
			for i := range texts {
				texts[i] = queryText(v.Index(i).Interface())
			}
			add(name, strings.Join(texts, ","))
		default:
			add(name, queryText(value))
		}
	}
	slices.Sort(pairs)

	return strings.Join(pairs, "&")
}

// queryText writes one value of a query.
func queryText(value any) string {
	if t, ok := value.(time.Time); ok {
		return Time(t)
	}

	return fmt.Sprint(value)
}

// Escape percent-encodes everything but letters, digits, hyphens, full stops, underscores and tildes.
func Escape(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}

	return b.String()
}
