package app

import (
	"crypto/tls"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/preflight"
)

// certificate is a server's certificate from files, which is read again when the operator has replaced them.
type certificate struct {
	files   config.TLS
	current atomic.Pointer[tls.Certificate]
}

// newCertificate reads the files. An expired certificate does not prevent a start: preflight.Warnings warns of it.
func newCertificate(files config.TLS) (*certificate, error) {
	c := &certificate{files: files}
	pair, err := preflight.ReadCertificate(files)
	c.current.Store(pair)

	return c, err
}

// reload reads the files again. When they cannot be used now, the old certificate stays.
func (c *certificate) reload(now time.Time) error {
	pair, err := preflight.ReadCertificate(c.files)
	if err != nil {
		return err
	}
	if why := preflight.OutsideValidity(pair, now); why != "" {
		return fmt.Errorf("tls.cert_file: the certificate in %s %s", c.files.CertFile, why)
	}

	c.current.Store(pair)

	return nil
}

// get implements GetCertificate of tls.Config.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	return c.current.Load(), nil
}
