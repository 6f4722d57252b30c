package conformance_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/conformance"
)

func value(t testing.TB, text string) (v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

func TestMatch(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ want, got, differs string }{
		"the same":                 {want: `{"a":1,"b":[true,null,"x"]}`, got: `{"b":[true,null,"x"],"a":1.0}`},
		"more is fine":             {want: `{"a":1}`, got: `{"a":1,"b":2}`},
		"a field is missing":       {want: `{"a":1}`, got: `{"b":1}`, differs: "body.a is missing"},
		"null is not missing":      {want: `{"a":null}`, got: `{}`, differs: "body.a is missing"},
		"null is null":             {want: `{"a":null}`, got: `{"a":0}`, differs: "body.a: want null, got 0"},
		"a number":                 {want: `{"a":1}`, got: `{"a":2}`, differs: "body.a: want 1, got 2"},
		"a text is not a number":   {want: `{"a":"1"}`, got: `{"a":1}`, differs: `body.a: want "1", got 1`},
		"true":                     {want: `{"a":true}`, got: `{"a":"true"}`, differs: "body.a"},
		"an object is not a list":  {want: `{"a":{}}`, got: `{"a":[]}`, differs: "body.a: want {}, got []"},
		"a list is not an object":  {want: `{"a":[]}`, got: `{"a":{}}`, differs: "body.a: want [], got {}"},
		"a value is not an object": {want: `{"a":1}`, got: `{"a":{}}`, differs: "body.a: want 1, got {}"},
		"a longer list":            {want: `{"a":[1]}`, got: `{"a":[1,2]}`, differs: "body.a: want [1], got [1,2]"},
		"another order":            {want: `{"a":[1,2]}`, got: `{"a":[2,1]}`, differs: "body.a[0]: want 1, got 2"},
		"deep": {
			want: `{"a":[{"b":{"c":1}}]}`, got: `{"a":[{"b":{"c":2,"d":3}}]}`, differs: "body.a[0].b.c: want 1, got 2",
		},
		"anything":              {want: `{"a":"$any"}`, got: `{"a":null}`},
		"anything is something": {want: `{"a":"$any"}`, got: `{}`, differs: "body.a is missing"},
		"absent":                {want: `{"a":"$absent"}`, got: `{}`},
		"not absent": {
			want: `{"a":"$absent"}`, got: `{"a":null}`,
			differs: "body.a is present and must not be",
		},
		"absent in a list": {want: `["$absent"]`, got: `[1]`, differs: "body[0] is present and must not be"},
		"a time":           {want: `{"a":"$time"}`, got: `{"a":"2026-04-25T15:27:00Z"}`},
		"with a fraction":  {want: `{"a":"$time"}`, got: `{"a":"2026-04-25T15:27:00.5Z"}`, differs: "body.a"},
		"with an offset":   {want: `{"a":"$time"}`, got: `{"a":"2026-04-25T15:27:00+02:00"}`, differs: "body.a"},
		"a pattern":        {want: `{"a":"~^x[0-9]+$"}`, got: `{"a":"x12"}`},
		"another text": {
			want: `{"a":"~^x[0-9]+$"}`, got: `{"a":"x"}`,
			differs: `body.a: want "~^x[0-9]+$", got "x"`,
		},
		"a pattern of a number": {want: `{"a":"~1"}`, got: `{"a":1}`, differs: "body.a"},
		"a known name":          {want: `{"a":"$known"}`, got: `{"a":"value"}`},
		"a known name, other": {
			want: `{"a":"$known"}`, got: `{"a":"other"}`, differs: `body.a: want "value", got "other"`,
		},
		"a new name twice": {want: `{"a":"$new","b":"$new"}`, got: `{"a":{"x":[1]},"b":{"x":[1]}}`},
		"a new name, differing": {
			want: `{"a":"$new","b":"$new"}`, got: `{"a":{"x":[1]},"b":{"x":[2]}}`,
			differs: `body.b: want {"x":[1]}, got {"x":[2]}`,
		},
		"a time shifted": {
			want: `{"a":"$start+300s","b":"$start-1s"}`, got: `{"a":"2026-04-25T15:32:00Z","b":"2026-04-25T15:26:59Z"}`,
		},
		"a time not shifted": {
			want: `{"a":"$start+300s"}`, got: `{"a":"2026-04-25T15:27:00Z"}`,
			differs: `body.a: want "2026-04-25T15:32:00Z"`,
		},
		"not a time": {want: `{"a":"$known+300s"}`, got: `{"a":"value"}`, differs: "body.a"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := conformance.Names{"known": "value", "start": "2026-04-25T15:27:00Z"}
			got := strings.Join(n.Match("body", value(t, c.want), value(t, c.got)), "; ")
			if (got == "") != (c.differs == "") || !strings.Contains(got, c.differs) {
				t.Errorf("differs: %q, want %q", got, c.differs)
			}
		})
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	const step = `{"call":"GET /v2/balance","expect":{"status":200}}`
	for name, c := range map[string]struct{ text, says string }{
		"good": {text: `{"scenarios":[{"name":"a","steps":[` + step + `]}]}`},
		"given names": {
			text: `{"scenarios":[{"name":"a","steps":[{"call":"PUT /v2/opt-outs/$number","headers":{"X":"$unique",` +
				`"Y":null},"body":{"a":["$number_2","$number_3"]},"expect":{"status":200}}]}]}`,
		},
		"a name from before": {
			text: `{"scenarios":[{"name":"a","steps":[{"call":"GET /a","expect":{"status":200,"body":{"id":"$id"}}},` +
				`{"call":"GET /a/$id","expect":{"status":200,"body":"$id+1s"}}]}]}`,
		},
		"no JSON":          {text: `{`, says: "unexpected EOF"},
		"text after":       {text: `{"scenarios":[]}{}`, says: "text after"},
		"an unknown field": {text: `{"scenarios":[{"name":"a","step":[]}]}`, says: "unknown field"},
		"no name":          {text: `{"scenarios":[{"steps":[` + step + `]}]}`, says: "a name and steps"},
		"no steps":         {text: `{"scenarios":[{"name":"a"}]}`, says: "a name and steps"},
		"two of a name": {text: `{"scenarios":[{"name":"a","steps":[` + step + `]},{"name":"a","steps":[` +
			step + `]}]}`, says: "two scenarios"},
		"no method": {
			text: `{"scenarios":[{"name":"a","steps":[{"call":"/v2","expect":{"status":200}}]}]}`, says: "no method",
		},
		"no status": {
			text: `{"scenarios":[{"name":"a","steps":[{"call":"GET /v2","expect":{}}]}]}`, says: "not an HTTP status",
		},
		"both bodies": {
			text: `{"scenarios":[{"name":"a","steps":[{"call":"POST /v2","body":{},"raw":"{","expect":{` +
				`"status":200}}]}]}`, says: "not both",
		},
		"an unknown name, path": {
			text: `{"scenarios":[{"name":"a","steps":[{"call":"GET /$id","expect":{"status":200}}]}]}`,
			says: "$id, which has no value yet",
		},
		"an unknown name, body": {
			text: `{"scenarios":[{"name":"a","steps":[{"call":"POST /a","body":{"x":["$id"]},"expect":{` +
				`"status":200}}]}]}`, says: "$id, which has no value yet",
		},
		"an unknown name, header": {
			text: `{"scenarios":[{"name":"a","steps":[{"call":"POST /a","headers":{"x":"$id"},"expect":{` +
				`"status":200}}]}]}`, says: "$id, which has no value yet",
		},
		"an unknown name, raw": {
			text: `{"scenarios":[{"name":"a","steps":[{"call":"POST /a","raw":"$id","expect":{"status":200}}]}]}`,
			says: "$id, which has no value yet",
		},
		"a kind is not a value": {
			text: `{"scenarios":[{"name":"a","steps":[{"call":"GET /a","expect":{"status":200,"body":"$any"}},` +
				`{"call":"GET /$any","expect":{"status":200}}]}]}`, says: "$any, which has no value yet",
		},
		"a pattern": {
			text: `{"scenarios":[{"name":"a","steps":[{"call":"GET /a","expect":{"status":200,"body":"~("}}]}]}`,
			says: "not a pattern",
		},
		"a name among text": {
			text: `{"scenarios":[{"name":"a","steps":[{"call":"GET /a","expect":{"status":200,"body":"id $number"}}]}]}`, says: "must be only the name",
		},
		"an unknown time shifted": {
			text: `{"scenarios":[{"name":"a","steps":[{"call":"GET /a","expect":{"status":200,"body":"$at+1s"}}]}]}`,
			says: "no value yet",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name == "no method" {
				c.says = "not a method"
			}

			_, err := conformance.Parse("file", []byte(c.text))
			if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %v, want %q", err, c.says)
			}
		})
	}
}

