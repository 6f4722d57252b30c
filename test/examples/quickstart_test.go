package examples

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
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

// clone is a fresh clone of the repository after make build.
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

// stranger is another server on the machine: it is ready, but does not know our keys.
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

// command is a bash script in its own process group, which ends with the test. Wait returns when no process holds the
// script's output any more.
func command(t *testing.T, folder, script string, env ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program(t, "bash"), "-c", script)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Minute

	return cmd
}

func run(t *testing.T, folder, script string, env ...string) (text string, err error) {
	t.Helper()
	cmd := command(t, folder, script, env...)
	out, err := cmd.CombinedOutput()
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // what it left running
	}
	return string(out), err
}

var listens = regexp.MustCompile(`The server listens on http://(\S+)\.\n`)

// gone checks that the server that the script named, and its files, are gone.
func gone(t *testing.T, text, temp string) {
	t.Helper()
	at := listens.FindStringSubmatch(text)
	if at == nil {
		t.Fatalf("the script names no address:\n%s", text)
	}

	if conn, err := net.Dial("tcp", at[1]); err == nil {
		_ = conn.Close()
		t.Errorf("the server on %s still runs", at[1])
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("left in the folder for temporary files: %v, %v", left, err)
	}
}

// TestQuickstart_Script: it works next to other servers and to a real installation, and leaves nothing behind.
func TestQuickstart_Script(t *testing.T) {
	t.Parallel()
	program(t, "curl")
	folder, temp := clone(t), t.TempDir()
	if err := os.WriteFile(folder+"/syssecure.toml", []byte("data = \"./real\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}

	text, err := run(t, folder, "exec examples/quickstart.sh", "SYSSECURE_LISTEN=127.0.0.1:"+stranger(t),
		"SYSSECURE_DATA="+folder+"/real", "TMPDIR="+temp)
	if err != nil || !strings.Contains(text, `"valid":true`) {
		t.Errorf("%v\n%s", err, text)
	}

	gone(t, text, temp)
	if _, err := os.Stat(folder + "/real"); err == nil {
		t.Error("it used the existing installation")
	}

	if err := os.Remove(folder + "/bin/syssecure"); err != nil {
		t.Fatal(err)
	}
	if text, err := run(t, folder, "examples/quickstart.sh"); err == nil || !strings.Contains(text, "make build") {
		t.Errorf("without the program: %v\n%s", err, text)
	}
}

// TestQuickstart_ScriptKilled: the server and its folder are gone however the script ends, also when it cannot clean
// up.
func TestQuickstart_ScriptKilled(t *testing.T) {
	t.Parallel()
	program(t, "curl")
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGINT, syscall.SIGKILL} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			temp := t.TempDir()
			cmd := command(t, clone(t), "exec examples/quickstart.sh", "TMPDIR="+temp)
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}

			t.Cleanup(func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })

			// Read to its end, which comes when the last process that the script started is gone.
			lines := bufio.NewReader(out)
			first, err := lines.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			if err := syscall.Kill(cmd.Process.Pid, signal); err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, lines); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait() // it was killed
			gone(t, first, temp)
		})
	}
}

// silent is a program that accepts connections on a port and sends nothing.
func silent(t *testing.T) (port string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	_, port, _ = net.SplitHostPort(l.Addr().String())

	return port
}

var quickstart = regexp.MustCompile("(?s)## Quickstart.*?```sh\nmake build\n(.*?)```")

// TestQuickstart_Readme runs the commands of README.md, on a free port and on ports in use.
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

	for _, port := range []string{stranger(t), silent(t)} {
		text, _ := on(port)
		if strings.Contains(text, `"valid":true`) || !strings.Contains(text, "is in use") ||
			!strings.Contains(text, "the server is not ready") {
			t.Errorf("on a port in use, it must say so:\n%s", text)
		}
	}
}
