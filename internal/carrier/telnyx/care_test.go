package telnyx

import (
	"net/http"
	"testing"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/carriertest"
)

func at(path string, status int, body string) map[string]carriertest.Answered {
	return map[string]carriertest.Answered{path: {Status: status, Body: body}}
}

func TestCarrier_Test(t *testing.T) {
	t.Parallel()
	const (
		path   = "/v2/balance"
		credit = `{"data":{"balance":"300.00","available_credit":"400.00"}}`
	)
	with := func(profile, numbers carriertest.Answered) map[string]carriertest.Answered {
		return map[string]carriertest.Answered{
			path: {Status: 200, Body: credit}, "/v2/messaging_profiles/p-1": profile, "/v2/phone_numbers": numbers,
		}
	}
	enabled := carriertest.Answered{Status: 200, Body: `{"data":{"id":"p-1","enabled":true}}`}
	number := func(body string) carriertest.Answered {
		return carriertest.Answered{Status: 200, Body: `{"data":[` + body + `]}`}
	}

	carriertest.RunTester(t, map[string]carriertest.Checked{
		"wrong key":   {Answers: at(path, 401, `{"errors":[{"code":"10009"}]}`), Problem: "rejects api_key; compare it"},
		"an old key":  {Answers: at(path, 401, `{"errors":[{"code":"20006"}]}`), Problem: "has expired"},
		"without one": {Answers: at(path, 401, ``), Problem: "rejects api_key"},
		"no credit":   {Answers: at(path, 200, `{"data":{"available_credit":"0.00"}}`), Problem: "no credit left"},
		"not Telnyx":  {Answers: at(path, 200, `[]`), Problem: "is not Telnyx's"},
		"all is well": {
			Answers: with(enabled, number(`{"messaging_profile_id":"p-1"}`)), Name: carrier.CheckSender, Found: "may send from",
		},
		"unknown profile": {
			Answers: with(carriertest.Answered{Status: 404}, enabled), Name: checkProfile, Problem: "does not know",
		},
		"disabled profile": {
			Answers: with(carriertest.Answered{Status: 200, Body: `{"data":{"enabled":false}}`}, enabled), Name: checkProfile,
			Problem: "is disabled",
		},
		"no such number":   {Answers: with(enabled, number("")), Name: carrier.CheckSender, Problem: "has no number"},
		"without profile":  {Answers: with(enabled, number("{}")), Name: carrier.CheckSender, Problem: "no messaging profile"},
		"numbers not read": {Answers: with(enabled, carriertest.Answered{Status: 403}), Name: carrier.CheckSender, Problem: "(HTTP 403)"},
	}, []string{apiKey}, func(r *http.Request) bool {
		return r.Header.Get("Authorization") == "Bearer "+apiKey && r.Method == http.MethodGet
	}, func(t *testing.T, base string) carrier.Tester {
		return newTest(t, carrier.Common{From: "+15005550006"}, "p-1", base)
	})
}
