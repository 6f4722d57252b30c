package live

import "strings"

func reports(c *check) {
	balance := c.call("balance.get", object{})
	c.equal("credits", balance.get("credits"), 1000000)
	c.equal("held", balance.get("held"), 0)
	raw := c.result("request", c.do(object{"cmd": "request", "method": "GET", "path": "/balance"}))
	c.equal("credits, of a raw request,", raw.get("credits"), 1000000)

	found := c.call("lookup", object{"number": "+32470123456"})
	c.equal("valid", found.get("valid"), true)
	c.equal("country", found.get("country"), "BE")
	c.equal("type", found.get("type"), c.says("mobile"))

	usage := c.call("usage.get", object{"group_by": []string{"day", "channel"}})
	c.must(usage.get("total.messages").exists(), "usage has no total: %s", usage)
	conversion := c.call("analytics.conversion", object{"group_by": []string{"country"}})
	c.must(conversion.get("total.codes").exists(), "conversion has no total: %s", conversion)
}

func account(c *check) {
	c.equal("name", c.call("account.get", object{}).get("name"), "Acme")
	changed := c.call("account.update", object{"default_locale": "nl", "spend_cap_countries": object{"BE": 500}})
	c.equal("default_locale", changed.get("default_locale"), "nl")
	c.equal("spend_cap_countries.BE", changed.get("spend_cap_countries.BE"), 500)
	// As it was, for the checks to come.
	changed = c.call("account.update", object{"default_locale": "en", "spend_cap_countries": object{}})
	c.equal("default_locale", changed.get("default_locale"), "en")
}

// keys makes a key, works with it, and lets another take its place.
func keys(c *check) {
	made := c.call("keys.create", object{"name": "Shop", "scopes": []string{"read"}})
	c.equal("name", made.get("name"), "Shop")
	c.equal("scopes", made.get("scopes"), []string{"read"})
	balance := object{"cmd": "call", "op": "balance.get", "args": object{}}
	c.result("balance.get, with the new key,", c.doAs(made.get("secret").String(), balance))

	rotated := c.call("keys.rotate", object{"key_id": made.get("id"), "overlap": 600})
	c.equal("replaces", rotated.get("replaces"), made.get("id").v)
	c.result("balance.get, with the rotated key,", c.doAs(rotated.get("secret").String(), balance))
	revoked := c.call("keys.revoke", object{"key_id": rotated.get("id")})
	c.equal("status", revoked.get("status"), c.says("revoked"))
	c.must(revoked.get("revoked_at").exists(), "revoked_at is absent")

	states := map[string]string{}
	for _, key := range c.iterate("keys.list", object{"limit": 1}, 0) {
		states[key.get("id").String()] = key.get("status").String()
		c.must(!key.get("secret").exists(), "a list shows the secret of %s", key.get("id"))
	}
	c.equal("the status of the old key", value{states[made.get("id").String()]}, c.says("expiring"))
	c.equal("the status of the new key", value{states[rotated.get("id").String()]}, c.says("revoked"))
	c.refused("keys.create", object{"scopes": []string{"operator"}}, "BadRequestError")
}

func templates(c *check) {
	texts := object{"en": "{{code}} is your Acme code", "pt-BR": "{{code}} é o seu código Acme"}
	made := c.call("templates.create", object{"name": "Login", "translations": texts})
	id := object{"template_id": made.get("id")}
	c.equal("translations.pt-BR", c.call("templates.get", id).get("translations.pt-BR"), texts["pt-BR"])
	c.must(len(c.iterate("templates.list", object{}, 0)) > 0, "templates.list is empty")

	preview := c.call("templates.preview", object{"template_id": made.get("id"), "locale": "pt-BR", "code": "424242"})
	c.equal("text", preview.get("text"), "424242 é o seu código Acme")
	draft := c.call("templates.preview_draft", object{"translations": object{"en": "Code {{code}}"}, "code": "4242"})
	c.equal("channels.sms.text", draft.get("channels.sms.text"), "Code 4242")

	to := c.session.number()
	c.call("otp.send", object{"to": to, "channels": sms, "template": made.get("id"), "locale": "pt-BR"})
	text := c.call("sandbox.messages", object{"to": to}).get("data.0.body").String()
	c.must(strings.HasPrefix(text, "000000 é o seu código Acme"), "the phone shows %q", text)

	smartEncoding(c, id)
	changed := c.call("templates.update", object{"template_id": made.get("id"), "name": "Sign in"})
	c.equal("name", changed.get("name"), "Sign in")
	c.equal("deleted", c.call("templates.delete", id).get("deleted"), true)
	c.refused("templates.get", id, "NotFoundError")
}

// smartEncoding makes a text of 77 characters one SMS instead of two.
func smartEncoding(c *check, template object) {
	const quoted = "“{{code}}” is your Acme code. Do not give it to anybody, nor to us when we call"
	c.call("templates.update", object{"template_id": template["template_id"], "translations": object{"en": quoted}})
	preview := object{"template_id": template["template_id"], "locale": "en", "code": "424242"}
	before := c.switchSmartEncoding(false, preview)
	c.equal("encoding", before.get("encoding"), c.says("ucs2"))
	c.equal("replaced, without smart encoding,", before.get("replaced"), []any{})

	after := c.switchSmartEncoding(true, preview)
	c.equal("encoding", after.get("channels.sms.encoding"), c.says("gsm7"))
	c.equal("replaced.0.from", after.get("replaced.0.from"), "“")
	c.equal("channels.sms.replaced.0.to", after.get("channels.sms.replaced.0.to"), "\"")
	body := strings.ReplaceAll(quoted, "{{code}}", "424242")
	sent := c.call("sms.send", object{"to": c.session.number(), "body": body})
	c.equal("segments", sent.get("segments"), 1)
	c.equal("replaced.0.count", sent.get("replaced.0.count"), 1)
	message := c.call("messages.get", object{"message_id": sent.get("id")})
	c.equal("replaced.0.from, of the message,", message.get("replaced.0.from"), "“")

	c.switchSmartEncoding(false, preview)
}

