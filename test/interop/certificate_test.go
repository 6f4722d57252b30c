//go:build interop

package interop

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// certificateFile holds a key and a certificate for 127.0.0.1 and phoneIP, which this process trusts. trunks speak TLS with
// it; otherFile is the same for another host.
var certificateFile, otherFile string

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "interop")
	if err != nil {
		panic(err)
	}
	certificateFile = makeCertificate(folder, "trunk.pem", net.IPv4(127, 0, 0, 1), net.ParseIP(phoneIP))
	otherFile = makeCertificate(folder, "other.pem", net.IPv4(127, 0, 0, 2))
	// Go reads the roots once, at the first certificate that it checks.
	if err := os.Setenv("SSL_CERT_FILE", certificateFile); err != nil {
		panic(err)
	}

	code := m.Run()
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

// makeCertificate writes a key and a certificate that it signed itself.
func makeCertificate(folder, name string, hosts ...net.IP) (file string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "trunk"}, IPAddresses: hosts, IsCA: true,
		BasicConstraintsValid: true, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		panic(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		panic(err)
	}

	text := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})
	text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate})...)
	file = filepath.Join(folder, name)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		panic(err)
	}

	return file
}

// tlsListener listens on loopback with the key and certificate of a file.
func tlsListener(t *testing.T, file string) net.Listener {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(file, file)
	if err != nil {
		t.Fatal(err)
	}
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })

	return l
}
