package telegram

import (
	"net/http"
	"testing"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/carriertest"
)

func at(path string, status int, body string) map[string]carriertest.Answered {
	return map[string]carriertest.Answered{path: {Status: status, Body: body}}
}

// TestCarrier_Test: the token is checked by a request that is not charged.
func TestCarrier_Test(t *testing.T) {
	t.Parallel()
	const path = "/checkVerificationStatus"
	says := func(code string) string { return `{"ok":false,"error":"` + code + `"}` }
	carriertest.RunTester(t, map[string]carriertest.Checked{
		"right token":  {Answers: at(path, 400, says("REQUEST_ID_INVALID")), Found: "accepts the token"},
		"wrong token":  {Answers: at(path, 401, says("ACCESS_TOKEN_INVALID")), Problem: "rejects the token"},
		"too often":    {Answers: at(path, 429, says("FLOOD_WAIT_3")), Problem: "accepts no more messages for now"},
		"not there":    {Answers: at(path, 404, says("UNKNOWN_METHOD")), Problem: "check api_base"},
		"not Telegram": {Answers: at(path, 200, `<html>`), Problem: "is not Telegram's"},
		"a proxy":      {Answers: at(path, 407, ``), Problem: "(HTTP 407)"},
	}, []string{token}, func(r *http.Request) bool {
		return r.Header.Get("Authorization") == "Bearer "+token && r.Method == http.MethodPost
	}, func(t *testing.T, base string) carrier.Tester {
		return newTest(t, carrier.Common{}, Config{APIBase: base})
	})
}
