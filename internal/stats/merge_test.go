package stats_test

import (
	"fmt"
	"testing"

	"github.com/syssecure/syssecure/internal/stats"
)

// TestMerge_Bound merges cells of two prefixes with different templates: where they become one, it counts no more
// templates by id than a cell may, and loses no message.
func TestMerge_Bound(t *testing.T) {
	t.Parallel()
	lines := func(from, to int) (out []stats.Line) {
		for n := from; n < to; n++ {
			c := stats.Cell{Kind: stats.OTPs, Country: "BE", Prefix: fmt.Sprint("+32", 4+n%2)}
			c.Template = fmt.Sprint("tmpl_", n)
			out = append(out, stats.Line{Cell: c, Counts: stats.Counts{Sent: 1}})
		}
		return out
	}
	others := stats.Line{Cell: stats.Cell{Template: stats.OtherTemplates}, Counts: stats.Counts{Sent: 7}}
	const most = stats.MaxTemplates
	for name, c := range map[string]struct {
		prefixes bool
		merged   [][]stats.Line
		lines    int
		other    int64
	}{
		"each in its prefix": {prefixes: true, merged: [][]stats.Line{lines(0, 2*most)}, lines: 2 * most},
		"too many for a prefix": {
			prefixes: true, merged: [][]stats.Line{lines(0, 2*most+4)}, lines: 2*most + 2, other: 4,
		},
		"of all prefixes":  {merged: [][]stats.Line{lines(0, 2*most)}, lines: most + 1, other: most},
		"in two rounds":    {merged: [][]stats.Line{lines(0, most), lines(0, most+3)}, lines: most + 1, other: 3},
		"others of a cell": {merged: [][]stats.Line{{others}}, lines: 1, other: 7},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var day []stats.Line
			var want int64
			for _, list := range c.merged {
				for _, l := range list {
					want += l.Sent
				}
				day = stats.Merge(day, list, c.prefixes)
			}

			var sent, other int64
			for _, l := range day {
				if sent += l.Sent; l.Template == stats.OtherTemplates {
					other += l.Sent
				}
			}
			if len(day) != c.lines || other != c.other || sent != want {
				t.Errorf("%d lines, %d of others, %d in all; want %d, %d, %d", len(day), other, sent, c.lines, c.other,
					want)
			}
		})
	}
}
