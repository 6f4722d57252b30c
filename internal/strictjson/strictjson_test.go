package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

var (
	errDeep  = errors.New("too deep")
	errTwice = errors.New("twice")
)

// maxDepth is the API's bound.
const maxDepth = 16

// slowScan asks the same of a body token by token, by the standard parser.
func slowScan(b []byte, maxDepth int) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	type level struct {
		keys map[string]bool // nil in an array
		key  bool            // the next token is a key
	}

	var open []level
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}

		top := len(open) - 1
		if s, ok := t.(string); ok && top >= 0 && open[top].key {
			if open[top].keys[s] {
				return errTwice
			}
			open[top].keys[s], open[top].key = true, false
			continue
		}

		if t == json.Delim('}') || t == json.Delim(']') {
			open = open[:top]
			continue
		}
		if top >= 0 {
			open[top].key = open[top].keys != nil
		}

		if t == json.Delim('{') || t == json.Delim('[') {
			if len(open) == maxDepth {
				return errDeep
			}
			l := level{}
			if t == json.Delim('{') {
				l = level{map[string]bool{}, true}
			}
			open = append(open, l)
		}
	}
}

func many(n int) string {
	keys := make([]string, n)
	for i := range keys {
		keys[i] = fmt.Sprintf(`"k%d":%d`, i, i)
	}
	return strings.Join(keys, ",")
}

func TestScanJSON(t *testing.T) {
	t.Parallel()
	nested := func(n int, open, end string) string { return strings.Repeat(open, n) + "1" + strings.Repeat(end, n) }
	for name, c := range map[string]struct {
		json string
		ok   bool
	}{
		"empty": {``, true}, "flat": {`{"a":1,"b":[1,2,{"a":1}]}`, true}, "twice": {`{"a":1,"a":1}`, false},
		"in siblings": {`[{"a":1},{"a":1}]`, true}, "in a child": {`{"a":{"a":1}}`, true}, "behind a child": {`{"a":{"b":1},"a":2}`, false},
		"escaped": {`{"\u0061":1,"a":1}`, false}, "a value like a key": {`{"a":"b","b":"a"}`, true}, "strings in arrays": {`["a","a"]`, true},
		"quotes in keys": {`{"\"":1,"\"":1}`, false}, "braces in strings": {`{"a":"{[{[{[{[{[{[{[{[{[","b":"}"}`, true},
		"16 levels": {nested(16, "[", "]"), true}, "17 levels": {nested(17, "[", "]"), false}, "17 objects": {nested(17, `{"a":`, "}"), false},
		"40 keys": {"{" + many(40) + "}", true}, "40 keys and one again": {"{" + many(40) + `,"k7":1}`, false}, "12 and one again": {"{" + many(12) + `,"k11":1}`, false},
		"unclosed string": {`{"a`, true}, "closes too often": {`}}]]{"a":1,"a":1}`, false}, "emoji": {`{"😀":1,"\ud83d\ude00":2}`, false},
	} {
		if err := Check([]byte(c.json), maxDepth); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := Check([]byte(`{"`+strings.Repeat("k", 500)+`":1,"`+strings.Repeat("k", 500)+`":1}`), maxDepth); len(err.Error()) > 200 {
		t.Errorf("a refusal of %d bytes", len(err.Error()))
	}
}

// FuzzScanJSON compares the scanner with the standard parser on whatever is JSON: the parser refuses the rest.
func FuzzScanJSON(f *testing.F) {
	for _, s := range []string{`{"a":1,"a":2}`, `[[[[1]]]]`, `{"\u0061":{},"a":[]}`, `{"a":"\"","b":"\\"}`, "{" + many(20) + "}", `{"a":[{"b":1},"b"],"b":1}`, `"x"`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got := Check(b, 4)
		if !json.Valid(b) {
			return
		}
		if want := slowScan(b, 4); (got == nil) != (want == nil) {
			t.Fatalf("%s: got %v, want %v", b, got, want)
		}
	})
}
