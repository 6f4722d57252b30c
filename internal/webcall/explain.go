package webcall

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"syscall"
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

// ConnectProblem says in plain words why a connection was not made. What it does not know it leaves as it is.
func ConnectProblem(err error) string {
	var dns *net.DNSError
	var op *net.OpError
	where := "the other side"
	if errors.As(err, &op) && op.Addr != nil {
		where = op.Addr.String()
	}

	switch problem := CertificateProblem(err); {
	case problem != "":
		return problem
	case NoTLS(err):
		return "no TLS is spoken there"
	case errors.As(err, &dns) && dns.IsNotFound:
		return "DNS has no address of " + dns.Name
	case errors.As(err, &dns):
		return "DNS did not give the address of " + dns.Name
	case errors.Is(err, syscall.ECONNREFUSED):
		return where + " refuses the connection"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "there is no way to " + where
	}
	var late interface{ Timeout() bool }
	if errors.As(err, &late) && late.Timeout() {
		return "no answer in time"
	}

	return err.Error()
}
