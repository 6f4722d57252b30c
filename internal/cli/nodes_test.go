package cli_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/store/postgres/pgtest"
)

func TestNodes(t *testing.T) {
	t.Parallel()
	i := install(t, fmt.Sprintf("database = %q\n", pgtest.URL(t)))
	i.ok("migrate")
	if out := i.ok("nodes"); !strings.Contains(out, "No server is running") {
		t.Errorf("before the first start: %q", out)
	}

	_, stop := i.serve(t)
	if out := i.ok("nodes"); !strings.Contains(out, "alive") || !strings.Contains(out, i.folder) || strings.Count(out,
		"\n") != 2 {
		t.Errorf("while a server runs: %q", out)
	}

	var list []struct {
		ID    int64
		State string
	}
	if i.json(&list, "nodes", "--json"); len(list) != 1 || list[0].ID != 1 || list[0].State != "alive" {
		t.Errorf("%+v", list)
	}

	stop()
	if out := i.ok("nodes", "--all"); !strings.Contains(out, "ended") {
		t.Errorf("after it has ended: %q", out)
	}

	alone := install(t, "")
	alone.ok("migrate")
	if code, _, errs := alone.run("nodes"); code != 1 || !strings.Contains(errs, "move to PostgreSQL") {
		t.Errorf("on the embedded database: %d %q", code, errs)
	}
}
