package syssecure

// Channel is the medium of a message. A newer server may have more channels than there are constants.
type Channel string

// The channels.
const (
	ChannelWhatsApp Channel = "whatsapp"
	ChannelSMS      Channel = "sms"
	ChannelTelegram Channel = "telegram"
	ChannelVoice    Channel = "voice"
)

// The values of Status in codes, messages and attempts. A newer server may have more.
const (
	StatusScheduled = "scheduled"
	StatusPending   = "pending"
	StatusSent      = "sent"
	StatusDelivered = "delivered"
	StatusRead      = "read"
	StatusVerified  = "verified"
	StatusExpired   = "expired"
	StatusFailed    = "failed"
	StatusCanceled  = "canceled"
	StatusUnknown   = "unknown"
)
