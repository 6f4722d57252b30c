package httpsms

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
)

// variables are the placeholders that each message fills in, besides the constants.
var variables = []string{
	"to", "to_digits", "from", "from_digits", "text", "code", "ref", "channel", "locale", "validity", "validity_minutes",
	"encoding", "coding", "segments",
}

func isVariable(name string) bool { return slices.Contains(variables, name) }

// valueOf gives what fills the placeholders of one message.
func valueOf(m carrier.Message, from string) func(name string) string {
	return func(name string) string {
		switch name {
		case "to":
			return m.To.E164()
		case "to_digits":
			return strings.TrimPrefix(m.To.E164(), "+")
		case "from":
			return from
		case "from_digits":
			return strings.TrimPrefix(from, "+")
		case "text":
			return m.Body.Reveal()
		case "code":
			return m.Code.Reveal()
		case "ref":
			return m.Ref
		case "channel":
			return m.Channel.String()
		case "locale":
			return m.Locale
		case "validity":
			return atLeastOne(m.Validity, time.Second)
		case "validity_minutes":
			return atLeastOne(m.Validity, time.Minute)
		}

		return splitValue(name, m.Body.Reveal())
	}
}

// splitValue gives the placeholders that depend on how the text is split into SMS.
func splitValue(name, text string) string {
	encoding, segments := message.Segments(text)
	switch name {
	case "encoding":
		return encoding.String()
	case "coding":
		if encoding == message.GSM7 {
			return "0"
		}
		return "2"
	}
	return strconv.Itoa(segments)
}

// atLeastOne counts whole units, and is empty without a validity. It rounds down, so that no code outlives itself, but
// a
// provider takes no 0.
func atLeastOne(d, unit time.Duration) string {
	if d <= 0 {
		return ""
	}
	return strconv.FormatInt(int64(max(d/unit, 1)), 10)
}
