package app

import (
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"sync/atomic"

	"github.com/syssecure/syssecure/internal/config"
)

// certificateError is about the file of a key of [tls].
type certificateError struct {
	key string // such as "tls.cert_file"
	err error
}

func (c *certificateError) Error() string { return c.key + ": " + c.err.Error() }
func (c *certificateError) Unwrap() error { return c.err }

// certificatePath is the key of the configuration that an error of readCertificate is about.
func certificatePath(err error) string {
	var c *certificateError
	if errors.As(err, &c) {
		return c.key
	}
	return "tls"
}

// readCertificate reads the pair of files. The error names the file and the fix.
func readCertificate(t config.TLS) (*tls.Certificate, error) {
	certificate, err := os.ReadFile(t.CertFile)
	if err != nil {
		return nil, &certificateError{"tls.cert_file", fmt.Errorf("the certificate cannot be read: %w", err)}
	}
	key, err := os.ReadFile(t.KeyFile)
	if err != nil {
		return nil, &certificateError{"tls.key_file", fmt.Errorf("the key cannot be read: %w", err)}
	}

	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		return nil, &certificateError{"tls.cert_file", fmt.Errorf("%s and %s cannot be used together, and must be a "+
			"certificate in PEM form "+
			"with those that it depends on, and its own key: %w", t.CertFile, t.KeyFile, err)}
	}
	return &pair, nil
}

// certificate is the pair of files that a server shows, which is read again when the operator has replaced them.
type certificate struct {
	files   config.TLS
	current atomic.Pointer[tls.Certificate]
}

func newCertificate(files config.TLS) (*certificate, error) {
	c := &certificate{files: files}

	return c, c.reload()
}

// reload reads the files again; when they are not good, the certificate of before stays.
func (c *certificate) reload() error {
	pair, err := readCertificate(c.files)
	if err == nil {
		c.current.Store(pair)
	}

	return err
}

// get is a tls.Config.GetCertificate.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	return c.current.Load(), nil
}