// FuzzParse: no file breaks the parser, and every scenario can be matched with any value; a value without names matches
// itself.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`{"scenarios":[{"name":"a","steps":[{"call":"GET /a","expect":{"status":200,"body":{"id":"$id","at":"$time",` +
			`"x":["~^a+$","$absent","$any"]}}}]}]}`,
		`{"scenarios":[{"name":"a","steps":[{"call":"POST /a/$number","headers":{"A":null},"raw":"{","expect":{` +
			`"status":400,"headers":{"B":"$unique"},"body":"$b+1s"}}]}]}`,
	} {
		f.Add([]byte(s), []byte(`{"id":"x","at":"2026-04-25T15:27:00Z","x":["aaa",1]}`))
	}

	f.Fuzz(func(t *testing.T, file, answer []byte) {
		var got any
		if json.Unmarshal(answer, &got) != nil {
			got = string(answer)
		}
		if plain(got) {
			if d := (conformance.Names{}).Match("body", got, got); len(d) > 0 {
				t.Errorf("%s does not match itself: %v", answer, d)
			}
		}

		list, err := conformance.Parse("file", file)
		if err != nil {
			return
		}

		n := conformance.Names{"number": "+32470123456", "unique": "u"}
		for _, s := range list {
			for _, step := range s.Steps {
				n.Match("body", step.Expect.Body, got)
			}
		}
	})
}

// plain reports whether no string of a value has a meaning in a scenario.
func plain(v any) bool {
	b, err := json.Marshal(v)
	return err == nil && !strings.ContainsAny(string(b), "$~")
}
