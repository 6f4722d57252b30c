package live

// carriers lists them as the operator sees them, and as nobody else does.
func carriers(c *check) {
	c.session.called["carriers.list"] = true
	list := func() object { return object{"cmd": "iterate", "op": "carriers.list", "args": object{}} }
	listed := c.result("carriers.list", c.doAs(c.session.server.OperatorKey, list())).list()
	c.equal("the number of carriers", value{len(listed)}, 1)
	for _, carrier := range listed {
		c.equal("name", carrier.get("name"), "gateway")
		c.equal("kind", carrier.get("kind"), "http")
		c.equal("channels", carrier.get("channels"), []string{"sms"})
		c.equal("state", carrier.get("state"), c.says("ok"))
		c.equal("nodes", carrier.get("nodes"), 1)
		c.must(!carrier.get("sessions").exists(), "sessions is %s, but this kind has none", carrier.get("sessions"))
	}

	c.failure("carriers.list", "AuthenticationError", c.do(list()))
}

// pauses stops a carrier and starts it again.
func pauses(c *check) {
	operator, gateway := c.session.server.OperatorKey, object{"carrier": "gateway"}
	paused := c.callAs(operator, "carriers.pause", gateway)
	c.equal("state", paused.get("state"), c.says("paused"))
	c.must(paused.get("paused_since").exists(), "paused_since is absent")
	resumed := c.callAs(operator, "carriers.resume", gateway)
	c.equal("state", resumed.get("state"), c.says("ok"))
	c.failure("carriers.pause", "NotFoundError", c.doAs(operator,
		object{"cmd": "call", "op": "carriers.pause", "args": object{"carrier": "nobody"}}))
}

// carrierTest tries a carrier once: the server refuses to do so again for a moment.
func carrierTest(c *check) {
	tested := c.callAs(c.session.server.OperatorKey, "carriers.test", object{"carrier": "gateway"})
	c.equal("carrier", tested.get("carrier"), "gateway")
	c.equal("ok", tested.get("ok"), true)
	checks := tested.get("checks").list()
	c.must(len(checks) > 0, "there are no checks: %s", tested)
	for _, one := range checks {
		c.must(one.get("name").exists() && one.get("ok").exists(), "checks holds %s", one)
	}
}

// routes explains how a text would go.
func routes(c *check) {
	question := object{"to": "+32470123456", "channels": sms}
	plan := c.callAs(c.session.server.OperatorKey, "routes.explain", question)
	c.equal("country", plan.get("country"), "BE")
	c.equal("steps.0.carrier", plan.get("steps.0.carrier"), "gateway")
	c.equal("steps.0.channel", plan.get("steps.0.channel"), c.says("sms"))
	c.equal("steps.0.cost", plan.get("steps.0.cost"), 3)
	c.must(plan.get("steps.0.chosen").exists(), "chosen is absent: %s", plan)
}

// costs are for the operator. The text goes to the gateway, because the sandbox costs nothing.
func costs(c *check) {
	customer, operator := c.session.server.LiveKey, c.session.server.OperatorKey
	text := object{"to": c.session.number(), "body": "Hello"}
	sent := c.result("sms.send", c.doAs(customer, object{"cmd": "call", "op": "sms.send", "args": text}))

	for key, cost := range map[string]any{operator: 3, customer: nil} {
		id := object{"message_id": sent.get("id")}
		got := c.result("messages.get", c.doAs(key, object{"cmd": "call", "op": "messages.get", "args": id}))
		c.equal("cost of the attempt", got.get("attempts.0.cost"), cost)
		c.must(got.get("attempts.0.chosen").exists(), "chosen is absent: %s", got)

		usage := c.result("usage.get", c.doAs(key, object{"cmd": "call", "op": "usage.get", "args": object{}}))
		c.equal("whether usage has a cost", value{usage.get("total.cost").exists()}, cost != nil)
	}
}

// installation looks at the server, and makes an account.
func installation(c *check) {
	operator := c.session.server.OperatorKey
	instance := c.callAs(operator, "instance.get", object{})
	c.equal("database", instance.get("database"), "sqlite")
	c.equal("the number of nodes", value{len(instance.get("nodes").list())}, 1)
	c.must(instance.get("started_at").exists(), "started_at is absent: %s", instance)

	made := c.callAs(operator, "accounts.create", object{"name": "Second", "credits": 10})
	c.must(made.get("callback_secret").exists(), "callback_secret is absent")
	more := object{"account_id": made.get("id"), "credits": 5}
	c.equal("credits", c.callAs(operator, "accounts.add_credits", more).get("credits"), 15)
	listed := c.callAs(operator, "accounts.list", object{"limit": 1})
	c.equal("has_more", listed.get("has_more"), true)
	c.equal("the number of accounts", value{len(listed.get("data").list())}, 1)
}
