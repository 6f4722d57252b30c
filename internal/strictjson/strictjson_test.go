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

// slowScan is Check by the tokens of the standard parser.
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

func TestCheck(t *testing.T) {
	t.Parallel()
	nested := func(n int, open, end string) string { return strings.Repeat(open, n) + "1" + strings.Repeat(end, n) }
	for name, c := range map[string]struct {
		json string
		ok   bool
	}{
		"empty":                 {ok: true},
		"flat":                  {json: `{"a":1,"b":[1,2,{"a":1}]}`, ok: true},
		"twice":                 {json: `{"a":1,"a":1}`},
		"in siblings":           {json: `[{"a":1},{"a":1}]`, ok: true},
		"in a child":            {json: `{"a":{"a":1}}`, ok: true},
		"after a child":         {json: `{"a":{"b":1},"a":2}`},
		"escaped":               {json: `{"\u0061":1,"a":1}`},
		"a value like a key":    {json: `{"a":"b","b":"a"}`, ok: true},
		"strings in arrays":     {json: `["a","a"]`, ok: true},
		"quotes in keys":        {json: `{"\"":1,"\"":1}`},
		"braces in strings":     {json: `{"a":"{[{[{[{[{[{[{[{[{[","b":"}"}`, ok: true},
		"16 levels":             {json: nested(16, "[", "]"), ok: true},
		"17 levels":             {json: nested(17, "[", "]")},
		"17 objects":            {json: nested(17, `{"a":`, "}")},
		"40 keys":               {json: "{" + many(40) + "}", ok: true},
		"40 keys and one again": {json: "{" + many(40) + `,"k7":1}`},
		"12 and one again":      {json: "{" + many(12) + `,"k11":1}`},
		"unclosed string":       {json: `{"a`, ok: true},
		"closes too often":      {json: `}}]]{"a":1,"a":1}`},
		"emoji":                 {json: `{"😀":1,"\ud83d\ude00":2}`},
	} {
		t.Run(name, func(t *testing.T) {
			if err := Check([]byte(c.json), maxDepth); (err == nil) != c.ok {
				t.Errorf("%v", err)
			}
		})
	}
	err := Check([]byte(`{"`+strings.Repeat("k", 500)+`":1,"`+strings.Repeat("k", 500)+`":1}`), maxDepth)
	if len(err.Error()) > 200 {
		t.Errorf("a refusal of %d bytes", len(err.Error()))
	}
}

// FuzzCheck compares Check with the standard parser on valid JSON.
func FuzzCheck(f *testing.F) {
	for _, s := range []string{
		`{"a":1,"a":2}`, `[[[[1]]]]`, `{"\u0061":{},"a":[]}`, `{"a":"\"","b":"\\"}`,
		"{" + many(20) + "}", `{"a":[{"b":1},"b"],"b":1}`, `"x"`,
	} {
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
