package harness

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
	"sync"
	"time"
)

// authority signs the certificate of the scripted server. It is made when a case needs it, and trusted by nobody else.
type authority struct {
	folder string
	once   sync.Once
	leaf   tls.Certificate
	err    error
}

// file is where the authority's own certificate lies.
func (a *authority) file() string { return filepath.Join(a.folder, "ca.pem") }

func (a *authority) certificate() (tls.Certificate, error) {
	a.once.Do(func() { a.leaf, a.err = a.make() })
	return a.leaf, a.err
}

func (a *authority) make() (tls.Certificate, error) {
	parent := template(1, "SysSecure conformance authority")
	parent.IsCA, parent.KeyUsage = true, x509.KeyUsageCertSign
	parentKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}

	parentDER, err := x509.CreateCertificate(rand.Reader, parent, parent, &parentKey.PublicKey, parentKey)
	if err != nil {
		return tls.Certificate{}, err
	}
	encoded := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: parentDER})
	if err := os.WriteFile(a.file(), encoded, 0o600); err != nil {
		return tls.Certificate{}, err
	}

	leaf := template(2, "127.0.0.1")
	leaf.KeyUsage, leaf.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	leaf.IPAddresses, leaf.DNSNames = []net.IP{net.IPv4(127, 0, 0, 1)}, []string{"localhost"}
	leafKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}

	leafDER, err := x509.CreateCertificate(rand.Reader, leaf, parent, &leafKey.PublicKey, parentKey)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{leafDER}, PrivateKey: leafKey}, nil
}

func template(serial int64, name string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name}, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
}
