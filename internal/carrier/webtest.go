package carrier

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
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
		Found: p.Name + " documents no request that only checks " + p.Secrets + "; --to sends a message, which does",
	}
}

// Probe is a request that checks one thing at a provider, sends no message and changes nothing.
type Probe struct {
	// Name is that of the check; empty = CheckCredentials.
	Name   string
	URL    *url.URL
	Header http.Header
	// Body is sent as JSON by POST; nil makes it a GET.
	Body any
	// Read says what an answer means. A check that says nothing leaves it to the status: 2xx accepts the credentials. It may
	// be nil.
	Read func(a webcall.Answer) Check
}

// Probe checks what Reach does, and then each probe, up to the first that finds a problem.
func (w *Web) Probe(ctx context.Context, p Provider, probes ...Probe) (checks []Check) {
	for i, one := range probes {
		check, failure := w.ask(ctx, p, one)
		switch {
		case failure != nil:
			return append(checks, p.unreachable(failure))
		case i == 0:
			checks = p.reachable(one.URL)
		}
		if checks = append(checks, check); check.Problem != "" {
			break
		}
	}

	return checks
}

// ask makes the request of a probe.
func (w *Web) ask(ctx context.Context, p Provider, one Probe) (check Check, failure *webcall.Failure) {
	call := w.client.Call(one.URL, one.Header)
	defer w.client.Release(call)
	if one.Body == nil {
		call.Method = http.MethodGet
	} else if err := call.JSON(one.Body); err != nil {
		return Check{Problem: "the request could not be written: " + err.Error()}, nil
	}

	answer, failure := w.client.Do(ctx, call)
	if failure != nil {
		return check, failure
	}
	if one.Read != nil {
		check = one.Read(answer)
	}
	check.Name = cmp.Or(check.Name, one.Name, CheckCredentials)
	if check.Problem != "" || check.Found != "" {
		return check, nil
	}
	if answer.Status/100 == 2 {
		check.Found = p.Name + " accepts " + p.Secrets
		return check, nil
	}
	_, cause := p.outcome(answer.Status)
	check.Problem = cause + " (HTTP " + strconv.Itoa(answer.Status) + ")"

	return check, nil
}

// Refusal says what the operator has to settle, when an answer to a submit of this result says so; it says nothing else.
func Refusal(r Result) (check Check) {
	if r.Outcome == Retry && r.Cause != "" && r.CarrierCode != "" {
		check.Problem = r.Cause + " (" + r.CarrierCode + ")"
	}
	return check
}

// Foreign says that it was not the provider that answered.
func (p Provider) Foreign() Check {
	return Check{Problem: "the answer is not " + p.Name + "'s; check " + p.Address}
}

// OK reports whether no check found a problem.
func OK(checks []Check) bool {
	return !slices.ContainsFunc(checks, func(one Check) bool { return one.Problem != "" })
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
