package carrier

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/syssecure/syssecure/internal/webcall"
)

// Reach checks whether the provider can be reached, and its certificate. It sends no request.
func (w *Web) Reach(ctx context.Context, p Provider, to *url.URL) []Check {
	if failure := w.client.Reach(ctx, to); failure != nil {
		return []Check{p.unreachable(failure)}
	}
	return p.reachable(to)
}

// Unchecked says that a provider has no request that checks its credentials and sends nothing.
func (p Provider) Unchecked() Check {
	return Check{
		Name:  CheckCredentials,
		Found: p.Name + " documents no request that only checks " + p.Secrets + "; --to sends a text, which does",
	}
}

// Probe checks what Reach does, and the credentials by a GET that changes nothing at the provider. read says what an answer
// of 2xx means; it may be nil.
func (w *Web) Probe(
	ctx context.Context, p Provider, to *url.URL, header http.Header, read func(body []byte) Check,
) []Check {
	call := w.client.Call(to, header)
	call.Method = http.MethodGet
	defer w.client.Release(call)

	answer, failure := w.client.Do(ctx, call)
	if failure != nil {
		return []Check{p.unreachable(failure)}
	}

	checks, status := p.reachable(to), answer.Status
	switch {
	case status/100 == 2 && read != nil:
		return append(checks, read(answer.Body))
	case status/100 == 2:
		return append(checks, Check{Name: CheckCredentials, Found: p.Name + " accepts " + p.Secrets})
	}
	_, cause := p.outcome(status)

	return append(checks, Check{Name: CheckCredentials, Problem: cause + " (HTTP " + strconv.Itoa(status) + ")"})
}

func (p Provider) reachable(to *url.URL) []Check {
	checks := []Check{{Name: CheckConnection, Found: to.Host + " can be reached"}}
	if to.Scheme == "https" {
		checks = append(checks, Check{Name: CheckCertificate, Found: "it is valid for " + to.Hostname()})
	}
	return checks
}

func (p Provider) unreachable(f *webcall.Failure) Check {
	if f.Certificate {
		return Check{Name: CheckCertificate, Problem: f.Cause + "; check " + p.Address + ", and that this machine trusts " +
			"the authority of the certificate (SSL_CERT_FILE)"}
	}
	return Check{Name: CheckConnection, Problem: p.Name + " cannot be reached (" + f.Cause + "); check " + p.Address +
		", and the firewalls in between"}
}
