// Package syssecure sends and verifies one-time passwords, and sends messages, with a SysSecure server.
//
//	client := syssecure.NewClient("sk_live_your_key_here", syssecure.WithBaseURL("https://otp.example.com"))
//
//	otp, err := client.OTP.Send(ctx, syssecure.OTPSendParams{
//		To:       "+32470123456",
//		Channels: []syssecure.Channel{syssecure.ChannelWhatsApp, syssecure.ChannelSMS},
//	})
//
//	result, err := client.OTP.Verify(ctx, syssecure.OTPVerifyParams{OTPID: otp.ID, Code: "847291"})
//
// Params are structs, and a field that is zero is left out. A call that fails returns an [*APIError] when the server
// answered with an error, and a [*ConnectionError] when there was no whole answer; use [errors.Is] with
// [ErrRateLimited] and the others. Requests that may succeed later are sent again, with the same idempotency key.
//
// [ConstructEvent] verifies a webhook. Package syssecuretest has a fake server for tests.
package syssecure
