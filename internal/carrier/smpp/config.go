package smpp

import (
	"context"
	"log/slog"
	"net"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/setting"
)

// Factory makes carriers of the kind "smpp".
var Factory = carrier.Factory{
	About: "A message centre that speaks SMPP 3.4. It sends SMS, and receives receipts and texts from phones over " +
		"the same links. [operator.md](../operator.md#smpp) says what to check when something does not arrive.",
	ExampleName:   "smsc-1",
	AnswerTimeout: defaultResponse,
	InFlight:      "`window` × `connections`",
	NewSettings: func() carrier.Settings {
		c := Config{Window: 100}.withDefaults()
		return &c
	},
}

const defaultResponse = 30 * time.Second

// The ways to bind (clause 4.1).
const (
	BindTransceiver = "transceiver" // one link that sends and receives
	BindPair        = "pair"        // a transmitter link and a receiver link
	BindTransmitter = "transmitter" // a link that only sends: it gets neither receipts nor messages from phones
)

// The forms of a message of several parts.
const (
	LongUDH     = "udh8"    // concatenation header of 3GPP TS 23.040 clause 9.2.3.24.1; every centre knows it
	LongSAR     = "sar"     // sar_* TLVs (clauses 5.3.2.22 to 5.3.2.25)
	LongPayload = "payload" // one submit with message_payload (clause 5.3.2.32)
)

// Config is one account at one message centre. A zero limit means the default that its comment names.
type Config struct {
	Name       string
	Addr       string // host:port
	TLS        bool
	CAFile     string // PEM; empty: the system's roots
	ServerName string // name in the certificate; empty: the host of Addr
	SystemID   string
	Password   secret.String
	SystemType string
	// Bind is BindTransceiver (default), BindPair or BindTransmitter.
	Bind         string
	AddressRange string // of the bind: the addresses whose messages the link receives

	Window      int     // submits in flight on one link, 1 to 1000; default 10
	Rate        float64 // message parts per second; 0: no limit
	Connections int     // transceivers, transmitters or pairs, 1 to 64; default 1
	MaxInFlight int     // messages in flight on all links; 0: Window on each link

	From                 string // sender when a message names none; may be empty
	SourceTON, SourceNPI *uint8 // nil: derived from the sender
	DestTON, DestNPI     *uint8 // nil: 1 and 1, an international number
	ServiceType          string
	Charset              message.Charset // what data_coding 0 means to the centre
	NoValidity           bool            // leave validity_period out
	Receipts             bool            // ask for delivery receipts
	// Country is the region (ISO 3166-1 alpha-2) whose national form senders may have; empty: none.
	Country string
	// ReceiptID says how the ids in receipts differ from those in answers: IDAsIs (default), IDHexToDec, IDDecToHex.
	ReceiptID     string
	Long          string // LongUDH (default), LongSAR or LongPayload
	UserReference bool   // send user_message_reference, made from the message's reference

	BindTimeout     time.Duration // connecting and binding; default 10 s
	ResponseTimeout time.Duration // one submit's answer; default 30 s
	EnquireLink     time.Duration // silence before enquire_link; default 30 s
	// Dial replaces the network. TLS, CAFile and ServerName are not used then.
	Dial func(ctx context.Context) (net.Conn, error)
}

// Keys implements carrier.Settings.
func (c *Config) Keys() []setting.Key {
	return append(c.bindKeys(), c.submitKeys()...)
}

