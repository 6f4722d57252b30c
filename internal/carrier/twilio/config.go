package twilio

import (
	"log/slog"
	"net/url"
	"regexp"
	"slices"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/setting"
)

// Factory makes carriers of the kind "twilio".
var Factory = carrier.Factory{
	About: "SMS over Twilio's Messages API. In Twilio's console, copy the Account SID and the Auth Token, and buy a number " +
		"or create a Messaging Service. `public_url` must be the address at which Twilio reaches this server, because " +
		"Twilio signs it together with the content of each callback.",
	Callbacks: []carrier.Callback{
		{Name: receipts, About: "Receipts. Nothing has to be entered: each request names it."},
		{Name: inbound, About: "Texts from phones. Enter it at the number, or at the Messaging Service, as *A message comes " +
			"in*, with HTTP POST."},
	},
	ExampleName:   "twilio",
	AnswerTimeout: carrier.WebAnswerTimeout,
	InFlight:      "256",
	NewSettings:   func() carrier.Settings { return &Config{APIBase: defaultBase} },
}

// messagesPath follows the path of an account.
const messagesPath = "/Messages.json"

const defaultBase = "https://api.twilio.com"

// Config is one [[carrier]] of kind "twilio".
type Config struct {
	AccountSID string
	AuthToken  secret.String
	// MessagingServiceSID chooses the sender at Twilio, for messages that name none.
	MessagingServiceSID string
	// APIBase replaces Twilio's host.
	APIBase string
}

var (
	accountSID = regexp.MustCompile(`^AC[0-9a-fA-F]{32}$`)
	serviceSID = regexp.MustCompile(`^MG[0-9a-fA-F]{32}$`)
)

// Keys implements carrier.Settings.
func (c *Config) Keys() []setting.Key {
	return slices.Insert(c.accountKeys(), 2, setting.Key{
		Name: "messaging_service_sid", To: &c.MessagingServiceSID, Default: "none",
		Example: `"MG00000000000000000000000000000000"`,
		Doc:     "a Messaging Service that chooses the sender, instead of `from`",
	})
}

// accountKeys are the keys that messages and calls share.
func (c *Config) accountKeys() []setting.Key {
	return []setting.Key{
		{
			Name: "account_sid", To: &c.AccountSID, Required: true, Example: `"AC00000000000000000000000000000000"`,
			Doc: "the Account SID, from the console's first page",
		},
		{
			Name: "auth_token", To: &c.AuthToken, Required: true, Example: `"change-me"`,
			Doc:  "the Auth Token, from the console's first page",
			More: "Twilio signs its callbacks with it, so an API key cannot replace it.",
		},
		carrier.BaseKey(&c.APIBase, "Twilio"),
	}
}

// Channels implements carrier.Settings.
func (c *Config) Channels() []message.Channel { return []message.Channel{message.SMS} }

// Check implements carrier.Settings.
func (c *Config) Check(common *carrier.Common, found *setting.Findings) {
	c.checkAccount(common, found)
	if c.MessagingServiceSID != "" && !serviceSID.MatchString(c.MessagingServiceSID) {
		found.Problem("messaging_service_sid", "messaging_service_sid must be MG and 32 hexadecimal digits")
	}
	if common.From == "" && c.MessagingServiceSID == "" {
		found.Problem("from", "from or messaging_service_sid is missing: Twilio accepts no message without a sender")
	}
}

func (c *Config) checkAccount(common *carrier.Common, found *setting.Findings) {
	if found.Given("account_sid") && !accountSID.MatchString(c.AccountSID) {
		found.Problem("account_sid", "account_sid must be AC and 32 hexadecimal digits, as the console shows it")
	}
	if found.Given("auth_token") && c.AuthToken.Empty() {
		found.Problem("auth_token", "auth_token must not be empty, because callbacks are checked with it")
	}
	carrier.CheckBase(&c.APIBase, defaultBase, found)
	common.NeedsPublicURL("Twilio", found)
}

// Make implements carrier.Settings.
func (c *Config) Make(common carrier.Common, log *slog.Logger) (carrier.Carrier, error) {
	if err := carrier.Verify(common, c); err != nil {
		return nil, err
	}
	to, err := url.Parse(c.APIBase + "/2010-04-01/Accounts/" + c.AccountSID + messagesPath)
	if err != nil {
		return nil, err
	}

	return newCarrier(common, *c, to, log), nil
}
