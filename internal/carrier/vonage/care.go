package vonage

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/webcall"
)

var _ carrier.Tester = (*Carrier)(nil)

// Test implements carrier.Tester: it reads the balance (developer.vonage.com/en/api/account).
func (c *Carrier) Test(ctx context.Context) []carrier.Check {
	to := *c.url
	to.Path = strings.TrimSuffix(to.Path, smsPath) + "/account/get-balance"
	pair := c.config.APIKey + ":" + c.config.APISecret.Reveal()
	header := http.Header{
		"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(pair))},
		"Accept":        {"application/json"},
		"User-Agent":    {"SysSecure"},
	}

	return c.Probe(ctx, provider, carrier.Probe{URL: &to, Header: header, Read: readBalance})
}

func readBalance(a webcall.Answer) (check carrier.Check) {
	var balance struct {
		Value *float64 `json:"value"`
	}
	switch {
	case a.Status/100 != 2:
		return check
	case json.Unmarshal(a.Body, &balance) != nil || balance.Value == nil:
		return provider.Foreign()
	case *balance.Value <= 0:
		check.Problem = "Vonage accepts api_key and api_secret, but the account has no credit left; top it up"
	default:
		check.Found = "Vonage accepts api_key and api_secret, and the account has credit"
	}

	return check
}
