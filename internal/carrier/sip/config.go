package sip

import (
	"log/slog"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/sip/media"
	"github.com/syssecure/syssecure/internal/carrier/sip/speech"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/setting"
)

// Factory makes carriers of the kind "sip".
var Factory = carrier.Factory{
	About: "Calls over a SIP trunk that say a code: a sentence and the digits one by one, twice, in " +
		"41 languages. The key 1 has it said again. A call counts as delivered when the code was said once to its end; one " +
		"that is busy, declined, not answered or answered by a voicemail begins the next step at once. In the trunk's console, allow this server's " +
		"address or create a user for it, and book as many lines as `max_calls`. The firewall must let UDP in on " +
		"`rtp_ports`. Recordings of your own replace those of SysSecure: `prompts/LANGUAGE/NAME.wav` in the data folder, " +
		"where NAME is `code` for the sentence or a digit, as 8 kHz and one channel. A language with all 11 is added. The " +
		"call says the recorded sentence, never the text of a template.",
	ExampleName:   "trunk",
	ExampleFrom:   `"+3221234567"`,
	AnswerTimeout: 10 * time.Second,
	InFlight:      "`max_calls`",
	NewSettings: func() carrier.Settings {
		return &Config{
			Transport: UDP, LocalAddr: "0.0.0.0:0", RTPPorts: "20000-20100", MaxCalls: 50, RingTimeout: 30 * time.Second,
			DetectVoicemail: true,
		}
	},
}

// The transports of SIP.
const (
	UDP = "udp"
	TCP = "tcp"
	TLS = "tls"
)

// Config is one [[carrier]] of kind "sip".
type Config struct {
	Server    string // host:port of the trunk
	Transport string
	Username  string
	Password  secret.String
	LocalAddr string // IP:port of the SIP socket; port 0 is any
	PublicIP  string // what SIP and SDP say instead of the own address; empty = the own
	RTPPorts  string // "20000-20100"
	MaxCalls  int
	// RingTimeout is the longest time from the trunk's first answer to a person's.
	RingTimeout time.Duration
	// DetectVoicemail tells people from machines by what they say while the call pauses.
	DetectVoicemail bool
}

// Keys implements carrier.Settings.
func (c *Config) Keys() []setting.Key {
	return []setting.Key{
		{
			Name: "server", To: &c.Server, Required: true, Example: `"sip.example.com:5060"`,
			Doc: "host:port of the trunk",
		},
		{Name: "transport", To: &c.Transport, Options: []string{UDP, TCP, TLS}, Doc: "how SIP travels"},
		{
			Name: "username", To: &c.Username, Usual: true, Example: `"user"`, Default: "none",
			Doc: "for trunks that ask for a password", More: "Trunks that know this server by its address need none.",
		},
		{Name: "password", To: &c.Password, Usual: true, Example: `"change-me"`, Default: "none", Doc: "of `username`"},
		{
			Name: "local_addr", To: &c.LocalAddr, Example: `"0.0.0.0:5060"`, Doc: "IP:port of SIP here, port 0 = any",
			More: "Name a port when the firewall or the trunk needs a fixed one. RTP is received at the same IP.",
		},
		{
			Name: "public_ip", To: &c.PublicIP, Example: `"192.0.2.1"`, Default: "the own address",
			Doc: "address as the trunk sees it, when there is a NAT",
		},
		{
			Name: "rtp_ports", To: &c.RTPPorts, Doc: "UDP ports of sound, of which each call takes an even one",
			More: "Carriers on one machine need ranges that do not overlap.",
		},
		{
			Name: "max_calls", To: &c.MaxCalls, Low: 1, High: 5000, Doc: "calls at once, of all nodes together",
			More: "What is above it waits, codes that came first are called first.",
		},
		{
			Name: "ring_timeout", To: &c.RingTimeout, Shortest: 5 * time.Second, Longest: 50 * time.Second,
			Doc: "how long the phone rings before the next step begins",
		},
		{
			Name: "detect_voicemail", To: &c.DetectVoicemail, Doc: "a voicemail counts as not answered",
			More: "Who goes on speaking in the pauses of the call is taken for a machine. The code is said to it all the same.",
		},
	}
}

// Channels implements carrier.Settings.
func (*Config) Channels() []message.Channel { return []message.Channel{message.Voice} }

// Check implements carrier.Settings.
func (c *Config) Check(common *carrier.Common, found *setting.Findings) {
	if host, ok := setting.HostPort(c.Server); found.Given("server") && (!ok || host == "") {
		found.Problem("server", "server must be host:port, such as \"sip.example.com:5060\", is %q", c.Server)
	}
	if (c.Username == "") != c.Password.Empty() {
		found.Problem("username", "username and password go together; give both, or neither")
	}
	if !isNumber(common.From) && c.Username == "" {
		found.Problem("from", "from must be a number of the trunk, such as \"+3221234567\", because a call without "+
			"username has no other")
	}

	if _, err := netip.ParseAddrPort(c.LocalAddr); err != nil {
		found.Problem("local_addr", "local_addr must be an IP and a port, such as \"0.0.0.0:5060\", is %q", c.LocalAddr)
	}
	if _, err := netip.ParseAddr(c.PublicIP); c.PublicIP != "" && err != nil {
		found.Problem("public_ip", "public_ip must be an IP, such as \"192.0.2.1\", is %q", c.PublicIP)
	}
	c.checkPorts(found)
}

func (c *Config) checkPorts(found *setting.Findings) {
	ports, ok := parsePorts(c.RTPPorts)
	switch {
	case !ok:
		found.Problem("rtp_ports", "rtp_ports must be two ports, such as \"20000-20100\", is %q", c.RTPPorts)
	case ports.Count() < c.MaxCalls:
		found.Problem("rtp_ports", "rtp_ports has %d even ports, and max_calls is %d: each call takes one",
			ports.Count(), c.MaxCalls)
	}
}

// parsePorts reads "20000-20100".
func parsePorts(text string) (media.Ports, bool) {
	low, high, _ := strings.Cut(text, "-")
	from, err1 := strconv.ParseUint(strings.TrimSpace(low), 10, 16)
	to, err2 := strconv.ParseUint(strings.TrimSpace(high), 10, 16)

	return media.Ports{Low: uint16(from), High: uint16(to)}, err1 == nil && err2 == nil && from >= 1024 && from <= to
}

// maxDigits is the length of the longest number (ITU-T E.164 clause 6).
const maxDigits = 15

// isNumber reports whether a sender can be the user of a SIP address that phones show as a number.
func isNumber(s string) bool {
	digits := strings.TrimPrefix(s, "+")
	_, err := strconv.ParseUint(digits, 10, 64)

	return err == nil && len(digits) <= maxDigits
}

// Make implements carrier.Settings.
func (c *Config) Make(common carrier.Common, log *slog.Logger) (carrier.Carrier, error) {
	if err := carrier.Verify(common, c); err != nil {
		return nil, err
	}
	folder := ""
	if common.Data != "" {
		folder = filepath.Join(common.Data, "prompts")
	}
	library, err := speech.Open(folder)
	if err != nil {
		return nil, err
	}

	return newCarrier(common, *c, library, log), nil
}
