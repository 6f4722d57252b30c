package config

import (
	"time"

	"github.com/syssecure/syssecure/internal/phone"
)

// Sizes that SMPP 3.4 gives its fields, in octets without the NUL (clauses 4.1 and 4.4). Many message centres hand out
// longer passwords and take them, so those are sent whole and reported as warnings.
const (
	systemIDSize     = 15
	passwordSize     = 8
	systemTypeSize   = 12
	serviceTypeSize  = 5
	addressRangeSize = 40
	longestField     = 255
)

func (r *reader) smpp(c *Carrier, path, label string, t map[string]any) {
	r.required(t, path, label, "addr", "system_id")
	if host, ok := hostPort(c.Addr); c.Addr != "" && (!ok || host == "") {
		r.problem(path+".addr", "%saddr must be host:port, such as \"smsc.example.com:2775\", is %q", label, c.Addr)
	}
	r.between(path, label, "window", &c.Window, 1, 1000)
	r.between(path, label, "connections", &c.Connections, 1, 64)
	for _, n := range []struct {
		name  string
		value *int
		high  int
	}{
		{"source_ton", c.SourceTON, 6}, {"source_npi", c.SourceNPI, 18}, {"dest_ton", c.DestTON, 6}, {"dest_npi", c.DestNPI, 18},
	} {
		r.between(path, label, n.name, n.value, 0, n.high)
	}
	r.oneOf(path, label, "receipt_id", c.ReceiptID, "as_is", "hex_to_dec", "dec_to_hex")
	r.oneOf(path, label, "long", c.Long, "udh8", "sar", "payload")
	r.oneOf(path, label, "charset", c.Charset, "gsm7", "latin1", "ascii", "utf8")
	r.oneOf(path, label, "bind", c.Bind, "transceiver", "pair", "transmitter")
	r.receiptsOfBind(c, path, label, t)
	r.field(path, label, "system_id", c.SystemID, systemIDSize, false)
	r.field(path, label, "password", c.Password.Reveal(), passwordSize, true)
	r.field(path, label, "system_type", c.SystemType, systemTypeSize, false)
	r.field(path, label, "service_type", c.ServiceType, serviceTypeSize, false)
	r.field(path, label, "address_range", c.AddressRange, addressRangeSize, false)
	if c.EnquireLink < time.Second || c.EnquireLink > time.Hour {
		r.problem(path+".enquire_link", "%senquire_link must be 1s…1h, is %v", label, c.EnquireLink)
	}
}

// field checks a text that travels in a field of size octets. One that may be longer only gets a warning. The value is not
// shown, because it may be a password.
func (r *reader) field(path, label, name, value string, size int, longer bool) {
	for i := range len(value) {
		if value[i] < ' ' || value[i] > '~' {
			r.problem(join(path, name), "%s%s may hold printable ASCII characters only", label, name)
			return
		}
	}
	switch n := len(value); {
	case n <= size:
	case longer && n <= longestField:
		r.warn(join(path, name), "%s%s has %d characters, and SMPP 3.4 has room for %d; it is sent whole, which most message "+
			"centres take", label, name, n, size)
	case longer:
		r.problem(join(path, name), "%s%s must have at most %d characters, has %d", label, name, longestField, n)
	default:
		r.problem(join(path, name), "%s%s must have at most %d characters, has %d", label, name, size, n)
	}
}

// receiptsOfBind switches receipts off where none can come, and explains it.
func (r *reader) receiptsOfBind(c *Carrier, path, label string, t map[string]any) {
	if c.Bind != "transmitter" {
		return
	}
	_, given := t["receipts"]
	if !given {
		c.Receipts = false
	}
	switch {
	case !given:
		r.warn(path+".bind", "%sbind = \"transmitter\" receives neither receipts nor messages from phones, so receipts is false and a "+
			"message ends when the message centre accepts it; use \"transceiver\" or \"pair\" to receive", label)
	case c.Receipts:
		r.warn(path+".receipts", "%sreceipts = true with bind = \"transmitter\": no receipt can come over this carrier, so every fallback "+
			"is sent and paid for; use bind = \"pair\", or receipts = false", label)
	}
}

// The longest answer_timeout of any kind, and what holds where it is not given.
const (
	longestAnswer = time.Minute
	answerSMPP    = 30 * time.Second
	answerHTTP    = 15 * time.Second
)

func (r *reader) answerTimeout(c *Carrier, path, label string, t map[string]any) {
	// A value that cannot be read is reported already, so it counts as absent.
	if _, err := asDuration(t["answer_timeout"]); err != nil {
		c.AnswerTimeout = answerHTTP
		if c.Kind == "smpp" {
			c.AnswerTimeout = answerSMPP
		}
	}
	if c.AnswerTimeout < 100*time.Millisecond || c.AnswerTimeout > longestAnswer {
		r.problem(path+".answer_timeout", "%sanswer_timeout must be 100ms…60s, is %v", label, c.AnswerTimeout)
	}
}

func (r *reader) country(c *Carrier, path, label string) {
	if c.Country != "" && !phone.IsRegion(c.Country) {
		r.problem(path+".country", "%scountry must be a country's two capital letters, such as \"BE\", is %q", label, c.Country)
	}
}
