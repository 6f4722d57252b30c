package stats_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/stats"
)

// of makes a split of one line with n codes of a template.
func of(template string, n int64) stats.Split {
	l := counted("BE", time.Second)
	l.Template, l.Codes = template, n
	return stats.Split{Line: l}
}

// TestSplit_Bound: however many templates a cell gets, and in which order, it counts some by id and loses no code.
func TestSplit_Bound(t *testing.T) {
	t.Parallel()
	ids := func(from, to int) (out []string) {
		for n := from; n < to; n++ {
			out = append(out, fmt.Sprint("tmpl_", n))
		}
		return out
	}
	const most = stats.MaxTemplates
	for name, c := range map[string]struct {
		templates      []string
		want           int
		other, builtIn int64
	}{
		"the built-in text":         {templates: []string{"", ""}, want: 1, builtIn: 2},
		"a template":                {templates: []string{"tmpl_1", "tmpl_1"}, want: 1},
		"a template, then the text": {templates: []string{"tmpl_1", ""}, want: 2, builtIn: 1},
		"as many as there may be":   {templates: ids(0, most), want: most},
		"and the text":              {templates: append(ids(0, most), ""), want: most + 1, builtIn: 1},
		"the text, then all":        {templates: append([]string{""}, ids(0, most)...), want: most + 1, builtIn: 1},
		"one too many":              {templates: ids(0, most+1), want: most + 1, other: 1},
		"very many, twice": {
			templates: append(ids(0, 500), ids(0, 500)...), want: most + 1, other: 2 * (500 - most),
		},
		"very many, then the text": {
			templates: append(ids(0, 500), ""), want: most + 2, other: 500 - most, builtIn: 1,
		},
		"the last ones first": {
			templates: append(ids(400, 500), ids(0, 500)...), want: most + 1, other: 600 - 2*most,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sum, grown := of(c.templates[0], 1), of(c.templates[0], 1)
			for _, template := range c.templates[1:] {
				before := slices.Clone(sum.Lines())
				next := sum.Plus(of(template, 1))
				if !reflect.DeepEqual(sum.Lines(), before) {
					t.Fatal("adding up changed what was added")
				}
				sum = next
				grown.Add(of(template, 1))
			}

			var all, other, builtIn int64
			for _, l := range sum.Lines() {
				all += l.Codes
				switch l.Template {
				case stats.OtherTemplates:
					other += l.Codes
				case "":
					builtIn += l.Codes
				}
			}
			n := len(sum.Lines())
			if n != c.want || other != c.other || builtIn != c.builtIn || all != int64(len(c.templates)) {
				t.Errorf("%d lines, %d of others, %d built in, %d in all", n, other, builtIn, all)
			}
			if !reflect.DeepEqual(grown, sum) {
				t.Error("what grew in place differs")
			}
		})
	}
}

// TestSplit_Both adds splits of several templates, as the sums of a group are added to a row.
func TestSplit_Both(t *testing.T) {
	t.Parallel()
	a := of("tmpl_1", 1).Plus(of("", 2))
	b := of("", 10).Plus(of("tmpl_2", 20)).Plus(of("tmpl_1", 40))
	got := map[string]int64{}
	for _, l := range a.Plus(b).Lines() {
		got[l.Template] += l.Codes
	}
	if want := map[string]int64{"": 12, "tmpl_1": 41, "tmpl_2": 20}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestVerified_Template: a code counts for its template.
func TestVerified_Template(t *testing.T) {
	t.Parallel()
	m := twoSteps()
	m.Template = id.Template{1}
	if l := stats.Verified(m, time.Second); l.Template != m.Template.String() {
		t.Errorf("counts for %q", l.Template)
	}
}
