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
		"callbacks. [gateway.md](../gateway.md) says how to write one. A provider with another form needs no gateway: a " +
		"`profile` knows Kannel, Africa's Talking, MSG91 and Plivo, and templates describe any other " +
		"([Providers with their own form](../gateway.md#providers-with-their-own-form)).",
	Callbacks: []carrier.Callback{
		{Name: "receipts", About: "Receipts, with the token as Bearer. A provider with its own form may send it as `?token=` " +
			"instead."},
		{Name: "inbound", About: "Texts from phones, likewise."},
	},
	ExampleName:   "any-http",
	AnswerTimeout: carrier.WebAnswerTimeout,
	InFlight:      "256",
	NewSettings:   func() carrier.Settings { return &Config{} },
}

// Config is one [[carrier]] of kind "http". The fields from Profile on are templates; without any of them the carrier
// speaks
// the plain contract of docs/gateway.md.
type Config struct {
	Name    string
	Channel message.Channel
	// URL takes the POST; http or https.
	URL string
	// Token is sent as Bearer with every submit, and required as Bearer on both callbacks.
	Token secret.String
	// CallbackToken is required on callbacks instead of Token; empty = Token.
	CallbackToken secret.String
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
	// PublicURL is the server's own address, see carrier.Common.
	PublicURL string

	// Profile names a provider whose templates fill in those that are not given.
	Profile string
	APIBase string
	Values  []string // "name=value"

	Method, ContentType, Body string
	Headers                   []string // "Name: value"; nil = the token as Bearer
	IDPath, ErrorPath         string
	Errors                    []string // "code=meaning"

	ReceiptList, ReceiptID, ReceiptTo, ReceiptStatus, ReceiptCode string
	ReceiptStatuses, ReceiptReasons                               []string

	InboundList, InboundFrom, InboundTo, InboundText, InboundCharset, InboundID string
}

func (c *Config) callbackToken() secret.String {
	if c.CallbackToken.Empty() {
		return c.Token
	}
	return c.CallbackToken
}

// Channels implements carrier.Settings.
func (c *Config) Channels() []message.Channel {
	if c.Channel == 0 {
		return nil
	}
	return []message.Channel{c.Channel}
}

// Check implements carrier.Settings.
func (c *Config) Check(common *carrier.Common, found *setting.Findings) {
	if found.Given("channel") && c.Channel.String() == "" {
		found.Problem("channel", "channel is missing")
	}
	if found.Given("token") && c.Token.Empty() {
		found.Problem("token", "token must not be empty, because it protects the callbacks")
	}
	if c.isTemplated() {
		c.checkTemplates(common, found)
		return
	}

	switch {
	case c.URL == "":
		found.Problem("url", "url is missing; write it, or a profile that knows it")
	case !setting.WebAddress(c.URL):
		found.Problem("url", "%s", badURL)
	}
}

const badURL = "url must be an http or https address without a user, such as \"https://sms.example.com/send\""

// Make implements carrier.Settings.
func (c *Config) Make(common carrier.Common, log *slog.Logger) (carrier.Carrier, error) {
	out := *c
	out.Name, out.From, out.Receipts, out.Country = common.Name, common.From, common.Receipts, common.Country
	out.Rate, out.MaxInFlight, out.Timeout = common.Rate, common.MaxInFlight, common.AnswerTimeout
	out.PublicURL = common.PublicURL

	return New(out, log)
}

// common are the settings that every kind has.
func (c *Config) common() carrier.Common {
	return carrier.Common{
		Name: c.Name, From: c.From, Receipts: c.Receipts, Country: c.Country, PublicURL: c.PublicURL,
		Rate: c.Rate, MaxInFlight: c.MaxInFlight, AnswerTimeout: c.Timeout,
	}
}
