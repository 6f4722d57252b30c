package problem

import (
	"slices"

	"github.com/syssecure/syssecure/internal/fault"
)

// Explanation says what a code or reason means, for the page that describes the errors. test/tree checks that every
// code and reason in the source tree has one.
type Explanation struct {
	Name  string       // the code or the reason; the page is linked by it
	Codes []fault.Code // of a reason of an error: the codes that it comes with
	Cause string       // what happened
	Cure  string       // what to do
}

// Anchor is the name by which the page of errors is linked for a fault: its reason or, when the page does not have it,
// its code. The operator chooses the names of the limits in [[limit]], so the page cannot have those.
func Anchor(f *fault.Fault) string {
	if slices.ContainsFunc(Reasons, func(e Explanation) bool { return e.Name == f.Details.Reason }) {
		return f.Details.Reason
	}
	return string(f.Code)
}

// Codes explains every published code, in the order of the API reference.
var Codes = []Explanation{
	{
		Name: string(fault.InvalidParams),
		Cause: "The request is not what the operation takes: a field is missing, unknown or has a wrong value. The " +
			"status is 400; 405 for a wrong method, 413 for a body over 64 KB, 415 for a body that is not plain JSON, " +
			"and 431 for headers over 16 KB.",
		Cure: "Read message, which says what to write. details.errors lists every field that is wrong. The same " +
			"request will be refused again, so do not retry it.",
	},
	{
		Name: string(fault.Unauthorized),
		Cause: "The header Authorization is missing or its key is malformed, unknown, revoked or expired. The answer " +
			"does not say which. With the reason missing_scope the key is good, but may not do this.",
		Cure: "Send Authorization: Bearer sk_live_… or sk_test_…, with the whole key. The operator sees the keys and " +
			"their status with syssecure key list.",
	},
	{
		Name: string(fault.InsufficientCredits),
		Cause: "The account does not have the credits that the message can cost: those of the dearest step of its " +
			"plan. Nothing was sent.",
		Cure: "Let the operator add credits (syssecure account credit). GET /v2/balance shows what can be spent; the " +
			"event credits.low warns in time.",
	},
	{
		Name: string(fault.NotFound),
		Cause: "There is nothing at this path, or no such object. An object of another account or of the other mode " +
			"is answered in the same way.",
		Cure: "Check the path, the id, and that the key is of the account and mode that made the object. Codes and " +
			"messages are removed after the time that the operator has set (90 days by default).",
	},
	{
		Name: string(fault.InvalidPhone),
		Cause: "The number is not written in E.164 form, cannot exist, is of a type that gets no messages, has opted " +
			"out, or was rejected by every carrier. details.reason says which.",
		Cure: "Ask the user for another number. The same number will be refused again.",
	},
	{
		Name: string(fault.RateLimitExceeded),
		Cause: "A limit is reached: of the number, of the key, or one that the operator has defined. details.limit is " +
			"the limit and details.reason its name. A name that is not on this page is a [[limit]] of the operator's " +
			"configuration.",
		Cure: "Wait for the seconds in the header Retry-After, then send the request again. The SDKs do this for you.",
	},
	{
		Name: string(fault.Internal),
		Cause: "The server could not process the request. With status 503 and the reason unavailable its database " +
			"does not answer; with 500 something unexpected happened, which its log describes.",
		Cure: "Retry with growing pauses and the same Idempotency-Key, so that nothing is sent twice. If it stays, " +
			"give request_id to the operator, who finds it in the log.",
	},
}

