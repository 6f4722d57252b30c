package infobip

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/webcall"
)

var _ carrier.Tester = (*Carrier)(nil)

// Test implements carrier.Tester: it reads the balance (infobip.com/docs/api/platform/account-management). A key that
// may only
// send is not allowed to, which Infobip tells apart from a wrong key.
func (c *Carrier) Test(ctx context.Context) []carrier.Check {
	to := *c.url
	to.Path = strings.TrimSuffix(to.Path, messagesPath) + "/account/1/balance"

	return c.Probe(ctx, provider, carrier.Probe{URL: &to, Header: c.header, Read: readBalance})
}

func readBalance(a webcall.Answer) (check carrier.Check) {
	var account struct {
		Balance *float64 `json:"balance"`
	}
	switch {
	case a.Status == http.StatusForbidden:
		check.Found = "Infobip knows api_key, which may not read the balance; --to shows whether it may send"
	case a.Status/100 != 2:
		return check
	case json.Unmarshal(a.Body, &account) != nil || account.Balance == nil:
		return provider.Foreign()
	case *account.Balance <= 0:
		check.Found = "Infobip accepts api_key; the balance is used up, which is a problem where the account is prepaid"
	default:
		check.Found = "Infobip accepts api_key, and the account has credit"
	}

	return check
}
