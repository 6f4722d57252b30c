package whatsapp

import (
	"log/slog"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/setting"
)

// Factory makes carriers of the kind "whatsapp".
var Factory = carrier.Factory{
	About: "Codes in WhatsApp, over Meta's Cloud API. In the WhatsApp Manager, create a template of the category " +
		"*Authentication*, with a button that copies or fills in the code, and let it expire with your codes " +
		"(`message_send_ttl_seconds`), so that none is delivered late. When an account's template names another one under " +
		"`channels.whatsapp`, that is sent instead: with the button when the code is its only variable, else with its " +
		"variables in their order. Replies to STOP and HELP are sent as texts.",
	Callbacks: []carrier.Callback{{
		Name: callback,
		About: "Receipts and texts from phones. Enter it in the app's dashboard under *WhatsApp, Configuration* as the " +
			"callback URL, with `verify_token` as the verify token, and subscribe to *messages*. An app has one address: two " +
			"numbers of one app each need an override of it.",
	}},
	ExampleName:   "whatsapp",
	ExampleFrom:   carrier.NoSender,
	AnswerTimeout: carrier.WebAnswerTimeout,
	InFlight:      "256",
	NewSettings:   func() carrier.Settings { return &Config{APIBase: defaultBase, TemplateLanguage: "en"} },
}

const (
	defaultBase  = "https://graph.facebook.com/v25.0"
	messagesPath = "/messages"
)

// Config is one [[carrier]] of kind "whatsapp".
type Config struct {
	PhoneNumberID string
	AccessToken   secret.String
	// AppSecret is the key of the signatures of callbacks, VerifyToken the one that the first call has.
	AppSecret, VerifyToken secret.String
	// Template is sent when the account names none, in TemplateLanguage, or in one of TemplateLanguages when that is the
	// language of the text.
	Template, TemplateLanguage string
	TemplateLanguages          []string
	// APIBase replaces Meta's host and version.
	APIBase string
}

var (
	numberID     = regexp.MustCompile(`^[0-9]{1,32}$`)
	templateName = regexp.MustCompile(`^[a-z0-9_]{1,512}$`)
	language     = regexp.MustCompile(`^[a-z]{2,3}(_([A-Z]{2}|[0-9]{3}))?$`)
)

// Keys implements carrier.Settings.
func (c *Config) Keys() []setting.Key {
	return []setting.Key{
		{
			Name: "phone_number_id", To: &c.PhoneNumberID, Required: true, Example: `"106540352242922"`,
			Doc:  "the id of the sending number, from the app's dashboard",
			More: "It is not the number itself.",
		},
		{
			Name: "access_token", To: &c.AccessToken, Required: true, Example: `"change-me"`,
			Doc:  "the token of a system user with `whatsapp_business_messaging`",
			More: "The dashboard's temporary token ends after a day.",
		},
		{
			Name: "app_secret", To: &c.AppSecret, Required: true, Example: `"change-me"`,
			Doc: "the app secret, by which Meta signs callbacks",
		},
		{
			Name: "verify_token", To: &c.VerifyToken, Required: true, Example: `"change-me"`,
			Doc: "a text of your choice, which is entered beside the callback URL",
		},
		{
			Name: "template", To: &c.Template, Required: true, Example: `"verification_code"`,
			Doc: "the authentication template of messages whose account names none",
		},
		{Name: "template_language", To: &c.TemplateLanguage, Doc: "its language, by WhatsApp's code"},
		{
			Name: "template_languages", To: &c.TemplateLanguages, Default: "none", Example: `["de", "pt_BR"]`,
			Doc: "its other languages, each sent when the text has it",
		},
		carrier.BaseKey(&c.APIBase, provider.Name),
	}
}

// Channels implements carrier.Settings.
func (c *Config) Channels() []message.Channel { return []message.Channel{message.WhatsApp} }

// Check implements carrier.Settings.
func (c *Config) Check(_ *carrier.Common, found *setting.Findings) {
	if found.Given("phone_number_id") && !numberID.MatchString(c.PhoneNumberID) {
		found.Problem("phone_number_id", "phone_number_id must be the digits that the app's dashboard shows as Phone number ID")
	}
	for _, s := range []struct {
		key   string
		value secret.String
		why   string
	}{
		{"access_token", c.AccessToken, "Meta knows the account by it"},
		{"app_secret", c.AppSecret, "callbacks are checked with it"},
		{"verify_token", c.VerifyToken, "Meta's first call is checked with it"},
	} {
		if found.Given(s.key) && s.value.Empty() {
			found.Problem(s.key, "%s must not be empty, because %s", s.key, s.why)
		}
	}

	if found.Given("template") && !templateName.MatchString(c.Template) {
		found.Problem("template", "template must be a name of the WhatsApp Manager: lower-case letters, digits and _")
	}
	if !language.MatchString(c.TemplateLanguage) {
		found.Problem("template_language", "template_language must be WhatsApp's code of a language, such as en or pt_BR")
	}
	if i := slices.IndexFunc(c.TemplateLanguages, func(s string) bool { return !language.MatchString(s) }); i >= 0 {
		found.Problem("template_languages",
			"template_languages must be WhatsApp's codes of languages, such as en or pt_BR; %q is none", c.TemplateLanguages[i])
	}
	carrier.CheckBase(&c.APIBase, defaultBase, found)
}

// Make implements carrier.Settings.
func (c *Config) Make(common carrier.Common, log *slog.Logger) (carrier.Carrier, error) {
	if err := carrier.Verify(common, c); err != nil {
		return nil, err
	}
	to, err := url.Parse(strings.TrimSuffix(c.APIBase, "/") + "/" + c.PhoneNumberID + messagesPath)
	if err != nil {
		return nil, err
	}

	return newCarrier(common, *c, to, log), nil
}
