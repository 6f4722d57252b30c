package carriertest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"testing"
	"time"
)

// Certificate is what is wrong with one.
type Certificate string

// The wrong certificates.
const (
	SelfSigned Certificate = "a certificate of an unknown authority"
	Expired    Certificate = "an expired certificate"
	OtherHost  Certificate = "a certificate of another host"
)

// Named is what the operator reads.
func (c Certificate) Named() string {
	return map[Certificate]string{
		SelfSigned: "was issued by an authority that this machine does not know",
		Expired:    "is outside its validity",
		OtherHost:  "is not for 127.0.0.1",
	}[c]
}

// Make makes one.
func (c Certificate) Make(t testing.TB) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}

	now := time.Now()
	is := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: now.Add(-48 * time.Hour),
		NotAfter: now.Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	switch c {
	case Expired:
		is.NotAfter = now.Add(-24 * time.Hour)
	case OtherHost:
		is.IPAddresses, is.DNSNames = nil, []string{"other.example"}
	}
	der, err := x509.CreateCertificate(rand.Reader, is, is, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}

	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// ListenTLS accepts TLS connections with the certificate, at the address that it returns, and ends each after its
// handshake.
func ListenTLS(t testing.TB, c Certificate) (addr string) {
	t.Helper()
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{c.Make(t)}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				_ = conn.(*tls.Conn).HandshakeContext(t.Context())
				_ = conn.Close()
			}()
		}
	}()

	return listener.Addr().String()
}
