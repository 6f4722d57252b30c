// Package apptest makes installations for the tests of the program's outer layers: configurations with folders, opened
// installations, and certificates.
package apptest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/syssecure/syssecure/internal/app"
	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/install"
)

// Config is a configuration with the settings of env, and with a data folder that does not exist yet.
func Config(t testing.TB, env ...string) *config.Config {
	t.Helper()
	env = append(env, "SYSSECURE_LISTEN=127.0.0.1:0", "SYSSECURE_DATA="+filepath.Join(t.TempDir(), "data"))
	c, err := app.LoadConfig("", env)
	if err != nil {
		t.Fatal(err)
	}

	return c
}

// OnPostgres is Config with a PostgreSQL database.
func OnPostgres(t *testing.T, url string) *config.Config {
	t.Helper()
	return Config(t, "SYSSECURE_DATABASE="+url)
}

// Open opens the installation, or creates it.
func Open(t *testing.T, c *config.Config) *install.Base {
	t.Helper()
	b, err := install.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// SQL changes the embedded database in a folder without SysSecure.
func SQL(t *testing.T, folder, text string) {
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

// Certificate writes a self-signed certificate for loopback that is valid now, and its key.
func Certificate(t *testing.T) (certFile, keyFile string, pool *x509.CertPool) {
	t.Helper()
	return CertificateOf(t, time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
}

// CertificateOf is Certificate with another time of validity.
func CertificateOf(t *testing.T, from, until time.Time) (certFile, keyFile string, pool *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}

	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: from, NotAfter: until,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
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
	for file, text := range map[string][]byte{
		certFile: certPEM,
		keyFile:  pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: private}),
	} {
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}

	return certFile, keyFile, pool
}

// Log collects a log that can be read while it is written.
type Log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements io.Writer.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// String is what was written so far.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
