package screen

import (
	"encoding/json"
	"testing"
)

func TestMask_JSON(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ raw, want string }{
		"E.164":            {`{"phone":"+32470123456"}`, `{"phone":"+32•••••56"}`},
		"with spaces":      {`{"phone":"+32 (0)470 12.34/56"}`, `{"phone":"+32•••••56"}`},
		"escaped":          {`{"phone":"\u002b32470123456"}`, `{"phone":"+32•••••56"}`},
		"00":               {`{"phone":"0032470123456"}`, `{"phone":"003•••••56"}`},
		"national":         {`{"phone":"0470 12 34 56"}`, `{"phone":"047•••••56"}`},
		"no plus":          {`{"phone":"32470123456"}`, `{"phone":"324•••••56"}`},
		"a JSON number":    {`{"phone": 32470123456, "n": 7}`, `{"phone": "324•••••56", "n": 7}`},
		"narrow spaces":    {"{\"phone\":\"+33\u202f6\u202f12\u200934\u202f56\u202f78\"}", `{"phone":"+33•••••78"}`},
		"dashes":           {"{\"phone\":\"0470–12–34–56, +32‑470‑12‑34‑56\"}", `{"phone":"047•••••56, +32•••••56"}`},
		"North America":    {`{"a":"(415) 555-2671","b":"415-555-2671"}`, `{"a":"(41•••••71","b":"415•••••71"}`},
		"America, dashes":  {"{\"a\":\"415‑555‑2671\"}", `{"a":"415•••••71"}`},
		"in a sentence":    {`{"note":"call +32470123456, or 0470123457."}`, `{"note":"call +32•••••56, or 047•••••57."}`},
		"in a key":         {`{"+32470123456":true}`, `{"+32•••••56":true}`},
		"nested":           {`{"a":{"b":["x","+32470123456"]}}`, `{"a":{"b":["x","+32•••••56"]}}`},
		"other digits":     {`{"phone":"+٣٢٤٧٠١٢٣٤٥٦"}`, `{"phone":"+٣٢•••••٥٦"}`},
		"ids, dates, IPs":  {`{"user":"12345678","at":"2026-04-25T10:00:00Z","ip":"192.168.100.200"}`, ""},
		"a UUID":           {`{"id":"550e8400-e29b-41d4-a716-446655440000"}`, ""},
		"an order":         {`{"order":"AB0123456789","price":12.5,"big":1.5e10}`, ""},
		"quotes and marks": {`{"a":"\"x\" <b> \\","b":null}`, ""},
		"in an address":    {`{"a":"to=%2B32470123456&n=1","b":"tel%2b32470123456"}`, `{"a":"to=%2B•••••56\u0026n=1","b":"tel%2b•••••56"}`},
		"nothing":          {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.want == "" {
				c.want = c.raw
			}
			got := maskJSON(c.raw)
			if got != c.want || json.Valid([]byte(c.raw)) != json.Valid([]byte(got)) {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}
