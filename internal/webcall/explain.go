package webcall

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"time"
)

// CertificateProblem says in words what is wrong with the certificate of the other side, when that is why a connection
// failed; it is empty else.
func CertificateProblem(err error) string {
	var name x509.HostnameError
	var authority x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var other *tls.CertificateVerificationError
	switch {
	case errors.As(err, &name):
		return fmt.Sprintf("the certificate of the other side is not for %s", name.Host)
	case errors.As(err, &authority):
		return "the certificate of the other side was issued by an authority that this machine does not know"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the certificate of the other side is outside its validity, which is from " +
			invalid.Cert.NotBefore.UTC().Format(time.RFC3339) + " to " + invalid.Cert.NotAfter.UTC().Format(time.RFC3339)
	case errors.As(err, &invalid), errors.As(err, &other):
		return "the certificate of the other side is not valid: " + err.Error()
	}

	return ""
}

// NoTLS reports whether a connection failed because the other side does not speak TLS.
func NoTLS(err error) bool {
	var header tls.RecordHeaderError
	return errors.As(err, &header)
}