// bindKeys are the keys of links.
func (c *Config) bindKeys() []setting.Key {
	return []setting.Key{
		{
			Name: "addr", To: &c.Addr, Required: true, Example: `"127.0.0.1:2775"`,
			Doc: "host:port of the message centre",
		},
		{Name: "tls", To: &c.TLS, Doc: "true: the links speak TLS"},
		{
			Name: "system_id", To: &c.SystemID, Required: true, Example: `"user"`,
			Doc: "as the message centre's operator gave it",
		},
		{
			Name: "password", To: &c.Password, Usual: true, Example: `"secret"`, Default: "none",
			Doc:  "longer than 8 characters: a warning, sent whole",
			More: "SMPP 3.4 has room for 8; most centres take more.",
		},
		{Name: "system_type", To: &c.SystemType, Doc: "of the bind, if the contract names one"},
		{
			Name: "bind", To: &c.Bind, Options: []string{BindTransceiver, BindPair, BindTransmitter},
			Doc: "how links are bound",
			More: "`pair`: each of the `connections` is one transmitter link and one receiver link. `transmitter`: nothing " +
				"can be received, so `receipts` is false unless you set it; a message then ends when it is accepted.",
		},
		{
			Name: "window", To: &c.Window, Low: 1, High: 1000, Doc: "unanswered submits for each connection",
			More: "When the centre asks to slow down, the rate is halved, and then grows again.",
		},
		{
			Name: "connections", To: &c.Connections, Low: 1, High: 64, Doc: "transceivers, transmitters or pairs",
			More: "They are those of all nodes together.",
		},
		{
			Name: "enquire_link", To: &c.EnquireLink, Shortest: time.Second, Longest: time.Hour,
			Doc: "silence after which the link is checked", OtherNames: []string{"enquire_link_timer"},
		},
		{
			Name: "address_range", To: &c.AddressRange, Example: `"^8080$"`, Default: "none",
			Doc: "of the bind: the addresses whose messages this carrier receives",
		},
	}
}

// submitKeys are the keys of messages.
func (c *Config) submitKeys() []setting.Key {
	return []setting.Key{
		{
			Name: "charset", To: &c.Charset, Options: message.Charsets(),
			Doc: "what data_coding 0 means to this centre",
			More: "If `@` arrives as `¡` or the text is cut there, it is `latin1`. A text with a character that the " +
				"charset lacks is sent as UCS-2: its `encoding` is `ucs2`, and its segments are counted accordingly. All other texts are " +
				"counted as GSM 7 bit. A send holds the price of the most expensive carrier of its route.",
		},
		{
			Name: "validity", To: setting.Not{To: &c.NoValidity}, Doc: "false: validity_period is left out",
			More: "When the centre rejects it (0x62), the message is sent again without it, and so " +
				"are all others until a restart.",
			OtherNames: []string{"validity_period"},
		},
		{
			Name: "receipt_id", To: &c.ReceiptID, Options: []string{IDAsIs, IDHexToDec, IDDecToHex},
			Doc:  "in which base receipts write the ids of answers",
			More: "Numbers of 7 and more digits are recognised without it.",
		},
		{
			Name: "long", To: &c.Long, Options: []string{LongUDH, LongSAR, LongPayload}, Doc: "how long texts are sent",
			More: "Every centre knows `udh8`; `sar` or `payload` where the contract says so.",
		},
		{
			Name: "source_ton", To: &c.SourceTON, High: maxTON, Example: "5", Default: "by the sender",
			Doc:  "instead of what follows from the sender",
			More: "That is 5 for a name, 3 for a short code, 1 for a number.",
		},
		{
			Name: "source_npi", To: &c.SourceNPI, High: maxNPI, Example: "0", Default: "by the sender",
			Doc:  "instead of what follows from the sender",
			More: "That is 0 for a name or a short code, 1 for a number.",
		},
		{
			Name: "dest_ton", To: &c.DestTON, High: maxTON, Example: "1", Default: "1",
			Doc: "instead of 1, an international number",
		},
		{
			Name: "dest_npi", To: &c.DestNPI, High: maxNPI, Example: "1", Default: "1",
			Doc: "instead of 1, a telephone number",
		},
		{
			Name: "service_type", To: &c.ServiceType, Example: `"OTP"`, Default: "none",
			Doc: "of every submit, if the contract names one",
		},
	}
}

// The highest type of number and numbering plan that SMPP 3.4 knows (clauses 5.2.5 and 5.2.6).
const (
	maxTON = 6
	maxNPI = 18
)

// Channels implements carrier.Settings.
func (*Config) Channels() []message.Channel { return []message.Channel{message.SMS} }

