package ops_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/syssecure/syssecure/internal/app/apptest"
	"github.com/syssecure/syssecure/internal/ops"
)

// TestProgress_Phases checks that long commands report what they do before there is anything to count, and that each
// count ends at its total.
func TestProgress_Phases(t *testing.T) {
	t.Parallel()
	for _, kinds := range [][2]string{{"sqlite", "postgres"}, {"postgres", "sqlite"}} {
		t.Run(kinds[0]+" to "+kinds[1], func(t *testing.T) {
			s := newSite(t)
			from := s.config(kinds[0], "")
			to := s.on(from, kinds[1])
			fill(t, from, 1500)
			p := phases{}
			if _, err := (ops.Move{From: from, To: to, Progress: p.update}).Run(t.Context()); err != nil {
				t.Fatal(err)
			}

			p.want(t, "opening the database", "making the tables", "counting the rows", "finishing",
				"counting the rows", "comparing", "adding up the ledgers")

			b := apptest.Open(t, to)
			p = phases{}
			if err := ops.Backup(t.Context(), b, filepath.Join(t.TempDir(), "copy"), p.update); err != nil {
				t.Error(err)
			}
			if err := b.Close(); err != nil {
				t.Error(err)
			}

			want := []string{"copying"}
			if kinds[1] == "postgres" {
				want = []string{"making the tables", "counting the rows", "copying"}
			}
			p.want(t, want...)
		})
	}
}

// phases are those that were reported, with the last progress of each.
type phases struct {
	names []string
	last  []ops.Progress
}

func (p *phases) update(s ops.Progress) {
	if n := len(p.names); n > 0 && p.names[n-1] == s.Phase {
		p.last[n-1] = s
		return
	}
	p.names, p.last = append(p.names, s.Phase), append(p.last, s)
}

func (p *phases) want(t *testing.T, names ...string) {
	t.Helper()
	if !slices.Equal(p.names, names) {
		t.Errorf("reported %q, want %q", p.names, names)
	}

	for _, s := range p.last {
		if s.Done != s.Of || s.Unit != "" && s.Done == 0 {
			t.Errorf("%s ends with %d of %d %s", s.Phase, s.Done, s.Of, s.Unit)
		}
	}
}
