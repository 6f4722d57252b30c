package harness

import (
	"strings"
	"testing"
)

func TestCompareJSON(t *testing.T) {
	for _, row := range []struct {
		name, want, got string
		whole           bool
		differences     string
	}{
		{"equal", `{"a": [1, "x", true, null]}`, `{"a": [1, "x", true, null]}`, true, ""},
		{"more than wanted", `{"a": 1}`, `{"a": 1, "b": 2}`, false, ""},
		{"more than wanted, as a whole", `{"a": 1}`, `{"a": 1, "b": 2}`, true, "v.b: is 2, but is not wanted"},
		{"more than wanted, exactly", `{"c": {"$exactly": {"a": 1}}}`, `{"c": {"a": 1, "b": 2}}`, false, "v.c.b: is 2"},
		{"exactly that", `{"c": {"$exactly": {"a": 1}}}`, `{"c": {"a": 1}}`, false, ""},
		{"less than wanted", `{"a": 1}`, `{}`, false, "v.a: is absent, want 1"},
		{"less than wanted, as a whole", `{"a": null}`, `{}`, true, "v.a: is absent"},
		{"null where nothing is", `{"a": null}`, `{}`, false, ""},
		{"something where null is wanted", `{"a": null}`, `{"a": 0}`, false, "v.a: is 0, want absent"},
		{"absent", `{"a": {"$absent": true}}`, `{}`, false, ""},
		{"absent, as a whole", `{"a": {"$absent": true}}`, `{}`, true, ""},
		{"not absent", `{"a": {"$absent": true}}`, `{"a": ""}`, false, `v.a: is "", want it to be absent`},
		{"a match", `{"$matches": "^ss-[0-9]+$"}`, `"ss-12"`, false, ""},
		{"no match", `{"$matches": "^ss-[0-9]+$"}`, `"ss-x"`, false, "want a match of"},
		{"a match of a number", `{"$matches": "1"}`, `1`, false, "want a match of"},
		{"a shorter list", `[1, 2]`, `[1]`, false, "want 2 elements"},
		{"a longer list", `[1]`, `[1, 2]`, false, "want 1 elements"},
		{"a list's element", `[{"a": 1}]`, `[{"a": 2}]`, false, "v[0].a: is 2, want 1"},
		{"spellings of a number", `[1, 100, 0.5]`, `[1.0, 1e2, 5e-1]`, true, ""},
		{"beyond 2^53", `9007199254740993`, `9007199254740992`, false, "want 9007199254740993"},
		{"a number as text", `1`, `"1"`, false, "want 1"},
		{"false and absent", `{"a": false}`, `{}`, false, "v.a: is absent, want false"},
		{"an object for a text", `{"a": {}}`, `{"a": "x"}`, false, "v.a"},
		{"an empty object for nothing", `{"a": {}}`, `{}`, false, "v.a"},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := decode([]byte(row.got))
			if err != nil {
				t.Fatal(err)
			}
			differences := strings.Join(compareJSON("v", []byte(row.want), got, row.whole), "; ")
			if (row.differences == "") != (differences == "") || !strings.Contains(differences, row.differences) {
				t.Errorf("differences %q, want %q", differences, row.differences)
			}
		})
	}
}

func TestContains(t *testing.T) {
	v, err := decode([]byte(`{"a": [{"key+1": "xx+2x"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	for part, want := range map[string]bool{"+1": true, "+2": true, "+3": false} {
		if contains(v, part) != want {
			t.Errorf("%s: want %t", part, want)
		}
	}
}
