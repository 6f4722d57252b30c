package examples

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

var built struct {
	once sync.Once
	dir  string
	err  error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if built.dir != "" {
		_ = os.RemoveAll(built.dir)
	}
	os.Exit(code)
}

// clone is a folder as a newcomer has it after make build.
func clone(t *testing.T) string {
	t.Helper()
	built.once.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "examples"); built.err != nil {
			return
		}
		out, err := exec.Command("go", "build", "-o", built.dir+"/syssecure", "../../cmd/syssecure").CombinedOutput()
		if err != nil {
			built.err = fmt.Errorf("%w: %s", err, out)
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}

	folder := t.TempDir()
	for _, dir := range []string{"bin", "examples"} {
		if err := os.Mkdir(filepath.Join(folder, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Link(built.dir+"/syssecure", folder+"/bin/syssecure"); err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile(filepath.Join(root, "examples", "quickstart.sh"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(folder+"/examples/quickstart.sh", script, 0o755); err != nil {
		t.Fatal(err)
	}
	return folder
}

// stranger is a server that somebody else runs, such as a demo: it is ready, and knows none of our keys.
func stranger(t *testing.T) (port string) {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/readyz" {
			http.Error(w, `{"code":"unauthorized"}`, http.StatusUnauthorized)
		}
	}))
	t.Cleanup(s.Close)
	_, port, _ = net.SplitHostPort(s.Listener.Addr().String())
	return port
}

func run(t *testing.T, folder, script string, env ...string) (text string, err error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program(t, "bash"), "-c", script)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// TestQuickstart_Script: it works beside other servers, in a folder and an environment of a real installation, and
// leaves nothing behind.
func TestQuickstart_Script(t *testing.T) {
	t.Parallel()
	program(t, "curl")
	folder := clone(t)
	if err := os.WriteFile(folder+"/syssecure.toml", []byte("data = \"./real\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := run(t, folder, "examples/quickstart.sh", "SYSSECURE_LISTEN=127.0.0.1:"+stranger(t),
		"SYSSECURE_DATA="+folder+"/real")
	if err != nil || !strings.Contains(text, `"valid":true`) {
		t.Errorf("%v\n%s", err, text)
	}
	if _, err := os.Stat(folder + "/real"); err == nil {
		t.Error("it worked on the installation that was there")
	}

	if err := os.Remove(folder + "/bin/syssecure"); err != nil {
		t.Fatal(err)
	}
	if text, err := run(t, folder, "examples/quickstart.sh"); err == nil || !strings.Contains(text, "make build") {
		t.Errorf("without the program: %v\n%s", err, text)
	}
}

var quickstart = regexp.MustCompile("(?s)## Quickstart.*?```sh\nmake build\n(.*?)```")

// TestQuickstart_Readme runs the lines of README.md, on a free port and on one that another server has.
func TestQuickstart_Readme(t *testing.T) {
	t.Parallel()
	program(t, "curl")
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	lines := quickstart.FindStringSubmatch(string(readme))
	if lines == nil || !strings.Contains(lines[1], "127.0.0.1:8180") {
		t.Fatal("README.md has no quickstart on port 8180")
	}

	on := func(port string) (string, error) {
		return run(t, clone(t), strings.ReplaceAll(lines[1], "127.0.0.1:8180", "127.0.0.1:"+port))
	}
	if text, err := on(freePort(t)); err != nil || !strings.Contains(text, `"valid":true`) {
		t.Errorf("on a free port: %v\n%s", err, text)
	}
	if text, _ := on(stranger(t)); strings.Contains(text, `"valid":true`) || !strings.Contains(text, "is in use") {
		t.Errorf("on a port that is taken, it must say so:\n%s", text)
	}
}
