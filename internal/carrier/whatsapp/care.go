package whatsapp

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/webcall"
)

var _ carrier.Tester = (*Carrier)(nil)

const (
	// unsupported is Meta's code of a request that it does not accept, noObject its subcode for an object that does not exist
	// or that the token may not see.
	unsupported = 100
	noObject    = 33
)

// Test implements carrier.Tester: it reads the sending number (developers.facebook.com/docs/graph-api, node of a WhatsApp
// Business phone number).
func (c *Carrier) Test(ctx context.Context) []carrier.Check {
	to := *c.url
	to.Path = strings.TrimSuffix(to.Path, messagesPath)
	to.RawQuery = url.Values{"fields": {"display_phone_number,verified_name,status"}}.Encode()

	return c.Probe(ctx, provider, carrier.Probe{URL: &to, Header: c.header, Read: readNumber})
}

// sends are the states of a number that can send. Meta names a number of low quality flagged or restricted.
var sends = map[string]bool{"": true, "CONNECTED": true, "FLAGGED": true, "RESTRICTED": true}

func readNumber(a webcall.Answer) (check carrier.Check) {
	var body struct {
		ID     string `json:"id"`
		Shown  string `json:"display_phone_number"`
		Status string `json:"status"`
		Error  struct {
			Code    int `json:"code"`
			Subcode int `json:"error_subcode"`
		} `json:"error"`
	}
	err := json.Unmarshal(a.Body, &body)
	switch {
	case body.Error.Code == unsupported && body.Error.Subcode == noObject:
		check.Problem = "Meta does not know the number, or access_token may not use it; check phone_number_id, and that the " +
			"system user has the WhatsApp Business account"
	case a.Status/100 != 2:
		return carrier.Refusal(read(a, carrier.Message{}, time.Now()))
	case err != nil || body.ID == "" && body.Shown == "":
		return provider.Foreign()
	case !sends[body.Status]:
		check.Problem = "Meta says that the number is " + strings.ToLower(carrier.CleanCode(body.Status)) +
			"; register it in the WhatsApp Manager"
	default:
		check.Found = "Meta accepts access_token for this number"
	}

	return check
}
