package vonage

import (
	"log/slog"
	"net/url"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/setting"
)

// Factory makes carriers of the kind "vonage".
var Factory = carrier.Factory{
	About: "SMS over Vonage's SMS API (formerly Nexmo). In Vonage's dashboard, under *API settings*, copy the API key and the " +
		"API secret, choose a signature method (*SHA-256 HMAC*; all five are understood), copy the signature secret, and ask " +
		"Vonage's support to sign webhooks. Vonage sends one receipt for each part of a long text: the text is delivered when " +
		"all its parts are. A long text from a phone comes part by part, and each part is a text by itself.",
	Callbacks: []carrier.Callback{
		{Name: receipts, About: "Receipts, by GET or POST. Each request names it when `public_url` is set and the address " +
			"has at most 100 characters; else enter it under *API settings* as *Delivery receipts (DLR) webhooks*."},
		{Name: inbound, About: "Texts from phones, by GET or POST. Enter it under *API settings* as *Inbound SMS webhooks*, " +
			"or at a number."},
	},
	ExampleName:   "vonage",
	AnswerTimeout: carrier.WebAnswerTimeout,
	InFlight:      "256",
	NewSettings:   func() carrier.Settings { return &Config{APIBase: defaultBase} },
}

const (
	defaultBase = "https://rest.nexmo.com"
	smsPath     = "/sms/json"
)

// Config is one [[carrier]] of kind "vonage".
type Config struct {
	APIKey    string
	APISecret secret.String
	// SignatureSecret checks callbacks; empty = all are refused.
	SignatureSecret secret.String
	// APIBase replaces Vonage's host.
	APIBase string
}

// Keys implements carrier.Settings.
func (c *Config) Keys() []setting.Key {
	return []setting.Key{
		{
			Name: "api_key", To: &c.APIKey, Required: true, Example: `"abcd1234"`,
			Doc: "the API key, from the dashboard's API settings",
		},
		{
			Name: "api_secret", To: &c.APISecret, Required: true, Example: `"change-me"`,
			Doc: "the API secret, from the dashboard's API settings",
		},
		{
			Name: "signature_secret", To: &c.SignatureSecret, Usual: true, Example: `"change-me"`, Default: "none",
			Doc:  "the signature secret, from the dashboard's API settings",
			More: "Callbacks are checked with it; without it, all of them are refused.",
		},
		carrier.BaseKey(&c.APIBase, "Vonage"),
	}
}

// Channels implements carrier.Settings.
func (c *Config) Channels() []message.Channel { return []message.Channel{message.SMS} }

// Check implements carrier.Settings.
func (c *Config) Check(common *carrier.Common, found *setting.Findings) {
	if found.Given("api_key") && c.APIKey == "" {
		found.Problem("api_key", "api_key must not be empty; copy it from Vonage's API settings")
	}
	if found.Given("api_secret") && c.APISecret.Empty() {
		found.Problem("api_secret", "api_secret must not be empty; copy it from Vonage's API settings")
	}
	if common.Receipts && c.SignatureSecret.Empty() {
		found.Problem("signature_secret", "signature_secret is missing: receipts are checked with it; "+
			"copy it from Vonage's API settings, or set receipts = false")
	}
	if common.From == "" {
		found.Problem("from", "from is missing: Vonage accepts no message without a sender")
	}
	carrier.CheckBase(&c.APIBase, defaultBase, found)
}

// Make implements carrier.Settings.
func (c *Config) Make(common carrier.Common, log *slog.Logger) (carrier.Carrier, error) {
	if err := carrier.Verify(common, c); err != nil {
		return nil, err
	}
	to, err := url.Parse(c.APIBase + smsPath)
	if err != nil {
		return nil, err
	}

	return newCarrier(common, *c, to, log), nil
}
