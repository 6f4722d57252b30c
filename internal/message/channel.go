package message

import "fmt"

// Channel is a way to reach a phone. The zero value is no channel.
type Channel uint8

// The published channels, in no order of preference.
const (
	WhatsApp Channel = iota + 1
	SMS
	Telegram
	Voice
)

// Channels lists every channel.
var Channels = []Channel{WhatsApp, SMS, Telegram, Voice}

var channelNames = map[Channel]string{WhatsApp: "whatsapp", SMS: "sms", Telegram: "telegram", Voice: "voice"}

// String returns the published name: "whatsapp", "sms", "telegram" or "voice".
func (c Channel) String() string { return channelNames[c] }

// ParseChannel reads a published name.
func ParseChannel(s string) (Channel, error) {
	for c, name := range channelNames {
		if name == s {
			return c, nil
		}
	}

	return 0, fmt.Errorf("%q is not a channel: use whatsapp, sms, telegram or voice", s)
}

// Reason is why a message was not delivered. The list is closed: it is part of the published API.
type Reason string

// The published reasons.
const (
	InvalidDestination Reason = "invalid_destination"
	NotOnChannel       Reason = "not_on_channel"
	Unreachable        Reason = "unreachable"
	CarrierRejected    Reason = "carrier_rejected"
	BlockedByRecipient Reason = "blocked_by_recipient"
	OptedOut           Reason = "opted_out"
	ExpiredInTransit   Reason = "expired_in_transit"
	TemplateRejected   Reason = "template_rejected"
	SenderNotAllowed   Reason = "sender_not_allowed"
	CarrierError       Reason = "carrier_error"
	CarrierTimeout     Reason = "carrier_timeout"
	NoAnswer           Reason = "no_answer"
	Busy               Reason = "busy"
	UnknownReason      Reason = "unknown"
)

// Reasons is the closed list, in the order of the API reference.
var Reasons = []Reason{
	InvalidDestination, NotOnChannel, Unreachable, CarrierRejected, BlockedByRecipient, OptedOut, ExpiredInTransit,
	TemplateRejected, SenderNotAllowed, CarrierError, CarrierTimeout, NoAnswer, Busy, UnknownReason,
}

// ParseReason reads a published reason. Carriers invent others: those become UnknownReason.
func ParseReason(s string) Reason {
	for _, r := range Reasons {
		if string(r) == s {
			return r
		}
	}

	return UnknownReason
}
