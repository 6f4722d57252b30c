package telnyx

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/webcall"
)

var _ carrier.Tester = (*Carrier)(nil)

const checkProfile = "messaging profile"

// Test implements carrier.Tester: it reads the balance, the messaging profile, and the number that messages come from
// (developers.telnyx.com/api).
func (c *Carrier) Test(ctx context.Context) []carrier.Check {
	probes := []carrier.Probe{{URL: c.part("/v2/balance", nil), Header: c.header, Read: readBalance}}
	if c.profile != "" {
		probes = append(probes, carrier.Probe{
			Name: checkProfile, URL: c.part("/v2/messaging_profiles/"+c.profile, nil), Header: c.header, Read: readProfile,
		})
	}
	if from := c.From(); strings.HasPrefix(from, "+") {
		query := url.Values{"filter[phone_number]": {from}}
		read := func(a webcall.Answer) carrier.Check { return readNumbers(a, from) }
		probes = append(probes, carrier.Probe{
			Name: carrier.CheckSender, URL: c.part("/v2/phone_numbers", query), Header: c.header, Read: read,
		})
	}

	return c.Probe(ctx, provider, probes...)
}

// part is another address of the API.
func (c *Carrier) part(path string, query url.Values) *url.URL {
	to := *c.url
	to.Path, to.RawQuery = strings.TrimSuffix(to.Path, messagesPath)+path, query.Encode()
	return &to
}

// refusal says what an error of Telnyx means for the operator.
func refusal(a webcall.Answer) carrier.Check { return carrier.Refusal(read(a, "", time.Now())) }

func readBalance(a webcall.Answer) (check carrier.Check) {
	var body struct {
		Data struct {
			Available string `json:"available_credit"`
		} `json:"data"`
	}
	if a.Status/100 != 2 {
		return refusal(a)
	}
	if json.Unmarshal(a.Body, &body) != nil {
		return provider.Foreign()
	}

	available, err := strconv.ParseFloat(body.Data.Available, 64)
	switch {
	case err != nil:
		return provider.Foreign()
	case available <= 0:
		check.Problem = "Telnyx accepts api_key, but the account has no credit left; top it up"
	default:
		check.Found = "Telnyx accepts api_key, and the account has credit"
	}

	return check
}

func readProfile(a webcall.Answer) (check carrier.Check) {
	var body struct {
		Data struct {
			Enabled *bool `json:"enabled"`
		} `json:"data"`
	}
	switch {
	case a.Status == http.StatusNotFound:
		check.Problem = "Telnyx does not know the messaging profile; compare messaging_profile_id with the portal"
	case a.Status/100 != 2:
		return refusal(a)
	case json.Unmarshal(a.Body, &body) != nil || body.Data.Enabled == nil:
		return provider.Foreign()
	case !*body.Data.Enabled:
		check.Problem = "the messaging profile is disabled; enable it in Telnyx's portal"
	default:
		check.Found = "the messaging profile is enabled"
	}

	return check
}

func readNumbers(a webcall.Answer, from string) (check carrier.Check) {
	var body struct {
		Data []struct {
			Profile string `json:"messaging_profile_id"`
		} `json:"data"`
	}
	switch {
	case a.Status/100 != 2:
		return refusal(a)
	case json.Unmarshal(a.Body, &body) != nil || body.Data == nil:
		return provider.Foreign()
	case len(body.Data) == 0:
		check.Problem = "the Telnyx account has no number " + from + "; check from"
	case body.Data[0].Profile == "":
		check.Problem = "the number " + from + " has no messaging profile; give it one in Telnyx's portal"
	default:
		check.Found = "the Telnyx account may send from " + from
	}

	return check
}
