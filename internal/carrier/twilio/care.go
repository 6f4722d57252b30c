package twilio

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/syssecure/syssecure/internal/carrier"
)

var _ carrier.Tester = (*Carrier)(nil)

// Test implements carrier.Tester: it reads the account, which Twilio's API does by GET /2010-04-01/Accounts/{Sid}.json
// (twilio.com/docs/iam/api/account).
func (c *Carrier) Test(ctx context.Context) []carrier.Check {
	to := *c.url
	to.Path = strings.TrimSuffix(to.Path, messagesPath) + ".json"

	return c.Probe(ctx, provider, &to, c.header, readAccount)
}

// readAccount says whether an account may send: it is active, suspended or closed.
func readAccount(body []byte) carrier.Check {
	var account struct {
		Status string `json:"status"`
	}
	check := carrier.Check{Name: carrier.CheckCredentials}
	switch err := json.Unmarshal(body, &account); {
	case err != nil:
		check.Problem = "the answer is not Twilio's; check api_base"
	case account.Status == "active":
		check.Found = "Twilio accepts account_sid and auth_token, and the account is active"
	case account.Status == "suspended" || account.Status == "closed":
		check.Problem = "the Twilio account is " + account.Status + "; ask Twilio's support"
	default:
		check.Problem = "the answer does not say that the account is active; check account_sid and api_base"
	}

	return check
}
