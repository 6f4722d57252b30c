package telegram

import (
	"log/slog"
	"net/url"
	"regexp"
	"strings"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/setting"
)

// Factory makes carriers of the kind "telegram-gateway".
var Factory = carrier.Factory{
	About: "Codes in Telegram, over Telegram's Gateway API. Create an account at gateway.telegram.org, add funds, and copy " +
		"its API token. Codes have 4 to 8 digits; Telegram writes the text around them. Telegram charges for a code that " +
		"was delivered, and gives back the fee of one that nobody saw while it was valid: then the credits are given back, " +
		"too. With a `public_url` that begins with https, Telegram reports to the callback below. Without one, this server " +
		"asks for the state of each code, so receipts come some seconds later.",
	Callbacks: []carrier.Callback{
		{Name: callback, About: "Receipts. Nothing has to be entered: each request names it."},
	},
	ExampleName:   "telegram",
	ExampleFrom:   carrier.NoSender,
	AnswerTimeout: carrier.WebAnswerTimeout,
	InFlight:      "256",
	NewSettings:   func() carrier.Settings { return &Config{APIBase: defaultBase} },
}

const (
	defaultBase = "https://gatewayapi.telegram.org"
	// maxCallbackURL is the most bytes of callback_url.
	maxCallbackURL = 256
)

// Config is one [[carrier]] of kind "telegram-gateway".
type Config struct {
	Token secret.String
	// SenderUsername is the channel that the codes come from; empty = Telegram's own.
	SenderUsername string
	// APIBase replaces Telegram's host.
	APIBase string
}

var username = regexp.MustCompile(`^@?[A-Za-z][A-Za-z0-9_]{3,31}$`)

// Keys implements carrier.Settings.
func (c *Config) Keys() []setting.Key {
	return []setting.Key{
		{
			Name: "token", To: &c.Token, Required: true, Example: `"change-me"`,
			Doc:  "the API token, from the account's settings at gateway.telegram.org",
			More: "There you can also name the addresses that may use it. Telegram signs its callbacks with it.",
		},
		{
			Name: "sender_username", To: &c.SenderUsername, Example: `"acme"`, Default: "Telegram's own channel",
			Doc:  "the channel that the codes come from",
			More: "It has to be verified, and to belong to the owner of the token.",
		},
		carrier.BaseKey(&c.APIBase, provider.Name),
	}
}

// Channels implements carrier.Settings.
func (c *Config) Channels() []message.Channel { return []message.Channel{message.Telegram} }

// Check implements carrier.Settings.
func (c *Config) Check(common *carrier.Common, found *setting.Findings) {
	if found.Given("token") && c.Token.Empty() {
		found.Problem("token", "token must not be empty, because callbacks are checked with it")
	}
	if c.SenderUsername != "" && !username.MatchString(c.SenderUsername) {
		found.Problem("sender_username", "sender_username must be the name of a channel, such as \"acme\"")
	}
	carrier.CheckBase(&c.APIBase, defaultBase, found)

	if address := common.CallbackURL(callback); common.Receipts && address != "" && !takesCallbacks(address) {
		found.Warn("receipts", "Telegram posts receipts only to https addresses of at most %d characters; %s is none, "+
			"so this server asks for receipts, which come later", maxCallbackURL, address)
	}
}

// takesCallbacks reports whether Telegram accepts the address as callback_url.
func takesCallbacks(address string) bool {
	return strings.HasPrefix(address, "https://") && len(address) <= maxCallbackURL
}

// Make implements carrier.Settings.
func (c *Config) Make(common carrier.Common, log *slog.Logger) (carrier.Carrier, error) {
	if err := carrier.Verify(common, c); err != nil {
		return nil, err
	}
	base, err := url.Parse(strings.TrimSuffix(c.APIBase, "/") + "/")
	if err != nil {
		return nil, err
	}

	return newCarrier(common, *c, base, log), nil
}
