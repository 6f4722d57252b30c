package carrier

import (
	"cmp"
	"log/slog"
	"regexp"
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/setting"
)

// Factory makes the carriers of one kind. How a [[carrier]] of this kind is read, checked, documented and shown in the
// example follows from it. The table of factories in package app names the kinds.
type Factory struct {
	// About says in a few sentences which carriers are of this kind, for its page of the documentation.
	About string
	// ExampleName is the name of a carrier in the example.
	ExampleName string
	// ExampleFrom is the sender in the example, in TOML; empty = "Acme", NoSender = the kind has no use for one.
	ExampleFrom string
	// AnswerTimeout is the default of answer_timeout, and InFlight says in words what that of max_in_flight is.
	AnswerTimeout time.Duration
	InFlight      string
	// Callbacks are the addresses below /carriers/NAME that the provider calls.
	Callbacks []Callback
	// NewSettings gives the settings of one carrier with their defaults.
	NewSettings func() Settings
}

// NoSender says that a kind has no use for the key from.
const NoSender = "none"

const anySender = `"Acme"`

// Callback is an address that a provider calls.
type Callback struct {
	// Name is the last part of its path.
	Name string
	// About says what comes to it, and where in the provider's console it is entered.
	About string
}

// Settings are those of one [[carrier]] that only its kind has.
type Settings interface {
	// Keys are the keys that only this kind has, in the order of the example.
	Keys() []setting.Key
	// Channels are the channels that it serves; none when the settings name no valid one.
	Channels() []message.Channel
	// Check finds what is wrong beyond single values. It may change settings that were not given.
	Check(common *Common, found *setting.Findings)
	// Make makes the carrier and connects to nothing.
	Make(common Common, log *slog.Logger) (Carrier, error)
}

// Common are the settings of every kind.
type Common struct {
	Name string
	// From is the sender when a message names none.
	From string
	// Receipts is false when the carrier sends none, so that accepted ends the plan.
	Receipts bool
	// Rate is the most messages (text messages: segments) a second; 0 = no limit.
	Rate int
	// MaxInFlight is the most unanswered submits at a time; 0 = the default of the kind.
	MaxInFlight int
	// AnswerTimeout is the longest wait for the answer to one submit.
	AnswerTimeout time.Duration
	// Country is the region (ISO 3166-1 alpha-2) whose national form senders of inbound messages may have; empty = such
	// senders cannot be read.
	Country string
	// PublicURL is the server's own address as providers see it, without a slash at its end; empty when the
	// configuration
	// has none. It is no key of a carrier.
	PublicURL string
	// Data is the server's data folder; empty when there is none. It is no key of a carrier, either.
	Data string

	exampleFrom string
}

// CallbackURL is the address to which the provider posts a callback; empty without a PublicURL.
func (c *Common) CallbackURL(callback string) string {
	if c.PublicURL == "" {
		return ""
	}
	return c.PublicURL + "/carriers/" + c.Name + "/" + callback
}

// Common gives the settings of every kind with the defaults of this one.
func (f Factory) Common() Common {
	return Common{Receipts: true, AnswerTimeout: f.AnswerTimeout, exampleFrom: cmp.Or(f.ExampleFrom, anySender)}
}

// Keys are the keys of every kind. The first is the name.
func (c *Common) Keys() []setting.Key {
	usual, example := c.exampleFrom != NoSender, c.exampleFrom
	if !usual {
		example = anySender
	}

	return []setting.Key{
		{Name: "name", To: &c.Name, Required: true, Doc: "what routes and the addresses of callbacks call it"},
		{
			Name: "from", To: &c.From, Usual: usual, Example: example, Default: "none",
			Doc: "sender when neither the request nor the account names one",
		},
		{
			Name: "receipts", To: &c.Receipts, Doc: "false: it sends none, so accepted ends the plan",
			More: "Where it is true and none come, a fallback is paid for each time.",
		},
		{
			Name: "rate", To: &c.Rate, High: 100_000, Unit: " messages a second, 0 being no limit",
			Doc:  "messages a second, 0 = no limit",
			More: "It holds for all nodes together. Text messages count by their segments.",
		},
		{
			Name: "max_in_flight", To: &c.MaxInFlight, Low: 1, High: 10_000, Example: "256",
			Doc: "unanswered submits at once",
		},
		{
			Name: "answer_timeout", To: &c.AnswerTimeout, Shortest: 100 * time.Millisecond, Longest: time.Minute,
			Doc: "how long the answer to a submit is waited for", OtherNames: []string{"timeout"},
		},
		{
			Name: "country", To: &c.Country, Example: `"BE"`, Default: "none",
			Doc:  "how senders in national form are read",
			More: "With `country = \"BE\"`, a text from `0470123456` is from +32470123456.",
		},
	}
}

var (
	names  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	sender = regexp.MustCompile(`^(\+?[0-9]{1,15}|[A-Za-z0-9 ._&-]{0,10}[A-Za-z][A-Za-z0-9 ._&-]{0,10})$`)
	number = regexp.MustCompile(`^[+0-9]*$`)
)

// reserved are names of carriers that every installation has.
var reserved = []string{"sandbox", "test-number"}

// maxSenderName is the most characters of a sender that is not a number.
const maxSenderName = 11

// Check finds what is wrong with settings of every kind in a carrier that serves these channels.
func (c *Common) Check(channels []message.Channel, found *setting.Findings) {
	switch {
	case c.Name != "" && !names.MatchString(c.Name):
		found.Problem("name",
			"name must have 1 to 64 letters, digits, dots, hyphens or underscores, because it is part of a URL")
	case slices.Contains(reserved, c.Name):
		found.Problem("name", "the name %s is reserved for test messages; choose another", c.Name)
	}

	if c.Country != "" && !phone.IsRegion(c.Country) {
		found.Problem("country", "country must be a country code of two capital letters, such as \"BE\", is %q",
			c.Country)
	}

	long := len(c.From) > maxSenderName && !number.MatchString(c.From)
	if slices.Contains(channels, message.SMS) && c.From != "" && (!sender.MatchString(c.From) || long) {
		found.Problem("from", "from must be a number, a short code, or a name of at most %d letters and digits, is %q",
			maxSenderName, c.From)
	}
}

// Verify makes every check of a carrier's settings, for programs that make one without a configuration file. A zero
// value counts as not given.
func Verify(common Common, s Settings) error {
	var found setting.Findings
	found.Values(common.Keys())
	found.Values(s.Keys())
	common.Check(s.Channels(), &found)
	s.Check(&common, &found)

	return found.Err("carrier \"" + common.Name + "\": ")
}
