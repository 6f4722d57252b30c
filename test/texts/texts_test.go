// Package texts gathers the texts of the dashboard into the file that translators begin with, and checks the languages
// against it.
package texts

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/leonelquinteros/gotext"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/test/generated"
)

var update = flag.Bool("update", false, "rewrite the file of all texts")

const (
	root   = "../../"
	folder = root + "internal/dashboard/texts/"
)

// header begins the file, as gettext wants it.
const header = `# Texts of the dashboard of SysSecure. "make texts" writes this file from the code.
msgid ""
msgstr ""
"Project-Id-Version: SysSecure\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"
`

// verb is a placeholder of package fmt: its argument, when it is named, and its kind.
var verb = regexp.MustCompile(`%([-+# 0]*)(?:\[(\d+)\])?(?:\d+)?(?:\.\d+)?([a-zA-Z%])`)

// write writes the file: sorted, without the numbers of lines, so that two branches change the same place only when they
// change the same text.
func write(all gathered) string {
	var out strings.Builder
	out.WriteString(header)
	for _, english := range slices.Sorted(maps.Keys(all)) {
		e := all[english]
		out.WriteString("\n")
		for _, file := range slices.Sorted(maps.Keys(e.files)) {
			out.WriteString("#: " + file + "\n")
		}
		if len(verbs(english)) > 0 {
			out.WriteString("#, go-format\n")
		}
		out.WriteString("msgid " + strconv.Quote(english) + "\n")
		if e.many == "" {
			out.WriteString("msgstr \"\"\n")
			continue
		}
		out.WriteString("msgid_plural " + strconv.Quote(e.many) + "\nmsgstr[0] \"\"\nmsgstr[1] \"\"\n")
	}

	return out.String()
}

// verbs are the placeholders of a text: which argument is written, and how.
func verbs(text string) (out []string) {
	next := 1
	for _, m := range verb.FindAllStringSubmatch(text, -1) {
		if m[3] == "%" {
			continue
		}
		if m[2] != "" {
			next, _ = strconv.Atoi(m[2])
		}
		out = append(out, fmt.Sprintf("%d%s", next, m[3]))
		next++
	}
	slices.Sort(out)

	return out
}

// TestTexts_AsInTheTree compares the file with the code.
func TestTexts_AsInTheTree(t *testing.T) {
	t.Parallel()
	all := gather(t)
	if len(all) < 700 {
		t.Errorf("only %d texts were found", len(all))
	}
	generated.Hold(t, map[string]string{folder + "dashboard.pot": write(all)}, *update, "make texts")
}

// TestLanguages checks every language of the program.
func TestLanguages(t *testing.T) {
	t.Parallel()
	all := gather(t)
	files, err := filepath.Glob(folder + "languages/*.po")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, problem := range problems(all, content) {
			t.Errorf("%s: %s", filepath.Base(file), problem)
		}
	}
}

// problems are what is wrong with a language: a placeholder that the English text has not, or that is missing.
func problems(all gathered, po []byte) (out []string) {
	read := gotext.NewPo()
	read.Parse(po)
	for _, tr := range read.GetDomain().GetTranslations() {
		e, known := all[tr.ID]
		if tr.ID == "" {
			continue
		}
		if !known || e.many != tr.PluralID {
			out = append(out, fmt.Sprintf("%q is no text any more", tr.ID))
			continue
		}
		for _, text := range tr.Trs {
			if text != "" && !slices.Equal(verbs(text), verbs(tr.ID)) {
				out = append(out, fmt.Sprintf("%q has other placeholders than %q", text, tr.ID))
			}
			at := time.Date(2026, 12, 31, 23, 58, 59, 0, time.UTC)
			if back, err := time.Parse(text, at.Format(text)); tr.ID == screen.WhenLayout && text != "" &&
				(err != nil || !back.Equal(at)) {
				out = append(out, fmt.Sprintf("%q does not write a whole time", text))
			}
		}
	}
	slices.Sort(out)

	return out
}

// TestProblems: what is wrong with a language is found before it runs.
func TestProblems(t *testing.T) {
	t.Parallel()
	all := gathered{
		"%s of %d": {}, "%d key": {many: "%d keys"}, "Save": {}, "%+.0f %% more": {}, screen.WhenLayout: {},
	}
	for name, c := range map[string]struct{ po, want string }{
		"right":                {`msgid "%s of %d"` + "\n" + `msgstr "%s von %d"`, ""},
		"another order":        {`msgid "%s of %d"` + "\n" + `msgstr "%[2]d, davon %[1]s"`, ""},
		"swapped":              {`msgid "%s of %d"` + "\n" + `msgstr "%d von %s"`, "placeholders"},
		"missing":              {`msgid "%s of %d"` + "\n" + `msgstr "%s"`, "placeholders"},
		"one too many":         {`msgid "Save"` + "\n" + `msgstr "%s sichern"`, "placeholders"},
		"a percent sign":       {`msgid "%+.0f %% more"` + "\n" + `msgstr "%+.0f %% mehr"`, ""},
		"not translated":       {`msgid "Save"` + "\n" + `msgstr ""`, ""},
		"no such text":         {`msgid "Store"` + "\n" + `msgstr "Sichern"`, "no text any more"},
		"a plural":             {"msgid \"%d key\"\nmsgid_plural \"%d keys\"\nmsgstr[0] \"%d\"\nmsgstr[1] \"x\"", "placeholders"},
		"a layout":             {`msgid "2 Jan 2006 15:04:05 MST"` + "\n" + `msgstr "02.01.2006 15:04:05 MST"`, ""},
		"a layout of no month": {`msgid "2 Jan 2006 15:04:05 MST"` + "\n" + `msgstr "2. Jänner 2006 15:04:05 MST"`, "whole time"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := strings.Join(problems(all, []byte(c.po)), "; ")
			if c.want == "" && got != "" || !strings.Contains(got, c.want) {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}

// file is a file system with one language.
func file(name, content string) fstest.MapFS {
	return fstest.MapFS{"languages/" + name: {Data: []byte(content)}}
}

// sentence is a text of a script with a space in it, and what stands before it.
var sentence = regexp.MustCompile("(.{0,3})['`]([A-Z][a-z]+[ :][^'`]*)['`]")

// TestScripts_Marked: scripts say nothing that is not marked.
func TestScripts_Marked(t *testing.T) {
	t.Parallel()
	for _, script := range []string{"dash.js", "live.js", "screen.js", "fragment.js"} {
		content, err := os.ReadFile(root + "internal/web/static/" + script)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range sentence.FindAllStringSubmatch(string(content), -1) {
			if !strings.HasSuffix(m[1], "t(") && m[2] != "Ctrl K" {
				t.Errorf("%s: %q is not marked", script, m[2])
			}
		}
	}
}
