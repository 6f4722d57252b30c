package live

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// value is decoded JSON. A part that is not there is the same as null.
type value struct{ v any }

// MarshalJSON lets a value be an argument of another call.
func (v value) MarshalJSON() ([]byte, error) { return json.Marshal(v.v) }

// get returns a part by its path, such as data.0.id.
func (v value) get(path string) value {
	for part := range strings.SplitSeq(path, ".") {
		switch inner := v.v.(type) {
		case map[string]any:
			v = value{inner[part]}
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i < 0 || i >= len(inner) {
				return value{}
			}
			v = value{inner[i]}
		default:
			return value{}
		}
	}

	return v
}

// String returns a text as it is, and anything else as JSON.
func (v value) String() string {
	if s, ok := v.v.(string); ok {
		return s
	}
	text, err := json.Marshal(v.v)
	if err != nil {
		return fmt.Sprint(v.v)
	}
	return string(text)
}

func (v value) equals(want any) bool {
	_, isText := v.v.(string)
	_, wantsText := want.(string)
	return isText == wantsText && v.String() == value{want}.String()
}

func (v value) list() []value {
	inner, _ := v.v.([]any)
	out := make([]value, len(inner))
	for i := range inner {
		out[i] = value{inner[i]}
	}
	return out
}

// exists is false for null and for what is not there.
func (v value) exists() bool { return v.v != nil }
