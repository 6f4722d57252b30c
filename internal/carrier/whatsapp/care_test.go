package whatsapp

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
		path = "/" + number
		node = `{"display_phone_number":"15550783881","verified_name":"Acme","id":"` + number + `"`
	)
	failed := func(code string) string { return `{"error":{"message":"m","code":` + code + `,"fbtrace_id":"f"}}` }
	carriertest.RunTester(t, map[string]carriertest.Checked{
		"connected":       {Answers: at(path, 200, node+`,"status":"CONNECTED"}`), Found: "Meta accepts access_token"},
		"without a state": {Answers: at(path, 200, node+`}`), Found: "Meta accepts access_token"},
		"not registered":  {Answers: at(path, 200, node+`,"status":"PENDING"}`), Problem: "is pending; register it"},
		"old token":       {Answers: at(path, 401, failed("190")), Problem: "access_token has expired or was revoked"},
		"no permission":   {Answers: at(path, 403, failed("200")), Problem: "lacks a permission"},
		"another number": {
			Answers: at(path, 400, failed(`100,"error_subcode":33`)), Problem: "does not know the number",
		},
		"not Meta": {Answers: at(path, 200, `{}`), Problem: "is not Meta's"},
	}, []string{token, appSecret, verify}, func(r *http.Request) bool {
		return r.Header.Get("Authorization") == "Bearer "+token && r.Method == http.MethodGet
	}, func(t *testing.T, base string) carrier.Tester {
		return newTest(t, carrier.Common{}, Config{APIBase: base})
	})
}
