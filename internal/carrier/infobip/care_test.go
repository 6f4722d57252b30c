package infobip

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
	const path = "/account/1/balance"
	carriertest.RunTester(t, map[string]carriertest.Checked{
		"credit":           {Answers: at(path, 200, `{"balance":47.8,"currency":"EUR"}`), Found: "has credit"},
		"postpaid":         {Answers: at(path, 200, `{"balance":-3,"currency":"EUR"}`), Found: "used up"},
		"wrong key":        {Answers: at(path, 401, `{"errorCode":"E401"}`), Problem: "rejects api_key"},
		"may only send":    {Answers: at(path, 403, `{"errorCode":"E403"}`), Found: "may not read the balance"},
		"not Infobip":      {Answers: at(path, 200, `{"balance":"x"}`), Problem: "is not Infobip's"},
		"another base URL": {Answers: at("/", 200, ``), Problem: "(HTTP 404)"},
	}, []string{apiKey, token}, func(r *http.Request) bool {
		return r.Header.Get("Authorization") == "App "+apiKey && r.Method == http.MethodGet
	}, func(t *testing.T, base string) carrier.Tester { return newTest(t, carrier.Common{From: "Acme"}, base) })
}
