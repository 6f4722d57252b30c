package examples

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var unit = regexp.MustCompile("(?s)```ini\n(.*?)```")

// TestUnit: systemd accepts the unit of the operator's guide, which can listen on 443, reload and be enabled.
func TestUnit(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile(filepath.Join(root, "docs", "operator.md"))
	if err != nil {
		t.Fatal(err)
	}

	found := unit.FindStringSubmatch(string(guide))
	if found == nil {
		t.Fatal("docs/operator.md has no unit")
	}

	lines := strings.Split(found[1], "\n")
	for _, want := range []string{
		"AmbientCapabilities=CAP_NET_BIND_SERVICE", "ExecReload=/bin/kill -HUP $MAINPID", "[Install]",
		"WantedBy=multi-user.target",
		"NoNewPrivileges=true", "ProtectSystem=strict", "StateDirectoryMode=0700",
	} {
		if !slices.Contains(lines, want) {
			t.Errorf("the unit lacks %s", want)
		}
	}

	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is missing; the lines were checked")
	}

	// Verify checks that the program and its user exist.
	text := strings.ReplaceAll(found[1], "/usr/local/bin/syssecure", "/bin/true")
	text = strings.ReplaceAll(text, "User=syssecure", "User=nobody")
	file := filepath.Join(t.TempDir(), "syssecure.service")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}

	cmd := exec.CommandContext(t.Context(), analyze, "verify", file)
	cmd.Env = append(os.Environ(), "SYSTEMD_LOG_LEVEL=warning")
	out, err := cmd.CombinedOutput()
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "syssecure.service") {
			t.Errorf("systemd says %s", line)
		}
	}
	if err != nil && len(out) == 0 {
		t.Errorf("systemd-analyze verify: %v", err)
	}
}
