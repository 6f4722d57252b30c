package setting_test

import (
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/setting"
)

// settings are values with their defaults.
type settings struct {
	text, choice string
	number       int
	octet        *uint8
	wait         time.Duration
	off          bool
	charset      message.Charset
	password     secret.String
}

func (s *settings) keys() map[string]setting.Key {
	return map[string]setting.Key{
		"text":     {Name: "text", To: &s.text},
		"choice":   {Name: "choice", To: &s.choice, Options: []string{"calm", "racing"}},
		"number":   {Name: "number", To: &s.number, Low: 1, High: 50, Unit: " birds"},
		"octet":    {Name: "octet", To: &s.octet, High: 6},
		"any":      {Name: "any", To: &s.octet},
		"wait":     {Name: "wait", To: &s.wait, Shortest: 100 * time.Millisecond, Longest: time.Minute},
		"on":       {Name: "on", To: setting.Not{To: &s.off}},
		"charset":  {Name: "charset", To: &s.charset, Options: message.Charsets()},
		"password": {Name: "password", To: &s.password},
		"unknown":  {Name: "unknown", To: &struct{}{}},
	}
}

func defaults() settings { return settings{choice: "calm", number: 12, wait: 30 * time.Second} }

func TestKey_Set(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		key   string
		value any
		holds string // the value afterwards; "" = not checked
		err   string
	}{
		"text":               {key: "text", value: "x", holds: `"x"`},
		"text, a number":     {key: "text", value: int64(5), err: "must be a string"},
		"choice":             {key: "choice", value: "racing", holds: `"racing"`},
		"choice by variable": {key: "choice", value: setting.Variable("racing"), holds: `"racing"`},
		"no choice": {
			key: "choice", value: "racin", holds: `"calm"`,
			err: `must be calm or racing, is "racin" (did you mean "racing"?)`,
		},
		"choice, wrong type":   {key: "choice", value: int64(5), holds: `"calm"`, err: "must be a string"},
		"number":               {key: "number", value: int64(50), holds: "50"},
		"number by variable":   {key: "number", value: setting.Variable("7"), holds: "7"},
		"number, too high":     {key: "number", value: int64(51), err: "must be 1…50 birds, is 51"},
		"number, no number":    {key: "number", value: "many", holds: "12", err: "must be a whole number"},
		"octet of zero":        {key: "octet", value: int64(0)},
		"octet, below":         {key: "octet", value: int64(-1), err: "must be 0…6, is -1"},
		"octet, above":         {key: "octet", value: int64(300), err: "must be 0…6, is 300"},
		"octet without bounds": {key: "any", value: int64(300), err: "must be 0…255, is 300"},
		"wait":                 {key: "wait", value: "1500ms", holds: `"1500ms"`},
		"wait of a minute":     {key: "wait", value: "60s", holds: `"60s"`},
		"wait, too long":       {key: "wait", value: "61s", err: "must be 100ms…60s, is 1m1s"},
		"wait, no duration":    {key: "wait", value: int64(5), holds: `"30s"`, err: `must be a duration such as "30s"`},
		"on":                   {key: "on", value: true, holds: "true"},
		"off":                  {key: "on", value: false, holds: "false"},
		"neither":              {key: "on", value: "perhaps", holds: "true", err: "must be true or false"},
		"charset":              {key: "charset", value: "latin1", holds: `"latin1"`},
		"no charset":           {key: "charset", value: "latin-1", err: `(did you mean "latin1"?)`},
		"secret":               {key: "password", value: "hush", holds: `""`},
		"unknown type":         {key: "unknown", value: "x", err: "values of type *struct {} are not supported"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := defaults()
			key := p.keys()[c.key]
			err := key.Set(c.value)
			if (err != nil) != (c.err != "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Errorf("got %v, want %q", err, c.err)
			}
			if got := key.Value(); c.holds != "" && got != c.holds {
				t.Errorf("the value is %s, want %s", got, c.holds)
			}
		})
	}
}

func TestKey_Names(t *testing.T) {
	t.Parallel()
	p := defaults()
	keys := p.keys()
	if key := keys["password"]; !key.Is("password") || !key.Is("password_file") || key.Is("passwords") {
		t.Error("a secret may be given as a value and as a file")
	}
	if key := keys["text"]; !key.Is("text") || key.Is("text_file") {
		t.Error("only a secret may be given as a file")
	}
}

// A zero value was not given; all others are compared with their bounds.
func TestFindings_Values(t *testing.T) {
	t.Parallel()
	var found setting.Findings
	p := settings{number: -1, choice: "wild"}
	keys := p.keys()
	found.Values([]setting.Key{keys["text"], keys["choice"], keys["number"], keys["octet"], keys["wait"], keys["on"]})

	const want = "carrier: choice must be calm or racing, is \"wild\"\ncarrier: number must be 1…50 birds, is -1"
	if err := found.Err("carrier: "); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if good := (&setting.Findings{}); good.Err("") != nil || !good.Given("anything") {
		t.Error("no findings, but an error")
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"listem":                     `(did you mean "listen"?)`,
		"send_gap":                   `(did you mean "send_gaps"?)`,
		"zzz":                        "",
		"":                           "",
		strings.Repeat("listen", 20): "",
	} {
		if got := strings.TrimSpace(setting.Nearest(word, []string{"listen", "send_gaps"})); got != want {
			t.Errorf("%q: got %q, want %q", word, got, want)
		}
	}
}
