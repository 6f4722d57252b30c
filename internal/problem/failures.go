package problem

import (
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
)

// Failures explains every reason of a message that failed, as in message.failed and in the attempts of a code.
var Failures = []Explanation{
	{
		Name:  string(message.InvalidDestination),
		Cause: "The carrier says that the number does not exist.",
		Cure:  "Ask the user for another number.",
	},
	{
		Name:  string(message.NotOnChannel),
		Cause: "The number exists, but not on this channel: it is a landline, or has no WhatsApp or Telegram account.",
		Cure:  "Name a second channel in channels; the next one is tried at once.",
	},
	{
		Name:  string(message.Unreachable),
		Cause: "The phone is off, out of coverage, or its network does not take the message.",
		Cure:  "Let the user ask again, or over another channel.",
	},
	{
		Name:  string(message.CarrierRejected),
		Cause: "The carrier does not take this message: a filter, its content, or a rule of the country.",
		Cure:  "Look up the carrier's code (carrier_code) in its list. Many countries want a registered sender or text.",
	},
	{
		Name:  string(message.BlockedByRecipient),
		Cause: "The person or the network blocks this sender.",
		Cure:  "Use another channel for this person. Do not send again from another sender.",
	},
	{
		Name:  string(message.OptedOut),
		Cause: "The person opted out, here or at the carrier.",
		Cure:  "Respect it. A carrier that keeps its own list needs START from the phone.",
	},
	{
		Name:  string(message.ExpiredInTransit),
		Cause: "The message was not delivered before it expired: a code with its time, a text after 24 hours.",
		Cure:  "If it happens often, give codes more time with expires_in, and look at the carrier's delays.",
	},
	{
		Name:  string(message.TemplateRejected),
		Cause: "The provider does not know the template, has paused it, or the language is missing.",
		Cure: "Compare the template's name and language in the configuration with the provider's console, and wait for " +
			"its approval.",
	},
	{
		Name:  string(message.SenderNotAllowed),
		Cause: "The carrier does not allow this sender for this number.",
		Cure:  "Register the sender with the carrier, or set another one: from in the request, the account or the carrier.",
	},
	{
		Name:  string(message.CarrierError),
		Cause: "The carrier failed or refused the operator's account. The message went to the next step, and was retried.",
		Cure: "For the operator: the dashboard's screen of the carrier shows the last error, and its test says what to fix. " +
			"So do syssecure carriers and syssecure carrier test NAME.",
	},
	{
		Name:  string(message.CarrierTimeout),
		Cause: "The carrier did not answer in time, so it is not known whether it took the message.",
		Cure: "Nothing, if it is rare: the message was tried again within its limits. If it stays, pause the carrier " +
			"with syssecure carrier pause NAME.",
	},
	{
		Name:  string(message.NoAnswer),
		Cause: "Nobody answered the call.",
		Cure:  "Let the user ask again.",
	},
	{
		Name:  string(message.Busy),
		Cause: "The line was busy.",
		Cure:  "Let the user ask again.",
	},
	{
		Name:  string(message.UnknownReason),
		Cause: "The carrier reported a failure without a reason that this server knows.",
		Cure:  "Look up the carrier's code (carrier_code) in its list.",
	},
}

// Refusals explains every reason with which a code is not valid: POST /v2/otp/verify answers 200 with "valid": false.
var Refusals = []Explanation{
	{
		Name:  string(otp.Incorrect),
		Cause: "The code is wrong. attempts_remaining says how many more may be tried.",
		Cure:  "Let the user read the newest message again.",
	},
	{
		Name:  string(otp.HasExpired),
		Cause: "The code was entered too late.",
		Cure:  "Send a new one.",
	},
	{
		Name:  string(otp.NoAttemptsLeft),
		Cause: "Too many wrong codes were tried for this OTP: 5, or 3 when the code has 4 or 5 digits.",
		Cure:  "Send a new one.",
	},
	{
		Name:  string(otp.AlreadyVerified),
		Cause: "The code was right once, and a code works once.",
		Cure:  "If your own request was repeated, send it with an Idempotency-Key: the repeat gets the first answer.",
	},
	{
		Name:  string(otp.WasCanceled),
		Cause: "The code was canceled, or replaced by a send with force_new.",
		Cure:  "Let the user enter the code of the newest message.",
	},
}
