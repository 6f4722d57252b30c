package live

import (
	"regexp"
	"strings"
	"time"
)

// sms is the channel of all codes here.
var sms = []string{"sms"}

var sixDigits = regexp.MustCompile(`\b[0-9]{6}\b`)

// deliveredNumber and the others are numbers of the sandbox that ask for a behaviour.
const (
	deliveredNumber = "+15005550006"
	silentNumber    = "+15005550010"
	limitedNumber   = "+15005550015"
	helloNumber     = "+15005550021"
)

// codes sends a code, reads it like a person would, and tries a wrong one first.
func codes(c *check) {
	to := c.session.number()
	sent := c.call("otp.send", object{
		"to": to, "channels": sms, "expires_in": 300, "metadata": object{"user_id": "usr_1", "cartTotal": 12},
	})

	c.equal("status", sent.get("status"), c.says("sent"))
	c.equal("channel", sent.get("channel"), c.says("sms"))
	c.equal("to", sent.get("to"), to)

	text := c.call("sandbox.messages", object{"to": to}).get("data.0.body").String()
	code := sixDigits.FindString(text)
	c.must(code != "", "the inbox shows no code: %q", text)
	wrong := c.verify(sent, "1"+code[min(1, len(code)):])
	c.equal("valid, of a wrong code,", wrong.get("valid"), false)
	c.equal("reason, of a wrong code,", wrong.get("reason"), c.says("incorrect"))

	got := c.call("otp.get", object{"otp_id": sent.get("id")})
	c.equal("attempts_remaining", wrong.get("attempts_remaining"), got.get("attempts_remaining").v)
	c.equal("metadata.cartTotal", got.get("metadata.cartTotal"), 12)

	right := c.verify(sent, code)
	c.equal("valid, of the right code,", right.get("valid"), true)
	c.must(right.get("verified_at").exists(), "verified_at is absent")
	again := c.verify(sent, code)
	c.equal("valid, of the right code again,", again.get("valid"), false)
	c.equal("reason, of the right code again,", again.get("reason"), c.says("already_verified"))
}

func (c *check) verify(sent value, code string) value {
	return c.call("otp.verify", object{"otp_id": sent.get("id"), "code": code})
}

// endings cancels a code, and lets another expire by the sandbox's clock.
func endings(c *check) {
	sent := c.call("otp.send", object{"to": c.session.number(), "channels": sms})
	again := c.call("otp.resend", object{"otp_id": sent.get("id")})
	c.equal("id, after a resend,", again.get("id"), sent.get("id").v)
	canceled := c.call("otp.cancel", object{"otp_id": sent.get("id")})
	c.equal("status", canceled.get("status"), c.says("canceled"))
	c.equal("reason", c.verify(sent, "000000").get("reason"), c.says("canceled"))

	other := c.call("otp.send", object{"to": c.session.number(), "channels": sms})
	clock := c.call("sandbox.clock", object{"advance": "301s"})
	c.equal("done", clock.get("done"), true)
	c.equal("reason", c.verify(other, "000000").get("reason"), c.says("expired"))
	c.call("sandbox.clock", object{"reset": true})
}

// idempotency sends a text twice with one key.
func idempotency(c *check) {
	to, key := c.session.number(), object{"idempotency_key": "live-" + c.session.number()}
	text := object{"to": to, "body": "Shipped"}
	first, second := c.call("sms.send", text, key), c.call("sms.send", text, key)
	c.equal("id, of the repetition,", second.get("id"), first.get("id").v)
	c.equal("the number of messages", value{len(c.iterate("messages.list", object{"to": to}, 0))}, 1)
}

// pages iterates over more elements than a page holds.
func pages(c *check) {
	const messages = 5
	to := c.session.number()
	for range messages {
		c.call("sms.send", object{"to": to, "body": "Hello"})
	}

	first := c.call("messages.list", object{"to": to, "limit": 2})
	c.equal("has_more", first.get("has_more"), true)
	c.must(first.get("next_cursor").exists(), "next_cursor is absent")

	seen := map[string]bool{}
	for _, m := range c.iterate("messages.list", object{"to": to, "limit": 2}, 0) {
		seen[m.get("id").String()] = true
	}

	c.equal("the number of messages", value{len(seen)}, messages)
	c.equal("the number of messages", value{len(c.iterate("messages.list", object{"to": to, "limit": 2}, 3))}, 3)

	c.must(len(c.iterate("otp.list", object{"limit": 1}, 3)) == 3, "otp.list has no 3 elements")
	events := c.iterate("events.list", object{"after": "start", "limit": 7}, 0)
	c.must(len(events) > messages, "events.list has %d elements", len(events))
}

// schedule sends a text later, and cancels it.
func schedule(c *check) {
	at := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	sent := c.call("sms.send", object{
		"to": c.session.number(), "body": "Tomorrow ☀️", "scheduled_at": object{"$time": at},
	})
	c.equal("status", sent.get("status"), c.says("scheduled"))
	c.equal("scheduled_at", sent.get("scheduled_at"), at)
	canceled := c.call("messages.cancel", object{"message_id": sent.get("id")})
	c.equal("status", canceled.get("status"), c.says("canceled"))
	got := c.call("messages.get", object{"message_id": sent.get("id")})
	c.equal("status", got.get("status"), c.says("canceled"))
}

// limits provokes the errors of which callers need more than the class.
func limits(c *check) {
	failure := c.refused("otp.send", object{"to": limitedNumber, "channels": sms}, "RateLimitError")
	c.equal("status", failure.get("status"), 429)
	c.equal("retry_after", failure.get("retry_after"), 30)
	c.equal("limit", failure.get("limit"), "5/10m")

	wrong := object{"to": "+3247", "channels": []string{"pigeon"}, "length": 99}
	failure = c.refused("otp.send", wrong, "BadRequestError")
	faults := failure.get("errors").list()
	c.must(len(faults) >= 2, "errors is %s, want at least 2", failure.get("errors"))
	for _, f := range faults {
		c.must(f.get("field").exists() && f.get("message").exists(), "errors holds %s", f)
	}

	balance := object{"cmd": "call", "op": "balance.get", "args": object{}}
	c.failure("balance.get", "AuthenticationError", c.doAs("sk_test_that_nobody_made", balance))
}

// tooSoon sends a code again before its time, with a live key, because the sandbox limits no numbers. The code is in
// the text that the gateway got.
func tooSoon(c *check) {
	key, to := c.session.server.LiveKey, c.session.number()
	send := object{"cmd": "call", "op": "otp.send", "args": object{"to": to, "channels": sms}}
	first := c.result("otp.send", c.doAs(key, send))
	failure := c.failure("otp.send", "RateLimitError", c.doAs(key, send))
	c.equal("otp_id", failure.get("otp_id"), first.get("id").v)
	c.must(failure.get("retry_after").exists(), "retry_after is absent")
	c.must(strings.HasPrefix(failure.get("request_id").String(), "req_"), "request_id is %s", failure.get("request_id"))

	if c.err != nil {
		return
	}
	guess := object{"otp_id": first.get("id"), "code": sixDigits.FindString(c.session.server.TextOf(to))}
	right := c.result("otp.verify", c.doAs(key, object{"cmd": "call", "op": "otp.verify", "args": guess}))
	c.equal("valid, of a live code,", right.get("valid"), true)
}
