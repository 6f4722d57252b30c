package infobip

import (
	"log/slog"
	"net/url"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/setting"
)

// Factory makes carriers of the kind "infobip".
var Factory = carrier.Factory{
	About: "SMS over Infobip's SMS API (version 3). In Infobip's portal, create an API key with the scope `sms:message:send`, " +
		"and copy the base URL of your account, `https://XXXXX.api.infobip.com`, into `api_base`. Infobip signs nothing, so " +
		"choose a long random `callback_token`, and let nobody but Infobip's addresses reach the callbacks if you can.",
	Callbacks: []carrier.Callback{
		{Name: receipts, About: "Receipts. Nothing has to be entered: each request names it, with the token."},
		{Name: inbound, About: "Texts from phones. Enter it at the number or keyword as the address that texts are " +
			"forwarded to by HTTP POST in JSON, with `?token=` and the token at its end. Where headers can be set, " +
			"`Authorization: Bearer` and the token do the same."},
	},
	ExampleName:   "infobip",
	AnswerTimeout: carrier.WebAnswerTimeout,
	InFlight:      "256",
	NewSettings:   func() carrier.Settings { return &Config{APIBase: defaultBase} },
}

const (
	defaultBase  = "https://api.infobip.com"
	messagesPath = "/sms/3/messages"
)

// Config is one [[carrier]] of kind "infobip".
type Config struct {
	APIKey secret.String
	// CallbackToken authenticates callbacks; empty = all are refused.
	CallbackToken secret.String
	// APIBase replaces Infobip's host.
	APIBase string
}

// Keys implements carrier.Settings.
func (c *Config) Keys() []setting.Key {
	base := carrier.BaseKey(&c.APIBase, "Infobip")
	base.Usual = true
	base.More = "Infobip gives each account its own, which is faster than the common one."

	return []setting.Key{
		{
			Name: "api_key", To: &c.APIKey, Required: true, Example: `"change-me"`,
			Doc: "an API key, from the portal's developer tools",
		},
		{
			Name: "callback_token", To: &c.CallbackToken, Usual: true, Example: `"a-long-random-text"`, Default: "none",
			Doc:  "a secret of your choice, which callbacks must bring",
			More: "Without it, all callbacks are refused.",
		},
		base,
	}
}

// Channels implements carrier.Settings.
func (c *Config) Channels() []message.Channel { return []message.Channel{message.SMS} }

// Check implements carrier.Settings.
func (c *Config) Check(common *carrier.Common, found *setting.Findings) {
	if found.Given("api_key") && c.APIKey.Empty() {
		found.Problem("api_key", "api_key must not be empty; create one in Infobip's portal")
	}
	if common.Receipts && c.CallbackToken.Empty() {
		found.Problem("callback_token", "callback_token is missing: it protects receipts, which Infobip does not sign; "+
			"set it, or receipts = false")
	}
	if common.From == "" {
		found.Problem("from", "from is missing: Infobip accepts no message without a sender")
	}
	carrier.CheckBase(&c.APIBase, defaultBase, found)
	common.NeedsPublicURL("Infobip", found)
}

// Make implements carrier.Settings.
func (c *Config) Make(common carrier.Common, log *slog.Logger) (carrier.Carrier, error) {
	if err := carrier.Verify(common, c); err != nil {
		return nil, err
	}
	to, err := url.Parse(c.APIBase + messagesPath)
	if err != nil {
		return nil, err
	}

	return newCarrier(common, *c, to, log), nil
}
