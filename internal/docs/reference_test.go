package docs

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/api"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/problem"
	"github.com/syssecure/syssecure/internal/webhook"
	"github.com/syssecure/syssecure/sdk/snippets"
)

// TestReference_EveryOperation: each operation is on one page, with a sample, and belongs to a group.
func TestReference_EveryOperation(t *testing.T) {
	t.Parallel()
	s, err := readSpec(api.JSON)
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]int{}
	for _, p := range whole(t).pages {
		for _, o := range p.Operations {
			shown[o.ID]++
			if len(o.Samples) != len(snippets.Languages) {
				t.Errorf("%s has samples in %d languages, want all: see sdk/snippets", o.ID, len(o.Samples))
			}
			if o.Scope == "" || o.Title == "" {
				t.Errorf("%s has no scope or title", o.ID)
			}
		}
	}

	all, _ := s.operations()
	for _, id := range all {
		if shown[id] != 1 {
			t.Errorf("%s is shown %d times", id, shown[id])
		}
		if !slices.ContainsFunc(groups, func(g group) bool { return slices.Contains(g.Operations, id) }) {
			t.Errorf("%s is in no group: add it to groups.go", id)
		}
	}
}

// TestReference_EveryField: no field of a request is left out.
func TestReference_EveryField(t *testing.T) {
	t.Parallel()
	s, err := readSpec(api.JSON)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range whole(t).pages {
		for _, o := range p.Operations {
			body := s.root.object("paths", o.Path, strings.ToLower(o.Method), "requestBody", "content", "application/json")
			schema, _ := s.resolve(body.object("schema"))
			for _, name := range schema.object("properties").members() {
				if !slices.ContainsFunc(o.Body, func(f field) bool { return f.Name == name }) {
					t.Errorf("%s does not show the field %s", o.ID, name)
				}
			}
			if body.get("example") != nil && o.Request == "" {
				t.Errorf("%s does not show its example", o.ID)
			}
		}
	}
}

// TestErrors_Anchors: every details.doc_url leads to a heading. The anchors are made by problem.Anchor.
func TestErrors_Anchors(t *testing.T) {
	t.Parallel()
	s := whole(t)
	text := html(s, s.find("/docs/errors"))
	for _, list := range [][]problem.Explanation{problem.Codes, problem.Reasons} {
		for _, e := range list {
			if !strings.Contains(text, `<h3 id="`+e.Name+`">`) {
				t.Errorf("the page of errors has no heading %s", e.Name)
			}
		}
	}
}

// TestWebhooks_Signature: the worked example is right, as another computation says.
func TestWebhooks_Signature(t *testing.T) {
	t.Parallel()
	s := whole(t)
	p := s.find("/docs/webhooks")
	example := sign()
	h := hmac.New(sha256.New, []byte(example.Secret))
	h.Write([]byte(example.Time + "." + example.Body))
	want := hex.EncodeToString(h.Sum(nil))
	if example.Hex != want || strings.Count(p.Markdown, want) < 2 || !strings.Contains(html(s, p), want) {
		t.Errorf("the page says %s, want %s", example.Hex, want)
	}
	for _, k := range webhook.Catalogue() {
		if !strings.Contains(p.Markdown, "### "+string(k.Type)+"\n") {
			t.Errorf("the page lacks %s", k.Type)
		}
	}
}

// TestSandbox_Numbers compares the numbers with those in the source.
func TestSandbox_Numbers(t *testing.T) {
	t.Parallel()
	number := regexp.MustCompile(`\+15005550\d{3}`)
	inSource := map[string]bool{"+15005550006": true} // does nothing special, so no source has it
	for _, file := range []string{
		"../engine/sandbox.go", "../engine/sending.go", "../carrier/sandbox/sandbox.go",
	} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range number.FindAllString(string(text), -1) {
			inSource[n] = true
		}
	}

	for _, n := range engine.SandboxNumbers {
		if !inSource[n.Number] {
			t.Errorf("%s is not in the source", n.Number)
		}
		delete(inSource, n.Number)
	}
	for n := range inSource {
		t.Errorf("the page lacks %s", n)
	}
}

// TestQuickstart_SamplesOfTheSDKs: the examples are those of the SDKs' READMEs, which their tests run, or samples.
func TestQuickstart_SamplesOfTheSDKs(t *testing.T) {
	t.Parallel()
	fence := regexp.MustCompile("(?s)```(\\w+) tab\n(.*?)```")
	languages, inbox := map[string]int{}, snippets.Of("sandbox-messages")
	for _, m := range fence.FindAllStringSubmatch(whole(t).find("/docs").Markdown, -1) {
		languages[m[1]]++
		if m[1] == "curl" || slices.ContainsFunc(inbox, func(s snippets.Snippet) bool { return s.Source+"\n" == m[2] }) {
			continue
		}
		readme, err := os.ReadFile("../../sdk/" + m[1] + "/README.md")
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(readme), "\n"+m[2]+"```") {
			t.Errorf("the README of %s does not have\n%s", m[1], m[2])
		}
	}

	for _, l := range []string{"curl", "python", "node", "php", "ruby", "java", "go"} {
		if languages[l] != 3 {
			t.Errorf("%s has %d samples, want to install, to send and to see", l, languages[l])
		}
	}
}

func TestOrdered_KeepsOrder(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{"z": 1, "a": [true, null, "<b>"], "m": {}}`, `[]`, `"a\u0000b"`, `1.50`, `{"a": {"z": 1, "b": 2}}`,
	} {
		v, err := parse([]byte(text))
		if err != nil || write(v, "") != text {
			t.Errorf("%s became %s (%v)", text, write(v, ""), err)
		}
	}
	for _, text := range []string{``, `{`, `{"a":}`, `[1,]`, `{} {}`, `nul`} {
		if _, err := parse([]byte(text)); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"a": [1, "b"]}`))
	f.Add(api.JSON[:1000])
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := parse(b)
		if err != nil {
			return
		}
		again, err := parse([]byte(write(v, "")))
		if err != nil || write(again, "") != write(v, "") {
			t.Fatalf("%q: %v", b, err)
		}
	})
}

func TestSearch_Finds(t *testing.T) {
	t.Parallel()
	s := whole(t)
	for query, want := range map[string]string{
		"send otp": "/docs/api/otp#send-otp", "missing_scope": "/docs/errors#missing_scope", "quickstart": "/docs",
		"scheduled_at": "/docs/api/messages#send-sms", "message.read": "/docs/webhooks#messageread",
		"/v2/balance": "/docs/api/account#get-balance", "smpp": "/docs/carriers/smpp",
	} {
		found := s.search(query, 5)
		if !slices.ContainsFunc(found, func(e entry) bool { return e.Href == want }) {
			t.Errorf("%s found %v, want %s", query, found, want)
		}
	}
	if found := s.search("zzzz", 5); len(found) != 0 {
		t.Errorf("found %v for nothing", found)
	}
	w := ask(t, New(Config{}), `/docs/search?q=%3Cscript%3Ealert(1)%3C/script%3E`)
	if w.Code != 200 || strings.Contains(w.Body.String(), "<script>") {
		t.Errorf("a search with markup: %d", w.Code)
	}
}

func BenchmarkSearch(b *testing.B) {
	s, err := once()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s.search("send otp", 10)
	}
}
