package harness

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLoadCases_OfThisModule(t *testing.T) {
	cases, err := LoadCases("..")
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d cases", len(cases))
}

func TestLoadCases_Refuses(t *testing.T) {
	const good = `{"id": "a.b", "rule": "X-1", "call": {"cmd": "call"}, "want": {"ok": 1}}`
	with := func(old, replacement string) string { return strings.Replace(good, old, replacement, 1) }

	for _, row := range []struct{ name, cases, want string }{
		{"no JSON", `{`, "invalid character"},
		{"two cases of one id", good + "," + good, "two cases have the id a.b"},
		{"no group in the id", with("a.b", "ab"), "the id must be like"},
		{"no rule", with("X-1", ""), "it names no rule"},
		{"an unknown field", with(`"rule"`, `"x": 1, "rule"`), `unknown field "x"`},
		{"an unknown field of the call", with(`"cmd"`, `"opp": "otp.get", "cmd"`), `unknown field "opp"`},
		{"an unknown field of want", with(`"ok"`, `"sleeps": [], "ok"`), `unknown field "sleeps"`},
		{"an unknown command", with(`"call"}`, `"cal"}`), `no case may give the cmd "cal"`},
		{"ok and error", with(`"ok"`, `"error": {}, "ok"`), "want needs one of ok and error"},
		{"neither ok nor error", with(`"ok": 1`, ``), "want needs one of ok and error"},
		{"an unknown need", with(`"rule"`, `"needs": ["luxury"], "rule"`), `no driver can lack "luxury"`},
		{"an unknown mode", with(`"rule"`, `"modes": ["fast"], "rule"`), `there is no mode "fast"`},
		{"an unknown place", with(`"call"}`, `"call", "locale": "${bass}"}`), "there is no ${bass}"},
		{"an unknown fault", with(`"rule"`, `"server": [{"reply": {"fault": "x"}}], "rule"`), `there is no fault "x"`},
		{"two bodies", with(`"rule"`, `"server": [{"reply": {"text": "", "json": 1}}], "rule"`), "a reply has one of"},
		{"same without a first", with(`"rule"`, `"server": [{"expect": {"same": ["K"]}}], "rule"`), "a request before"},
		{"serve without times", with(`"rule"`, `"serve": {}, "rule"`), "needs times"},
		{"a broken pattern", with(`"ok"`, `"logs": ["("], "ok"`), "missing closing )"},
	} {
		t.Run(row.name, func(t *testing.T) {
			root := t.TempDir()
			if err := os.CopyFS(filepath.Join(root, "vectors"), os.DirFS("../vectors")); err != nil {
				t.Fatal(err)
			}
			if err := os.Mkdir(filepath.Join(root, "cases"), 0o755); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(root, "cases", "x.json")
			if err := os.WriteFile(file, []byte(`{"cases": [`+row.cases+`]}`), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := LoadCases(root)
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("error %v, want %q", err, row.want)
			}
		})
	}
}

func TestPlaces_Fill(t *testing.T) {
	got, err := places{"ca": `C:\a"b`}.fill(`{"a": "${ca}", "b": "${base}", "c": "${key3}"}`)
	if want := `{"a": "C:\\a\"b", "b": "${base}", "c": "kkk"}`; err != nil || got != want {
		t.Errorf("%s, %v, want %s", got, err, want)
	}
}
