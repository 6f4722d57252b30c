package httpsms

import (
	"bytes"
	"context"
	"net/http"
	"net/url"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/webcall"
)

var _ carrier.Tester = (*Carrier)(nil)

// Test implements carrier.Tester. Of gateways without a profile nothing is known but requests that send, so it only
// connects.
func (c *Carrier) Test(ctx context.Context) []carrier.Check {
	if c.templated == nil {
		return c.reach(ctx, c.url)
	}
	if probe := c.templated.probe; probe != nil {
		return c.Probe(ctx, gateway, *probe)
	}

	to := c.templated.request.fixed
	if to == nil { // the host is fixed, see checkURL
		var text bytes.Buffer
		c.templated.request.url.render(&text, valueOf(sampleMessage(), "Acme"))
		parsed, err := url.Parse(text.String())
		if err != nil {
			return []carrier.Check{{Name: carrier.CheckConnection, Problem: badURL}}
		}
		to = parsed
	}

	return c.reach(ctx, to)
}

func (c *Carrier) reach(ctx context.Context, to *url.URL) []carrier.Check {
	checks := c.Reach(ctx, gateway, to)
	if !carrier.OK(checks) {
		return checks
	}

	return append(checks, gateway.Unchecked())
}

// sampleMessage fills the templates of an address to see where it leads.
func sampleMessage() carrier.Message {
	return carrier.Message{To: phone.Number("+32470000001"), Body: secret.NewString("x"), Ref: "r"}
}

// probe is the request that checks the credentials with the profile's provider; nil when it has none, or when the
// carrier
// has another url.
func (c *Config) probe(constants map[string]string, header http.Header) *carrier.Probe {
	p := profiles[c.Profile]
	address, err := compile(p.probe, inURL, constants)
	text, fixed := address.constant()
	if p.probe == "" || err != nil || !fixed || c.URL != "" && c.URL != p.config.URL {
		return nil
	}
	to, err := url.Parse(text)
	if err != nil {
		return nil
	}

	made := &carrier.Probe{URL: to, Header: header}
	if p.accepts != 0 {
		made.Read = func(a webcall.Answer) (check carrier.Check) {
			if a.Status == p.accepts {
				check.Found = gateway.Name + " accepts " + gateway.Secrets
			}
			return check
		}
	}

	return made
}
