package telnyx

import (
	"crypto/ed25519"
	"encoding/base64"
	"log/slog"
	"net/url"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/setting"
)

// Factory makes carriers of the kind "telnyx".
var Factory = carrier.Factory{
	About: "SMS over Telnyx's Messaging API (version 2). In Telnyx's portal, create a messaging profile with a number, and an " +
		"API key, and copy the public key from the page of API keys. Telnyx has no way to say how long a message is worth " +
		"delivering, so a code may arrive after it has expired.",
	Callbacks: []carrier.Callback{
		{Name: receipts, About: "Receipts. Nothing has to be entered: each request names it."},
		{Name: inbound, About: "Texts from phones. Enter it at the messaging profile as the *webhook URL*, API version 2."},
	},
	ExampleName:   "telnyx",
	ExampleFrom:   `"+3221234567"`,
	AnswerTimeout: carrier.WebAnswerTimeout,
	InFlight:      "256",
	NewSettings:   func() carrier.Settings { return &Config{APIBase: defaultBase} },
}

const (
	defaultBase  = "https://api.telnyx.com"
	messagesPath = "/v2/messages"
)

// Config is one [[carrier]] of kind "telnyx".
type Config struct {
	APIKey secret.String
	// PublicKey checks callbacks, in base64; empty = all are refused.
	PublicKey string
	// MessagingProfileID is needed for names as senders, and chooses the sender of messages that name none.
	MessagingProfileID string
	// APIBase replaces Telnyx's host.
	APIBase string
}

// Keys implements carrier.Settings.
func (c *Config) Keys() []setting.Key {
	return []setting.Key{
		{
			Name: "api_key", To: &c.APIKey, Required: true, Example: `"KEY0123456789"`,
			Doc: "an API key, from the portal's page of API keys",
		},
		{
			Name: "public_key", To: &c.PublicKey, Usual: true, Default: "none",
			Example: `"e2q9FcGoT1Qe5yDdXCSBUIsz2Wc/CzVEpWfqiGxdeGc="`,
			Doc:     "the public key, from the portal's page of API keys",
			More:    "Callbacks are checked with it; without it, all of them are refused.",
		},
		{
			Name: "messaging_profile_id", To: &c.MessagingProfileID, Default: "none",
			Example: `"00000000-0000-0000-0000-000000000000"`,
			Doc:     "the messaging profile, for a name as `from`, or instead of `from`",
			More:    "Without `from`, Telnyx chooses a number of the profile's pool.",
		},
		carrier.BaseKey(&c.APIBase, "Telnyx"),
	}
}

// Channels implements carrier.Settings.
func (c *Config) Channels() []message.Channel { return []message.Channel{message.SMS} }

// Check implements carrier.Settings.
func (c *Config) Check(common *carrier.Common, found *setting.Findings) {
	if found.Given("api_key") && c.APIKey.Empty() {
		found.Problem("api_key", "api_key must not be empty; create one in Telnyx's portal")
	}
	switch _, ok := c.publicKey(); {
	case c.PublicKey == "" && common.Receipts:
		found.Problem("public_key", "public_key is missing: receipts are checked with it; "+
			"copy it from Telnyx's page of API keys, or set receipts = false")
	case c.PublicKey != "" && !ok:
		found.Problem("public_key", "public_key must be 32 bytes in base64, as Telnyx's page of API keys shows it")
	}

	if common.From == "" && c.MessagingProfileID == "" {
		found.Problem("from", "from or messaging_profile_id is missing: Telnyx accepts no message without a sender")
	}
	carrier.CheckBase(&c.APIBase, defaultBase, found)
	common.NeedsPublicURL("Telnyx", found)
}

// publicKey decodes PublicKey.
func (c *Config) publicKey() (key ed25519.PublicKey, ok bool) {
	key, err := base64.StdEncoding.DecodeString(c.PublicKey)
	return key, err == nil && len(key) == ed25519.PublicKeySize
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
