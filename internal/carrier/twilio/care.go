package twilio

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/webcall"
)

var (
	_ carrier.Tester = (*Carrier)(nil)
	_ carrier.Tester = (*Voice)(nil)
)

// Test implements carrier.Tester: it reads the account (twilio.com/docs/iam/api/account), and whether its numbers have the
// sender.
func (c *Carrier) Test(ctx context.Context) []carrier.Check {
	probes := []carrier.Probe{c.accountProbe()}
	if from := c.From(); strings.HasPrefix(from, "+") && c.config.MessagingServiceSID == "" {
		probes = append(probes, c.senderProbe("IncomingPhoneNumbers", from, "sms"))
	}

	return c.Probe(ctx, provider, probes...)
}

// Test implements carrier.Tester, as for messages. A call may also come from a number that the account has verified.
func (c *Voice) Test(ctx context.Context) []carrier.Check {
	owned := c.senderProbe("IncomingPhoneNumbers", c.From(), "voice")
	checks := c.Probe(ctx, provider, c.accountProbe(), owned)
	if last := len(checks) - 1; last >= 0 && checks[last].Name == carrier.CheckSender && checks[last].Problem != "" {
		verified := c.Probe(ctx, provider, c.senderProbe("OutgoingCallerIds", c.From(), ""))
		if carrier.OK(verified) {
			checks[last] = verified[len(verified)-1]
		}
	}

	return checks
}

func (c *account) accountProbe() carrier.Probe {
	return carrier.Probe{URL: c.part(".json"), Header: c.header, Read: readAccount}
}

// part is an address of the account, which those of submits are below.
func (c *account) part(suffix string) *url.URL {
	to := *c.url
	to.Path = path.Dir(to.Path) + suffix
	return &to
}

// readAccount says whether an account may send: it is active, suspended or closed.
func readAccount(a webcall.Answer) (check carrier.Check) {
	if a.Status/100 != 2 {
		return check
	}
	var account struct {
		Status string `json:"status"`
	}
	switch err := json.Unmarshal(a.Body, &account); {
	case err != nil:
		return provider.Foreign()
	case account.Status == "active":
		check.Found = "Twilio accepts account_sid and auth_token, and the account is active"
	case account.Status == "suspended" || account.Status == "closed":
		check.Problem = "the Twilio account is " + account.Status + "; ask Twilio's support"
	default:
		check.Problem = "the answer does not say that the account is active; check account_sid and api_base"
	}

	return check
}

// number is one of the numbers of an account (twilio.com/docs/phone-numbers/api/incomingphonenumber-resource).
type number struct {
	Capabilities map[string]bool `json:"capabilities"`
}

// senderProbe looks for the sender in a list of the account's numbers. What it is used for is one of their capabilities.
func (c *account) senderProbe(list, from, use string) carrier.Probe {
	to := c.part("/" + list + ".json")
	to.RawQuery = url.Values{"PhoneNumber": {from}, "PageSize": {"1"}}.Encode()

	return carrier.Probe{Name: carrier.CheckSender, URL: to, Header: c.header, Read: func(a webcall.Answer) carrier.Check {
		return readNumbers(a, from, use)
	}}
}

func readNumbers(a webcall.Answer, from, use string) (check carrier.Check) {
	var body struct {
		Owned    []number `json:"incoming_phone_numbers"`
		Verified []number `json:"outgoing_caller_ids"`
	}
	if a.Status != http.StatusOK || json.Unmarshal(a.Body, &body) != nil {
		return check
	}

	found := append(body.Owned, body.Verified...)
	switch {
	case len(found) == 0:
		check.Problem = "the Twilio account has no number " + from + "; check from, and which account or subaccount owns it"
	case use != "" && len(found[0].Capabilities) > 0 && !found[0].Capabilities[use]:
		check.Problem = "the number " + from + " is not enabled for " + use + " at Twilio; choose another as from"
	default:
		check.Found = "the Twilio account may use " + from
	}

	return check
}
