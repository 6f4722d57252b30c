package app_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/syssecure/syssecure/internal/app"
	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/install"
)

func configured(t *testing.T) *config.Config {
	t.Helper()
	c, err := app.LoadConfig("", []string{"SYSSECURE_LISTEN=127.0.0.1:0", "SYSSECURE_DATA=" + filepath.Join(t.TempDir(), "data")})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// certificate writes a self-signed pair for loopback.
func certificate(t *testing.T) (certFile, keyFile string, pool *x509.CertPool) {
	t.Helper()
	return certificateOf(t, time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
}

func certificateOf(t *testing.T, from, until time.Time) (certFile, keyFile string, pool *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}

	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: from, NotAfter: until, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}

	private, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}

	folder := t.TempDir()
	certFile, keyFile = filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	pool = x509.NewCertPool()
	pool.AppendCertsFromPEM(certPEM)
	for file, text := range map[string][]byte{certFile: certPEM, keyFile: pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: private})} {
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}

	return certFile, keyFile, pool
}

func TestServesTLSFromFiles(t *testing.T) {
	t.Parallel()
	c := configured(t)
	var pool *x509.CertPool
	c.TLS.CertFile, c.TLS.KeyFile, pool = certificate(t)
	ctx, stop := context.WithCancel(t.Context())
	a, err := app.New(ctx, c, quiet())
	if err != nil {
		t.Fatal(err)
	}

	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}}
	resp, err := client.Get("https://" + a.Addr().String() + "/readyz")
	if err != nil {
		t.Fatal(err)
	}

	resp.Body.Close()
	if resp.StatusCode != http.StatusOK || resp.TLS.Version < tls.VersionTLS12 || resp.ProtoMajor != 2 {
		t.Errorf("status %d, TLS %x, %s", resp.StatusCode, resp.TLS.Version, resp.Proto)
	}

	client.CloseIdleConnections()
	stop()
	if err := <-ended; err != nil {
		t.Errorf("Run = %v", err)
	}
}

// TestDoctorFindsWhatIsWrong provokes every finding.
func TestDoctorFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		harm func(t *testing.T, folder string)
		says string
	}{
		"nothing":              {func(*testing.T, string) {}, ""},
		"folder readable":      {func(t *testing.T, folder string) { chmod(t, folder, 0o755) }, "chmod go-rwx"},
		"database readable":    {func(t *testing.T, folder string) { chmod(t, filepath.Join(folder, install.DatabaseFile), 0o644) }, "chmod go-rwx"},
		"credits from nowhere": {func(t *testing.T, folder string) { sql(t, folder, "UPDATE account SET credits = credits + 1") }, "of table account: its MAC is wrong"},
		"accounts deleted": {
			func(t *testing.T, folder string) { sql(t, folder, "DELETE FROM account") },
			"accounts are gone whose data is still there: acct_",
		},
		"a key alone is left": {
			func(t *testing.T, folder string) { sql(t, folder, "DELETE FROM account; DELETE FROM entry") },
			"(API keys)",
		},
		"an entry lost": {
			func(t *testing.T, folder string) { sql(t, folder, "DELETE FROM entry") },
			"has a balance of 100 credits and 0 held (1 entries), but its entries say 0 credits and 0 held (0 entries). Rows",
		},
		"an entry changed": {func(t *testing.T, folder string) { sql(t, folder, "UPDATE entry SET credits = 99") }, "its entries say 99"},
		"an index that lies": {func(t *testing.T, folder string) {
			sql(t, folder, "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'CREATE INDEX account_sandbox ON account (name) WHERE credits > 0' WHERE name = 'account_sandbox'")
		}, "damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conf := configured(t)
			b := open(t, conf)
			a, err := b.Admin.CreateAccount(t.Context(), "Acme", 100)
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := b.Admin.CreateKey(t.Context(), a.ID, id.Test, nil); err != nil {
				t.Fatal(err)
			}
			if err := b.Close(); err != nil {
				t.Fatal(err)
			}

			c.harm(t, conf.Data)
			b = open(t, conf)
			defer b.Close()
			var found []string
			for _, check := range app.Examine(t.Context(), b) {
				if check.Problem != "" {
					found = append(found, check.Problem)
				}
			}
			if text := strings.Join(found, "\n"); (c.says == "") != (text == "") || !strings.Contains(text, c.says) {
				t.Errorf("doctor says %q, want %q", text, c.says)
			}
		})
	}
}

func open(t *testing.T, c *config.Config) *install.Base {
	t.Helper()
	b, err := install.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func chmod(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func sql(t *testing.T, folder, text string) {
	t.Helper()
	c, err := sqlite.OpenConn(filepath.Join(folder, install.DatabaseFile), sqlite.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}

	defer c.Close()
	if err := sqlitex.ExecuteScript(c, text, nil); err != nil {
		t.Fatal(err)
	}
}
