package httpsms

import (
	"log/slog"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/setting"
)

// Factory makes carriers of the kind "http".
var Factory = carrier.Factory{
	About: "Any gateway that takes a message as one POST of JSON, " +
		"`{\"id\", \"channel\", \"to\", \"from\", \"body\"}`, answers 2xx with `{\"id\": \"…\"}`, and reports by two " +
		"callbacks. [gateway.md](../gateway.md) says how to write one.",
	Callbacks: []carrier.Callback{
		{Name: "receipts", About: "Receipts, with the token as Bearer."},
		{Name: "inbound", About: "Texts from phones, with the token as Bearer."},
	},
	ExampleName:   "any-http",
	AnswerTimeout: carrier.WebAnswerTimeout,
	InFlight:      "256",
	NewSettings:   func() carrier.Settings { return &Config{} },
}

// Config is one [[carrier]] of kind "http".
type Config struct {
	Name    string
	Channel message.Channel
	// URL takes the POST; http or https.
	URL string
	// Token is sent as Bearer with every submit, and required as Bearer on both callbacks.
	Token secret.String
	// From is the sender when a message names none.
	From string
	// Receipts says that the gateway reports delivery.
	Receipts bool
	// Timeout is the longest wait for an answer; 0 = 15 s.
	Timeout time.Duration
	// Rate is the most messages per second (text messages: segments) of all nodes together; 0 = no limit. The caller of
	// Send keeps to it, see carrier.Limits.
	Rate int
	// MaxInFlight is the most unanswered submits, and connections, at a time; 0 = 256.
	MaxInFlight int
	// Country is the region (ISO 3166-1 alpha-2) whose national form senders may have; empty: none.
	Country string
}

// Keys implements carrier.Settings.
func (c *Config) Keys() []setting.Key {
	return []setting.Key{
		{
			Name: "channel", To: &c.Channel, Required: true, Example: `"sms"`,
			Doc: "whatsapp, sms, telegram or voice",
		},
		{
			Name: "url", To: &c.URL, Required: true, Example: `"http://127.0.0.1:9911/"`, Doc: "takes the POST",
			More: "Redirects are not followed, and a proxy in the environment is not used.",
		},
		{
			Name: "token", To: &c.Token, Required: true, Example: `"change-me"`,
			Doc: "sent as Bearer, and required on both callbacks",
		},
	}
}

// Channels implements carrier.Settings.
func (c *Config) Channels() []message.Channel {
	if c.Channel == 0 {
		return nil
	}
	return []message.Channel{c.Channel}
}

// Check implements carrier.Settings.
func (c *Config) Check(_ *carrier.Common, found *setting.Findings) {
	if found.Given("channel") && c.Channel.String() == "" {
		found.Problem("channel", "channel is missing")
	}
	if found.Given("url") && !setting.WebAddress(c.URL) {
		found.Problem("url",
			"url must be an http or https address without a user, such as \"https://sms.example.com/send\"")
	}
	if found.Given("token") && c.Token.Empty() {
		found.Problem("token", "token must not be empty, because it protects the callbacks")
	}
}

// Make implements carrier.Settings.
func (c *Config) Make(common carrier.Common, log *slog.Logger) (carrier.Carrier, error) {
	out := *c
	out.Name, out.From, out.Receipts, out.Country = common.Name, common.From, common.Receipts, common.Country
	out.Rate, out.MaxInFlight, out.Timeout = common.Rate, common.MaxInFlight, common.AnswerTimeout

	return New(out, log)
}

// common are the settings that every kind has.
func (c *Config) common() carrier.Common {
	return carrier.Common{
		Name: c.Name, From: c.From, Receipts: c.Receipts, Country: c.Country,
		Rate: c.Rate, MaxInFlight: c.MaxInFlight, AnswerTimeout: c.Timeout,
	}
}
