package httpapi

import (
	"bytes"
	"encoding/json"

	"github.com/syssecure/syssecure/internal/query"
)

// OTPJSON is what GET /v2/otp/{otp_id} answers, with the number as a screen may show it.
func OTPJSON(o query.OTP, to string) string {
	body := showOTP(o)
	body.To = to
	return indented(body)
}

// MessageJSON is what GET /v2/messages/{message_id} answers, with the number as a screen may show it.
func MessageJSON(m query.Message, to string) string {
	body := showMessage(m)
	body.To = to
	return indented(body)
}

// indented writes an answer for people.
func indented(body any) string {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false) // templates escape it
	e.SetIndent("", "  ")
	_ = e.Encode(body) // published bodies always encode, into memory

	return string(bytes.TrimSpace(out.Bytes()))
}