// switchSmartEncoding returns the preview that shows it: the server remembers for a moment what a key may do, and how.
func (c *check) switchSmartEncoding(on bool, preview object) (shown value) {
	c.equal("smart_encoding", c.call("account.update", object{"smart_encoding": on}).get("smart_encoding"), on)
	segments := map[bool]int{false: 2, true: 1}[on]
	c.eventually("a preview by the new setting", func() bool {
		shown = c.call("templates.preview", preview)
		return shown.get("channels.sms.segments").equals(segments)
	})

	return shown
}

func optOuts(c *check) {
	to := c.session.number()
	put := c.call("opt_outs.put", object{"number": to})
	c.equal("source", put.get("source"), c.says("api"))
	listed := c.iterate("opt_outs.list", object{"to": to}, 0)
	c.equal("the number of opt-outs", value{len(listed)}, 1)
	c.refused("sms.send", object{"to": to, "body": "Hello"}, "InvalidPhoneError")
	c.equal("number", c.call("opt_outs.delete", object{"number": to}).get("number"), to)
	c.call("sms.send", object{"to": to, "body": "Hello"})
}

// inbound sends a text to a number that answers, and waits for the answer.
func inbound(c *check) {
	c.call("sms.send", object{"to": helloNumber, "body": "Hello?"})
	var texts []value
	c.eventually("a text from the phone", func() bool {
		texts = c.iterate("inbound.list", object{"from": helloNumber, "limit": 1}, 0)
		return len(texts) > 0
	})
	for _, m := range texts {
		c.equal("body", m.get("body"), "Hello")
		c.must(m.get("id").exists(), "id is absent")
	}
}

// outcomes decides what becomes of a message of the sandbox, and empties the inbox.
func outcomes(c *check) {
	c.call("sandbox.clear", object{"to": silentNumber})
	sent := c.call("sms.send", object{"to": silentNumber, "body": "Hello"})
	inbox := c.call("sandbox.messages", object{"to": silentNumber})
	c.equal("message_id, in the inbox,", inbox.get("data.0.message_id"), sent.get("id").v)
	c.must(!inbox.get("data.0.otp_id").exists(), "otp_id of a text is %s", inbox.get("data.0.otp_id"))

	end := object{"message_id": sent.get("id"), "status": "failed", "reason": "carrier_rejected"}
	failed := c.call("sandbox.force_outcome", end)
	c.equal("status", failed.get("status"), c.says("failed"))
	c.equal("reason", failed.get("reason"), c.says("carrier_rejected"))
	c.refused("sandbox.force_outcome", object{"message_id": sent.get("id"), "status": "delivered"}, "BadRequestError")
	c.equal("cleared", c.call("sandbox.clear", object{"to": silentNumber}).get("cleared"), 1)
}

// ledger lists what became of the credits, and what messages cost. The sandbox costs nothing.
func ledger(c *check) {
	operator := c.session.server.OperatorKey
	c.equal("the number of entries of the sandbox", value{len(c.iterate("balance.entries", object{}, 0))}, 0)
	text := object{"to": c.session.number(), "body": "Hello"}
	c.callAs(c.session.server.LiveKey, "sms.send", text)
	entries := c.callAs(operator, "balance.entries", object{"limit": 1})
	c.must(entries.get("data.0.seq").exists(), "there are no entries: %s", entries)
	c.must(entries.get("data.0.kind").exists(), "kind is absent: %s", entries)

	prices := c.callAs(operator, "balance.prices", object{}).get("data").list()
	c.must(len(prices) > 0, "there are no prices")
	for _, price := range prices {
		c.must(price.get("credits").exists() && price.get("unit").exists(), "prices holds %s", price)
	}
}

// logs shows what was asked, and who changed what.
func logs(c *check) {
	made := c.call("keys.create", object{"name": "Logged", "scopes": []string{"read"}})
	c.call("keys.revoke", object{"key_id": made.get("id")})
	entries := c.iterate("audit.list", object{"object": made.get("id"), "limit": 1}, 0)
	c.equal("the number of entries about a key", value{len(entries)}, 2)
	for _, entry := range entries {
		c.equal("actor.kind", entry.get("actor.kind"), "key")
		c.equal("object", entry.get("object"), made.get("id").v)
	}

	c.eventually("a request in the log", func() bool {
		logged := c.call("requests.list", object{"operation": "revoke-key", "limit": 1})
		return logged.get("data.0.path").String() == "/v2/keys/"+made.get("id").String()
	})
}

// explained asks why a number got what it got.
func explained(c *check) {
	to := c.session.number()
	none := c.call("explain_number", object{"number": to})
	c.equal("verdict, before any request,", none.get("verdict"), "no_request")
	c.call("otp.send", object{"to": to, "channels": sms})
	report := c.call("explain_number", object{"number": to})
	c.equal("number", report.get("number"), to)
	c.equal("country", report.get("country"), "BE")
	c.must(report.get("summary").exists(), "summary is absent: %s", report)
	c.must(len(report.get("findings").list()) > 0, "there are no findings: %s", report)
	c.must(report.get("findings.0.at").exists(), "at is absent: %s", report)
}
