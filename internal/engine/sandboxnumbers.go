package engine

// SandboxNumber is a number of the sandbox and what it does; names of the API in Text stand in backticks.
type SandboxNumber struct{ Number, Text string }

// SandboxNumbers are the numbers that simulate something. Tests send to each of them.
var SandboxNumbers = []SandboxNumber{
	{"+15005550006", "delivered on the first channel"},
	{"+15005550001", "422: no such number can exist"},
	{"+15005550002", "the first channel fails, and the next takes over at once; with one channel `message.failed` and " +
		"`otp.failed` follow"},
	{"+15005550003", "422: the country is not allowed"},
	{"+15005550004", "opted out: `POST /v2/sms/send` answers 422, a code is sent"},
	{"+15005550009", "a landline: only voice works, the other channels fail with `not_on_channel`"},
	{"+15005550010", "the first channel reports nothing, and the next takes over when the timer ends"},
	{"+15005550011", "every channel rejects the number: 422"},
	{"+15005550012", "delivered, then read"},
	{"+15005550013", "delivered late, after the next channel has taken over"},
	{"+15005550014", "402: no credits are left"},
	{"+15005550015", "429 with `Retry-After`"},
	{"+15005550016", "500: an internal error"},
	{"+15005550018", "the phone replies STOP after the delivery: `contact.opted_out`"},
	{"+15005550019", "the code expires in 1 second"},
	{"+15005550020", "the code can be tried only once"},
	{"+15005550021", "the phone replies \"Hello\" after the delivery: `message.received`"},
}
