package vonage

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
	const path = "/account/get-balance"
	carriertest.RunTester(t, map[string]carriertest.Checked{
		"credit":       {Answers: at(path, 200, `{"value":10.28,"autoReload":false}`), Found: "has credit"},
		"no credit":    {Answers: at(path, 200, `{"value":0}`), Problem: "no credit left"},
		"wrong secret": {Answers: at(path, 401, `{"error-code":"401"}`), Problem: "rejects api_key and api_secret"},
		"not Vonage":   {Answers: at(path, 200, `{}`), Problem: "is not Vonage's; check api_base"},
		"not there":    {Answers: at("/", 200, ``), Problem: "(HTTP 404)"},
	}, []string{apiSecret, signKey}, func(r *http.Request) bool {
		user, password, _ := r.BasicAuth()
		return user == apiKey && password == apiSecret && r.Method == http.MethodGet
	}, func(t *testing.T, base string) carrier.Tester { return newTest(t, carrier.Common{From: "Acme"}, base) })
}
