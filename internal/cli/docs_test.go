package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDocsExport: the samples have the address of --url, or public_url, and no installation is created.
func TestDocsExport(t *testing.T) {
	t.Parallel()
	i := install(t, "public_url = \"https://otp.example.com\"\n")
	for address, args := range map[string][]string{
		"https://otp.example.com": nil, "https://other.example.com": {"--url", "https://other.example.com"},
	} {
		to := filepath.Join(t.TempDir(), "site")
		out := i.ok(append([]string{"docs", "export", to}, args...)...)
		page, err := os.ReadFile(filepath.Join(to, "index.html"))
		if err != nil || !strings.Contains(string(page), address) || !strings.Contains(out, "index.html") {
			t.Errorf("%v: %v, printed %s", args, err, out)
		}
		if code, _, errs := i.run("docs", "export", to); code != 1 || !strings.Contains(errs, "not empty") {
			t.Errorf("into a folder with files: exit %d, %s", code, errs)
		}
	}
	if _, err := os.Stat(filepath.Join(i.folder, "data")); err == nil {
		t.Error("an export created an installation")
	}
}
