package audit

// What changes are called.
const (
	AccountCreated = "account.created"
	AccountChanged = "account.changed"
	CreditsAdded   = "credits.added"
	CreditsRemoved = "credits.removed"

	KeyCreated = "key.created"
	KeyRotated = "key.rotated"
	KeyRevoked = "key.revoked"

	TemplateCreated = "template.created"
	TemplateChanged = "template.changed"
	TemplateDeleted = "template.deleted"
	TemplateTested  = "template.tested"

	WebhookCreated        = "webhook.created"
	WebhookChanged        = "webhook.changed"
	WebhookDeleted        = "webhook.deleted"
	WebhookTested         = "webhook.tested"
	WebhookRecovered      = "webhook.recovered"
	WebhookSecretRotated  = "webhook.secret_rotated"
	CallbackSecretRotated = "callback_secret.rotated"
	EventRedelivered      = "event.redelivered"

	OptOutAdded   = "opt_out.added"
	OptOutRemoved = "opt_out.removed"

	// What a person does to a code or text. What programs do is not recorded: it would drown all else.
	VerificationResent   = "verification.resent"
	VerificationCanceled = "verification.canceled"
	MessageCanceled      = "message.canceled"

	// What a person does to the sandbox.
	SandboxClockMoved   = "sandbox.clock_moved"
	SandboxClockReset   = "sandbox.clock_reset"
	SandboxInboxCleared = "sandbox.inbox_cleared"

	CarrierPaused  = "carrier.paused"
	CarrierResumed = "carrier.resumed"
	CarrierTested  = "carrier.tested" // with a message, for which the provider charges
)
