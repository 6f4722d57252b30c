package docs

// group is a page of the reference: operations on one kind of thing.
type group struct {
	Slug, Title, Lead string
	Operations        []string
}

// groups are the pages of the reference, with their operations in the order in which a reader needs them. An operation
// that is in none of them goes into the last.
var groups = []group{
	{
		"otp", "One-time passwords",
		"Send a code, verify what the user entered, and see what happened to it. The channels are tried in order until one " +
			"delivers.",
		[]string{"send-otp", "verify-otp", "resend-otp", "cancel-otp", "get-otp", "list-otps"},
	},
	{
		"messages", "Messages",
		"Send a text to any phone number in 195+ countries, at once or at a time, follow it until it is delivered, and " +
			"read what phones wrote.",
		[]string{"send-sms", "get-message", "list-messages", "cancel-message", "list-inbound"},
	},
	{
		"contacts", "Numbers and opt-outs",
		"Look up a number without asking a network, and keep the list of numbers that do not want your messages.",
		[]string{"lookup", "explain-number", "list-opt-outs", "put-opt-out", "delete-opt-out"},
	},
	{
		"templates", "Templates",
		"Your own texts, in each language and for each channel. A preview shows what a phone would show, and how many " +
			"segments it costs.",
		[]string{
			"create-template", "get-template", "list-templates", "update-template", "delete-template", "preview-template",
			"preview-draft",
		},
	},
	{
		"webhooks", "Webhook endpoints",
		"Where events are posted to, what was posted, and how to post it again. What an event holds and how to check its " +
			"signature is on the page about webhooks.",
		[]string{
			"create-webhook", "get-webhook", "list-webhooks", "update-webhook", "delete-webhook", "test-webhook",
			"rotate-webhook-secret", "rotate-callback-secret", "list-deliveries", "redeliver", "recover-webhook",
		},
	},
	{
		"events", "Events",
		"Everything that happened, in order, for those who cannot take webhooks or have missed some.",
		[]string{"list-events", "list-event-types"},
	},
	{
		"account", "Account and reports",
		"Settings, credits, and reports of what was sent, what it cost and how many codes were verified.",
		[]string{"get-account", "update-account", "get-balance", "list-entries", "list-prices", "get-usage", "get-conversion"},
	},
	{
		"keys", "API keys",
		"Create keys with only the scopes that a program needs, replace them without an interruption, and revoke them. Each " +
			"change works on every server within a second.",
		[]string{"list-keys", "create-key", "rotate-key", "revoke-key"},
	},
	{
		"logs", "Logs",
		"What each key asked for and how it was answered, and who changed what in the account.",
		[]string{"list-requests", "list-audit"},
	},
	{
		"sandbox", "Inbox and clock",
		"Read what phones of the sandbox received, choose what happens to a message, and move the sandbox's clock. Only for " +
			"keys that begin with sk_test_.",
		[]string{"sandbox-messages", "force-outcome", "clear-sandbox", "sandbox-clock"},
	},
	{
		"operator", "Operator",
		"What those who run the server see. These operations need a key with the scope operator, which only the command " +
			"line creates.",
		[]string{
			"list-carriers", "pause-carrier", "resume-carrier", "test-carrier", "explain-route", "get-instance",
			"list-accounts", "create-account", "add-credits",
		},
	},
}