// Sizes of fields in SMPP 3.4, in octets without the NUL (clauses 4.1 and 4.4). Many message centres issue and accept
// longer passwords, so these are sent whole and reported as warnings.
const (
	systemIDSize     = 15
	passwordSize     = 8
	systemTypeSize   = 12
	serviceTypeSize  = 5
	addressRangeSize = 40
	longestField     = 255
)

// Check implements carrier.Settings.
func (c *Config) Check(common *carrier.Common, found *setting.Findings) {
	if host, ok := setting.HostPort(c.Addr); found.Given("addr") && c.Dial == nil && (!ok || host == "") {
		found.Problem("addr", "addr must be host:port, such as \"smsc.example.com:2775\", is %q", c.Addr)
	}
	if found.Given("system_id") && c.SystemID == "" {
		found.Problem("system_id", "system_id must have 1 to %d characters", systemIDSize)
	}

	checkField(found, "system_id", c.SystemID, systemIDSize)
	checkField(found, "system_type", c.SystemType, systemTypeSize)
	checkField(found, "service_type", c.ServiceType, serviceTypeSize)
	checkField(found, "address_range", c.AddressRange, addressRangeSize)

	password := c.Password.Reveal()
	checkField(found, "password", password, longestField)
	if n := len(password); n > passwordSize && n <= longestField && printable(password) {
		found.Warn("password",
			"password has %d characters, and SMPP 3.4 has room for %d; it is sent whole, which most message "+
				"centres accept", n, passwordSize)
	}

	c.checkReceipts(common, found)
}

// checkField checks a string for a field of size octets. The value is not shown, because it may be a password.
func checkField(found *setting.Findings, name, value string, size int) {
	switch {
	case !printable(value):
		found.Problem(name, "%s must consist of printable ASCII characters", name)
	case len(value) > size:
		found.Problem(name, "%s must have at most %d characters, has %d", name, size, len(value))
	}
}

func printable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// checkReceipts switches receipts off where none can be received, and warns of it.
func (c *Config) checkReceipts(common *carrier.Common, found *setting.Findings) {
	if c.Bind != BindTransmitter {
		return
	}

	switch {
	case !found.Given("receipts"):
		common.Receipts = false
		found.Warn("bind", "bind = \"transmitter\" receives neither receipts nor messages from phones, so receipts "+
			"is false and a message ends when the message centre accepts it; use "+
			"\"transceiver\" or \"pair\" to receive")
	case common.Receipts:
		found.Warn("receipts",
			"receipts = true with bind = \"transmitter\": no receipt can come over this carrier, so "+
				"every fallback is sent and paid for; use bind = \"pair\", or receipts = false")
	}
}

// Make implements carrier.Settings.
func (c *Config) Make(common carrier.Common, log *slog.Logger) (carrier.Carrier, error) {
	out := *c
	out.Name, out.From, out.Receipts, out.Country = common.Name, common.From, common.Receipts, common.Country
	out.Rate, out.MaxInFlight = float64(common.Rate), common.MaxInFlight
	out.ResponseTimeout = common.AnswerTimeout

	return New(out, log)
}

// verify makes the checks of the configuration.
func (c *Config) verify() error {
	return carrier.Verify(carrier.Common{
		Name: c.Name, From: c.From, Receipts: c.Receipts, Country: c.Country,
		Rate: int(c.Rate), MaxInFlight: c.MaxInFlight, AnswerTimeout: c.ResponseTimeout,
	}, c)
}

func (c Config) withDefaults() Config {
	set := func(v *int, def int) {
		if *v == 0 {
			*v = def
		}
	}

	wait := func(v *time.Duration, def time.Duration) {
		if *v == 0 {
			*v = def
		}
	}

	set(&c.Window, 10)
	set(&c.Connections, 1)
	wait(&c.BindTimeout, 10*time.Second)
	wait(&c.ResponseTimeout, defaultResponse)
	wait(&c.EnquireLink, 30*time.Second)
	if c.ReceiptID == "" {
		c.ReceiptID = IDAsIs
	}
	if c.Long == "" {
		c.Long = LongUDH
	}
	if c.Bind == "" {
		c.Bind = BindTransceiver
	}

	return c
}
