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
		"the same":              {`{"a":1,"b":[true,null,"x"]}`, `{"b":[true,null,"x"],"a":1.0}`, ""},
		"more is fine":          {`{"a":1}`, `{"a":1,"b":2}`, ""},
		"a field is missing":    {`{"a":1}`, `{"b":1}`, "body.a is missing"},
		"null is not missing":   {`{"a":null}`, `{}`, "body.a is missing"},
		"null is null":          {`{"a":null}`, `{"a":0}`, "body.a: want null, got 0"},
		"a number":              {`{"a":1}`, `{"a":2}`, "body.a: want 1, got 2"},
		"a text is no number":   {`{"a":"1"}`, `{"a":1}`, `body.a: want "1", got 1`},
		"true":                  {`{"a":true}`, `{"a":"true"}`, "body.a"},
		"an object is no list":  {`{"a":{}}`, `{"a":[]}`, "body.a: want {}, got []"},
		"nor a list an object":  {`{"a":[]}`, `{"a":{}}`, "body.a: want [], got {}"},
		"a value is no object":  {`{"a":1}`, `{"a":{}}`, "body.a: want 1, got {}"},
		"a longer list":         {`{"a":[1]}`, `{"a":[1,2]}`, "body.a: want [1], got [1,2]"},
		"another order":         {`{"a":[1,2]}`, `{"a":[2,1]}`, "body.a[0]: want 1, got 2"},
		"deep":                  {`{"a":[{"b":{"c":1}}]}`, `{"a":[{"b":{"c":2,"d":3}}]}`, "body.a[0].b.c: want 1, got 2"},
		"anything":              {`{"a":"$any"}`, `{"a":null}`, ""},
		"anything is something": {`{"a":"$any"}`, `{}`, "body.a is missing"},
		"absent":                {`{"a":"$absent"}`, `{}`, ""},
		"not absent":            {`{"a":"$absent"}`, `{"a":null}`, "body.a is present and must not be"},
		"absent in a list":      {`["$absent"]`, `[1]`, "body[0] is present and must not be"},
		"a time":                {`{"a":"$time"}`, `{"a":"2026-04-25T15:27:00Z"}`, ""},
		"with a fraction":       {`{"a":"$time"}`, `{"a":"2026-04-25T15:27:00.5Z"}`, "body.a"},
		"with an offset":        {`{"a":"$time"}`, `{"a":"2026-04-25T15:27:00+02:00"}`, "body.a"},
		"a pattern":             {`{"a":"~^x[0-9]+$"}`, `{"a":"x12"}`, ""},
		"another text":          {`{"a":"~^x[0-9]+$"}`, `{"a":"x"}`, `body.a: want "~^x[0-9]+$", got "x"`},
		"a pattern of a number": {`{"a":"~1"}`, `{"a":1}`, "body.a"},
		"a known name":          {`{"a":"$known"}`, `{"a":"value"}`, ""},
		"a known name, other":   {`{"a":"$known"}`, `{"a":"other"}`, `body.a: want "value", got "other"`},
		"a new name twice":      {`{"a":"$new","b":"$new"}`, `{"a":{"x":[1]},"b":{"x":[1]}}`, ""},
		"a new name, differing": {`{"a":"$new","b":"$new"}`, `{"a":{"x":[1]},"b":{"x":[2]}}`, `body.b: want {"x":[1]}, got {"x":[2]}`},
		"a time moved":          {`{"a":"$start+300s","b":"$start-1s"}`, `{"a":"2026-04-25T15:32:00Z","b":"2026-04-25T15:26:59Z"}`, ""},
		"a time not moved":      {`{"a":"$start+300s"}`, `{"a":"2026-04-25T15:27:00Z"}`, `body.a: want "2026-04-25T15:32:00Z"`},
		"what is no time":       {`{"a":"$known+300s"}`, `{"a":"value"}`, "body.a"},
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
		"good":                    {`{"scenarios":[{"name":"a","steps":[` + step + `]}]}`, ""},
		"given names":             {`{"scenarios":[{"name":"a","steps":[{"call":"PUT /v2/opt-outs/$number","headers":{"X":"$unique","Y":null},"body":{"a":["$number_2","$number_3"]},"expect":{"status":200}}]}]}`, ""},
		"a name from before":      {`{"scenarios":[{"name":"a","steps":[{"call":"GET /a","expect":{"status":200,"body":{"id":"$id"}}},{"call":"GET /a/$id","expect":{"status":200,"body":"$id+1s"}}]}]}`, ""},
		"no JSON":                 {`{`, "unexpected EOF"},
		"text after":              {`{"scenarios":[]}{}`, "text after"},
		"an unknown field":        {`{"scenarios":[{"name":"a","step":[]}]}`, "unknown field"},
		"no name":                 {`{"scenarios":[{"steps":[` + step + `]}]}`, "a name and steps"},
		"no steps":                {`{"scenarios":[{"name":"a"}]}`, "a name and steps"},
		"two of a name":           {`{"scenarios":[{"name":"a","steps":[` + step + `]},{"name":"a","steps":[` + step + `]}]}`, "two scenarios"},
		"no method":               {`{"scenarios":[{"name":"a","steps":[{"call":"/v2","expect":{"status":200}}]}]}`, "no method"},
		"no status":               {`{"scenarios":[{"name":"a","steps":[{"call":"GET /v2","expect":{}}]}]}`, "not an HTTP status"},
		"both bodies":             {`{"scenarios":[{"name":"a","steps":[{"call":"POST /v2","body":{},"raw":"{","expect":{"status":200}}]}]}`, "not both"},
		"an unknown name, path":   {`{"scenarios":[{"name":"a","steps":[{"call":"GET /$id","expect":{"status":200}}]}]}`, "$id, which has no value yet"},
		"an unknown name, body":   {`{"scenarios":[{"name":"a","steps":[{"call":"POST /a","body":{"x":["$id"]},"expect":{"status":200}}]}]}`, "$id, which has no value yet"},
		"an unknown name, header": {`{"scenarios":[{"name":"a","steps":[{"call":"POST /a","headers":{"x":"$id"},"expect":{"status":200}}]}]}`, "$id, which has no value yet"},
		"an unknown name, raw":    {`{"scenarios":[{"name":"a","steps":[{"call":"POST /a","raw":"$id","expect":{"status":200}}]}]}`, "$id, which has no value yet"},
		"a kind is no value":      {`{"scenarios":[{"name":"a","steps":[{"call":"GET /a","expect":{"status":200,"body":"$any"}},{"call":"GET /$any","expect":{"status":200}}]}]}`, "$any, which has no value yet"},
		"a pattern":               {`{"scenarios":[{"name":"a","steps":[{"call":"GET /a","expect":{"status":200,"body":"~("}}]}]}`, "not a pattern"},
		"a name among text":       {`{"scenarios":[{"name":"a","steps":[{"call":"GET /a","expect":{"status":200,"body":"id $number"}}]}]}`, "must be only the name"},
		"a moved unknown":         {`{"scenarios":[{"name":"a","steps":[{"call":"GET /a","expect":{"status":200,"body":"$at+1s"}}]}]}`, "no value yet"},
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

// FuzzParse: a file never breaks the parser, and what it takes can be matched with anything; a value always matches itself,
// unless it has a meaning of its own.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`{"scenarios":[{"name":"a","steps":[{"call":"GET /a","expect":{"status":200,"body":{"id":"$id","at":"$time","x":["~^a+$","$absent","$any"]}}}]}]}`,
		`{"scenarios":[{"name":"a","steps":[{"call":"POST /a/$number","headers":{"A":null},"raw":"{","expect":{"status":400,"headers":{"B":"$unique"},"body":"$b+1s"}}]}]}`,
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

// plain tells that no text of a value has a meaning in a scenario.
func plain(v any) bool {
	b, err := json.Marshal(v)
	return err == nil && !strings.ContainsAny(string(b), "$~")
}
