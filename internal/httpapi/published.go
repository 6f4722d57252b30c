package httpapi

import "github.com/syssecure/syssecure/internal/query"

// OTPBody is what GET /v2/otp/{otp_id} answers, with the number as a screen may show it.
func OTPBody(o query.OTP, to string) any {
	body := showOTP(o)
	body.To = to
	return body
}

// MessageBody is what GET /v2/messages/{message_id} answers, with the number as a screen may show it.
func MessageBody(m query.Message, to string) any {
	body := showMessage(m)
	body.To = to
	return body
}
