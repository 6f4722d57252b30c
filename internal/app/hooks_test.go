package app

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/egress"
	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/store/postgres"
	"github.com/syssecure/syssecure/internal/store/postgres/pgtest"
)

// pooler passes connections on to a Unix socket, and gives its port.
func pooler(t *testing.T, socket string) (port string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}

	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}

			far, err := net.Dial("unix", socket)
			if err != nil {
				_ = near.Close()
				continue
			}
			go func() { _, _ = io.Copy(far, near); _ = far.Close() }()
			go func() { _, _ = io.Copy(near, far); _ = near.Close() }()
		}
	}()
	_, port, _ = net.SplitHostPort(l.Addr().String())

	return port
}

// TestWebhooks_DatabaseIsNeverReached: where every range is allowed, the database's sockets still are not, however they
// are written, and though the configuration knows of a Unix socket or of a pooler only.
func TestWebhooks_DatabaseIsNeverReached(t *testing.T) {
	t.Parallel()
	cluster := pgtest.Start(t)
	port := pooler(t, cluster.Socket())
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}

	closed := free.Addr().String()
	_ = free.Close()

	here := []string{
		"127.0.0.1:%s", "127.0.0.9:%s", "localhost:%s", "2130706433:%s", "0x7f.1:%s", "[::1]:%s",
		"[::ffff:127.0.0.1]:%s",
		"[::ffff:7f00:1]:%s", "[64:ff9b::7f00:1]:%s", "[0:0:0:0:0:ffff:127.0.0.1]:%s",
	}

	for name, c := range map[string]struct {
		url   string
		ports []string
	}{
		"by its Unix socket": {url: cluster.URL(), ports: []string{"5432"}},
		"through a pooler": {
			url:   "postgres://postgres@127.0.0.1:" + port + "/postgres?sslmode=disable",
			ports: []string{port, "5432"},
		},
		"by name": {
			url:   "postgres://postgres@localhost:" + port + "/postgres?sslmode=disable",
			ports: []string{port, "5432"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := postgres.Open(t.Context(), c.url, install.NewCodec(slog.Default()))
			if err != nil {
				t.Fatal(err)
			}

			defer d.Close()
			everything := []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}
			p := newWebhookClient(&config.Config{Webhooks: config.Webhooks{AllowCIDRs: everything}}, d)
			for _, number := range c.ports {
				for _, spelling := range here {
					at := fmt.Sprintf(spelling, number)
					answer := p.Post(t.Context(), egress.Request{URL: "http://" + at})
					odd := strings.HasPrefix(at, "2130") || strings.HasPrefix(at, "0x") // no resolver has to know these
					if answer.Error != egress.NotAllowed && (!odd || answer.Error != egress.DNSFailed) {
						t.Errorf("%s: %+v, want it refused", at, answer)
					}
				}
			}
			if answer := p.Post(t.Context(), egress.Request{URL: "http://" + closed}); answer.Error != egress.ConnectionFailed {
				t.Errorf("another port: %+v, want it dialled", answer)
			}
		})
	}
}
