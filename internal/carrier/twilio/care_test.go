package twilio

import (
	"net/http"
	"testing"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/carriertest"
)

const (
	accountPath = "/2010-04-01/Accounts/" + sid
	active      = `{"sid":"` + sid + `","status":"active"}`
	noNumbers   = `{"incoming_phone_numbers":[]}`
)

func authorized(r *http.Request) bool {
	user, password, _ := r.BasicAuth()
	return user == sid && password == token && r.Method == http.MethodGet
}

// account is an account with these numbers.
func account1(numbers, verified string) map[string]carriertest.Answered {
	return map[string]carriertest.Answered{
		accountPath + ".json":                      {Status: 200, Body: active},
		accountPath + "/IncomingPhoneNumbers.json": {Status: 200, Body: numbers},
		accountPath + "/OutgoingCallerIds.json":    {Status: 200, Body: verified},
	}
}

func only(status int, body string) map[string]carriertest.Answered {
	return map[string]carriertest.Answered{accountPath + ".json": {Status: status, Body: body}}
}

// TestCarrier_Test: the account is read with its credentials, and its state and its numbers decide.
func TestCarrier_Test(t *testing.T) {
	t.Parallel()
	carriertest.RunTester(t, map[string]carriertest.Checked{
		"suspended":   {Answers: only(200, `{"status":"suspended"}`), Problem: "account is suspended"},
		"closed":      {Answers: only(200, `{"status":"closed"}`), Problem: "account is closed"},
		"no status":   {Answers: only(200, `{}`), Problem: "check account_sid"},
		"not Twilio":  {Answers: only(200, `<html>`), Problem: "check api_base"},
		"wrong token": {Answers: only(401, `{"code":20003}`), Problem: "rejects account_sid and auth_token"},
		"not there":   {Answers: only(404, `{"code":20404}`), Problem: "(HTTP 404)"},
		"an outage":   {Answers: only(503, ``), Problem: "internal error"},
		"a number": {
			Answers: account1(`{"incoming_phone_numbers":[{"capabilities":{"sms":true,"voice":false}}]}`, ""),
			Name:    carrier.CheckSender, Found: "may use +15005550006",
		},
		"no such number": {
			Answers: account1(noNumbers, ""), Name: carrier.CheckSender, Problem: "has no number +15005550006",
		},
		"a number for calls only": {
			Answers: account1(`{"incoming_phone_numbers":[{"capabilities":{"sms":false,"voice":true}}]}`, ""),
			Name:    carrier.CheckSender, Problem: "not enabled for sms",
		},
	}, []string{token}, authorized, func(t *testing.T, base string) carrier.Tester {
		return newTest(t, carrier.Common{From: "+15005550006"}, Config{APIBase: base})
	})
}

// A name as sender, or a Messaging Service, has no number that could be looked up.
func TestCarrier_TestWithoutNumber(t *testing.T) {
	t.Parallel()
	cases := map[string]carriertest.Checked{"active": {Answers: only(200, active), Found: "the account is active"}}
	carriertest.RunTester(t, cases, []string{token}, authorized, func(t *testing.T, base string) carrier.Tester {
		return newTest(t, carrier.Common{From: "Acme"}, Config{APIBase: base})
	})
}

func TestVoice_Test(t *testing.T) {
	t.Parallel()
	carriertest.RunTester(t, map[string]carriertest.Checked{
		"wrong token": {Answers: only(401, `{"code":20003}`), Problem: "rejects account_sid and auth_token"},
		"a number": {
			Answers: account1(`{"incoming_phone_numbers":[{"capabilities":{"voice":true}}]}`, ""),
			Name:    carrier.CheckSender, Found: "may use",
		},
		"a verified number": {
			Answers: account1(noNumbers, `{"outgoing_caller_ids":[{"phone_number":"+15005550006"}]}`),
			Name:    carrier.CheckSender, Found: "may use",
		},
		"no such number": {
			Answers: account1(noNumbers, `{"outgoing_caller_ids":[]}`), Name: carrier.CheckSender, Problem: "has no number",
		},
	}, []string{token}, authorized, func(t *testing.T, base string) carrier.Tester {
		return newVoice(t, base, "https://otp.example.com")
	})
}
