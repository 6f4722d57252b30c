package egress

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

const inNamespace = "EGRESS_TEST_IN_NAMESPACE"

// TestMetadata_InNamespace runs itself in a network namespace where the metadata addresses exist and answer, and
// everything is allowed: still no connection is made, in no spelling and by no redirect.
func TestMetadata_InNamespace(t *testing.T) {
	if os.Getenv(inNamespace) != "" {
		t.Skip("the other side of this test is TestMetadata_Inside")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("ip is missing (apt-get install iproute2)")
	}

	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestMetadata_Inside$", "-test.v")
	cmd.Env = append(os.Environ(), inNamespace+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}

	out, err := cmd.CombinedOutput()
	switch {
	case strings.Contains(string(out), "--- PASS: TestMetadata_Inside"):
	case len(out) == 0 && err != nil || strings.Contains(string(out), "no namespace:"):
		t.Skipf("this machine makes no network namespaces: %v %s", err, out)
	default:
		t.Errorf("%v\n%s", err, out)
	}
}

func TestMetadata_Inside(t *testing.T) {
	if os.Getenv(inNamespace) == "" {
		t.Skip("run by TestMetadata_InNamespace")
	}
	ip := func(args ...string) {
		if out, err := exec.CommandContext(t.Context(), "ip", args...).CombinedOutput(); err != nil {
			t.Fatalf("no namespace: ip %v: %v %s", args, err, out)
		}
	}

	ip("link", "set", "lo", "up")
	connections := new(atomic.Int32)
	for _, a := range metadata {
		if a.Is4() {
			ip("addr", "add", a.String()+"/32", "dev", "lo")
		} else {
			ip("-6", "addr", "add", a.String()+"/128", "dev", "lo", "nodad")
		}
		if countingListener(t, net.JoinHostPort(a.String(), "80"), connections) == "" && a.Is4() {
			t.Fatalf("no namespace: cannot listen on %s", a)
		}
	}

	// Without the guard they can be reached.
	conn, err := net.DialTimeout("tcp", "169.254.169.254:80", time.Second)
	if err != nil {
		t.Fatalf("no namespace: %v", err)
	}

	_ = conn.Close()
	for deadline := time.Now().Add(5 * time.Second); connections.Load() == 0 &&
		time.Now().Before(deadline); time.Sleep(time.Millisecond) {
	}
	connections.Store(0)
	p := NewClient(Options{Allow: everything, Timeout: 5 * time.Second, Resolver: &net.Resolver{PreferGo: true}})
	tried := 0
	for _, host := range spellings() {
		tried++
		if r := p.Post(t.Context(), Request{URL: "http://" + host + "/latest/meta-data"}); r.Status != 0 {
			t.Errorf("%s answered %d", host, r.Status)
		}
	}

	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}

	server := &http.Server{
		ReadHeaderTimeout: time.Second,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var status int
			_, _ = fmt.Sscanf(r.URL.Path, "/%d", &status)
			w.Header().Set("Location", "http://169.254.169.254/latest/meta-data")
			w.WriteHeader(status)
		}),
	}

	go func() { _ = server.Serve(l) }()
	defer server.Close()
	for status := 301; status <= 308; status++ {
		if r := p.Post(t.Context(), Request{URL: fmt.Sprintf("http://%s/%d", l.Addr(), status)}); r.Status != status {
			t.Errorf("%d: %+v", status, r)
		}
	}

	for _, a := range metadata {
		if p.guard.check(netip.AddrPortFrom(a, 80), false) == nil {
			t.Errorf("%s is allowed", a)
		}
	}
	if n := connections.Load(); n != 0 || tried < 300 {
		t.Errorf("%d connections in %d tries", n, tried)
	}
}
