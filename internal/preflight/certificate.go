package preflight

import (
	"crypto/tls"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/syssecure/syssecure/internal/config"
)

// certificateError is about the file of a key of [tls].
type certificateError struct {
	key string // such as "tls.cert_file"
	err error
}

func (c *certificateError) Error() string { return c.key + ": " + c.err.Error() }
func (c *certificateError) Unwrap() error { return c.err }

// certificatePath is the key of the configuration that an error of ReadCertificate is about.
func certificatePath(err error) string {
	var c *certificateError
	if errors.As(err, &c) {
		return c.key
	}
	return "tls"
}

// ReadCertificate reads the pair of files. The error names the file and the fix.
func ReadCertificate(t config.TLS) (*tls.Certificate, error) {
	certificate, err := readRegular(t.CertFile)
	if err != nil {
		return nil, &certificateError{"tls.cert_file", fmt.Errorf("the certificate cannot be read: %w", err)}
	}

	key, err := readRegular(t.KeyFile)
	if err != nil {
		return nil, &certificateError{"tls.key_file", fmt.Errorf("the key cannot be read: %w", err)}
	}
	if encrypted(key) {
		return nil, &certificateError{"tls.key_file", fmt.Errorf("the key in %s is encrypted with a passphrase, and "+
			"a server that starts by itself cannot ask for it: write it unencrypted with openssl pkey -in %[1]s -out "+
			"FILE, and keep that file readable by the server's user alone", t.KeyFile)}
	}

	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		return nil, &certificateError{"tls.cert_file", fmt.Errorf("%s and %s must be a certificate in PEM form with "+
			"its chain, and the key of this certificate: %w", t.CertFile, t.KeyFile, err)}
	}

	return &pair, nil
}

// largestPEM bounds what is read of a certificate file; chains are a few kilobytes.
const largestPEM = 1 << 20

// readRegular reads a small regular file. Opening or reading anything else, such as a pipe, could block for ever.
func readRegular(path string) (text []byte, err error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}

	defer func() { err = errors.Join(err, f.Close()) }()

	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: path, Err: errors.New("it is not a regular file")}
	}
	if info.Size() > largestPEM {
		return nil, &fs.PathError{Op: "read", Path: path, Err: fmt.Errorf("it is larger than %d bytes", largestPEM)}
	}

	return io.ReadAll(io.LimitReader(f, largestPEM))
}

// encrypted reports whether a key needs a passphrase, in PKCS #8 (RFC 5958) or in the older form with headers (RFC
// 1421).
func encrypted(key []byte) bool {
	for block, rest := pem.Decode(key); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "ENCRYPTED PRIVATE KEY" || strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED") {
			return true
		}
	}
	return false
}

// OutsideValidity says why clients reject a certificate at now; it is empty while the certificate is valid.
func OutsideValidity(pair *tls.Certificate, now time.Time) string {
	switch leaf := pair.Leaf; {
	case now.After(leaf.NotAfter):
		return "expired at " + leaf.NotAfter.UTC().Format(time.RFC3339)
	case now.Before(leaf.NotBefore):
		return "is not valid before " + leaf.NotBefore.UTC().Format(time.RFC3339)
	}
	return ""
}

// Warnings are problems that do not keep a server from starting: those of the configuration, a certificate that clients
// reject, and a key that every user of the machine can read.
func Warnings(c *config.Config, now time.Time) config.Problems {
	found := append(config.Problems{}, c.Warnings...)
	if c.TLS.CertFile == "" {
		return found
	}

	if pair, err := ReadCertificate(c.TLS); err == nil {
		if why := OutsideValidity(pair, now); why != "" {
			found = append(found, c.Problem("tls.cert_file", "tls.cert_file: the certificate in %s %s, and clients "+
				"reject it: replace the files, then send the server SIGHUP", c.TLS.CertFile, why))
		}
	}
	if info, err := os.Stat(c.TLS.KeyFile); err == nil && info.Mode().Perm()&0o004 != 0 {
		found = append(found, c.Problem("tls.key_file", "tls.key_file: every user of this machine can read %s (mode "+
			"%04o): run chmod o-rwx %[1]s", c.TLS.KeyFile, info.Mode().Perm()))
	}
	found.Sort()

	return found
}