// Reasons explains every value of details.reason but the names of the operator's limits.
var Reasons = []Explanation{
	{
		Name: "limit_reached", Codes: []fault.Code{fault.InvalidParams, fault.RateLimitExceeded},
		Cause: "The account has as many of something as it may have: details.limit says of what (templates, endpoints, " +
			"keys, sandbox_messages, scheduled, resends_per_otp), details.max how many.",
		Cure: "Remove what you no longer need, or cancel scheduled messages. For resends_per_otp, wait until the code " +
			"has expired, or send with force_new.",
	},
	{
		Name: "idempotency_key_reused", Codes: []fault.Code{fault.InvalidParams},
		Cause: "This Idempotency-Key came with another path or body in the last 24 hours.",
		Cure:  "Make a new key for each new request, and repeat a request byte for byte. A UUID for each request is right.",
	},
	{
		Name: "live_only", Codes: []fault.Code{fault.InvalidParams},
		Cause: "A test key asked for something that there is once for the whole installation. What test keys do changes " +
			"nothing that is live.",
		Cure: "Use a live key with the scope operator (syssecure key create --mode live --scopes operator).",
	},
	{
		Name: "test_number", Codes: []fault.Code{fault.InvalidPhone},
		Cause: "The number is a [[test_number]] of the server's configuration. Nothing is sent to it, so a carrier cannot be " +
			"tested with it.",
		Cure: "Name the number of a phone that you have at hand.",
	},
	{
		Name: "not_submitted", Codes: []fault.Code{fault.InvalidParams},
		Cause: "The message of the sandbox has not been given to a carrier, so no receipt for it can come: it is " +
			"scheduled, or it was canceled.",
		Cure: "Move the sandbox's clock to the time of the message (POST /v2/sandbox/clock), and choose the outcome then.",
	},
	{
		Name: "final", Codes: []fault.Code{fault.InvalidParams},
		Cause: "A final receipt for the message of the sandbox has come already, and the first one counts. Most numbers " +
			"of the sandbox report a delivery at once.",
		Cure: "Send to +15005550010, which reports nothing, and choose the outcome of that message.",
	},
	{
		Name: "not_scheduled", Codes: []fault.Code{fault.InvalidParams},
		Cause: "Only a message that is still scheduled can be canceled. This one is being sent, was sent, or has ended.",
		Cure:  "Nothing can be called back. GET /v2/messages/{id} shows what became of it.",
	},
	{
		Name: "missing_scope", Codes: []fault.Code{fault.Unauthorized},
		Cause: "The key is good, but does not have the scope that this operation needs. message names the scope.",
		Cure:  "Use another key, or let the operator make one that has it (syssecure key create --scopes …).",
	},
	{
		Name: "spend_cap", Codes: []fault.Code{fault.InsufficientCredits},
		Cause: "The account has credits, but a cap on its spending leaves less than this message can cost. details.limit " +
			"is the cap.",
		Cure: "Find out first whether somebody abuses your sign-up form; caps are there for that. Then wait until the " +
			"time in message, or raise the account's spend_cap_hour, spend_cap_day or spend_cap_countries.",
	},
	{
		Name: "format", Codes: []fault.Code{fault.InvalidPhone},
		Cause: "The number is not in E.164 form: a plus sign, the country code and the number, 7 to 15 digits in all.",
		Cure:  "Write +32470123456: without spaces, hyphens and brackets, and without the 0 that is dialled in the country.",
	},
	{
		Name: "impossible", Codes: []fault.Code{fault.InvalidPhone},
		Cause: "The numbering plan of the country has no such number, or no country has this code.",
		Cure: "Check the digits with the user. If the range is new, the operator can allow it by also_valid in " +
			"[numbers].",
	},
	{
		Name: "not_served", Codes: []fault.Code{fault.InvalidPhone},
		Cause: "The number belongs to a range that gets no messages: one that the operator has listed under never in " +
			"[numbers], or one of satellites and international networks (+870, +878, +881, +882, +883, +888, +979).",
		Cure: "Ask the user for another number. Ranges under never are the operator's decision; the others are never " +
			"served.",
	},
	{
		Name: "toll_free", Codes: []fault.Code{fault.InvalidPhone},
		Cause: "This is a toll-free number. No person reads messages there.", Cure: askForMobile,
	},
	{
		Name: "premium_rate", Codes: []fault.Code{fault.InvalidPhone},
		Cause: "This is a premium rate number, whose owner earns from each message or call. It is never served.",
		Cure:  askForMobile + " If many such requests come, somebody is trying to earn money with your sign-up form.",
	},
	{
		Name: "shared_cost", Codes: []fault.Code{fault.InvalidPhone},
		Cause: "This is a shared cost number of a company. It is never served.", Cure: askForMobile,
	},
	{
		Name: "personal", Codes: []fault.Code{fault.InvalidPhone},
		Cause: "This is a personal number, which forwards to others at a higher price. It is never served.",
		Cure:  askForMobile,
	},
	{
		Name: "pager", Codes: []fault.Code{fault.InvalidPhone},
		Cause: "This is the number of a pager.", Cure: askForMobile,
	},
	{
		Name: "uan", Codes: []fault.Code{fault.InvalidPhone},
		Cause: "This is a company's universal access number, behind which no phone can be told.", Cure: askForMobile,
	},
	{
		Name: "voicemail", Codes: []fault.Code{fault.InvalidPhone},
		Cause: "This number leads to a voice mailbox.", Cure: askForMobile,
	},
	{
		Name: "sandbox_number", Codes: []fault.Code{fault.InvalidPhone},
		Cause: "Numbers that begin with +1500555 belong to the sandbox, and the key is a live one.",
		Cure:  "Use a test key (sk_test_…) with these numbers, or a real number with this key.",
	},
	{
		Name: "country_not_allowed", Codes: []fault.Code{fault.InvalidPhone},
		Cause: "Only the sandbox's number +15005550003 answers this, so that you can test the case.",
		Cure:  "Show your user that the country is not served.",
	},
	{
		Name: "opted_out", Codes: []fault.Code{fault.InvalidPhone},
		Cause: "The person has asked for no more messages, for example by the reply STOP.",
		Cure: "Respect it. The person can reply START; if they ask you in another way, remove the number with DELETE " +
			"/v2/opt-outs/{number}. Codes are refused only if the setting opt_out_blocks_otp is on.",
	},
	{
		Name: "invalid_destination", Codes: []fault.Code{fault.InvalidPhone},
		Cause: "Every carrier of the plan answered that this number does not exist or cannot get messages.",
		Cure:  "Ask the user for another number.",
	},
	{
		Name: "sends_per_number", Codes: []fault.Code{fault.RateLimitExceeded},
		Cause: "This number was sent as many codes as [limits] sends_per_number allows (by default 5 in 10 minutes, 10 " +
			"in an hour, 20 in a day).",
		Cure: waitFor + " Limits are the number's: another template or purpose does not help.",
	},
	{
		Name: "send_gaps", Codes: []fault.Code{fault.RateLimitExceeded},
		Cause: "The last code for this number was sent moments ago (by default 30, 60 and 120 seconds must pass).",
		Cure: waitFor + " details.otp_id is the code that is still pending: let the user enter that one, and show a " +
			"countdown on the button that sends again.",
	},
	{
		Name: "requests_per_key", Codes: []fault.Code{fault.RateLimitExceeded},
		Cause: "The key has sent more requests than [limits] requests_per_key allows (by default 100 a second).",
		Cure:  waitFor + " The header RateLimit shows with each answer how many requests are left.",
	},
	{
		Name: "guesses_per_number", Codes: []fault.Code{fault.RateLimitExceeded},
		Cause: "Too many wrong codes were entered for this number, over all its codes: 15 in an hour or 25 in a day.",
		Cure:  waitFor + " A new code does not reset the count, because somebody may be guessing.",
	},
	{
		Name: "client_ip", Codes: []fault.Code{fault.RateLimitExceeded},
		Cause: "The address in client_ip has asked for as many codes as [limits] client_ip allows.",
		Cure: waitFor + " If honest users meet it behind one address, such as a company's, the operator can raise the " +
			"limit.",
	},
	{
		Name: "client_ip_countries", Codes: []fault.Code{fault.RateLimitExceeded},
		Cause: "The address in client_ip has asked for codes to numbers of too many countries, which people do not do.",
		Cure:  waitFor + " Check that client_ip is your user's address and not your own proxy's.",
	},
	{
		Name: "in_flight", Codes: []fault.Code{fault.RateLimitExceeded},
		Cause: "The first request with this Idempotency-Key is still being answered; or, when a webhook is tested, as many " +
			"posts of the account are under way as it may have (details.limit is callbacks).",
		Cure: waitFor + " The repeat then gets the answer of the first request.",
	},
	{
		Name: "lists_at_once", Codes: []fault.Code{fault.RateLimitExceeded},
		Cause: "The account is reading 16 lists at the same time.",
		Cure:  "Read each answer to its end before you ask for the next page.",
	},
	{
		Name: "carrier_tests", Codes: []fault.Code{fault.RateLimitExceeded},
		Cause: "The carrier was tested less than 10 seconds ago. A test asks its provider, and may send a message.",
		Cure:  waitFor,
	},
	{
		Name: "unavailable", Codes: []fault.Code{fault.Internal},
		Cause: "The database or its disk does not take writes. The status is 503, and nothing was done.",
		Cure: "Retry after the seconds in Retry-After. The operator finds the cause with syssecure doctor: a full disk, " +
			"or a database that is down. The server recovers without a restart.",
	},
	{
		Name: "sandbox", Codes: []fault.Code{fault.Internal},
		Cause: "Only the sandbox's number +15005550016 answers this, so that you can test how your application retries.",
		Cure:  "Nothing is wrong. Retry with growing pauses, as for any 500.",
	},
}

const (
	askForMobile = "Ask the user for a mobile number."
	waitFor      = "Wait for the seconds in the header Retry-After."
)
