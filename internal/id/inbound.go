package id

import "time"

type inboundKind struct{}

func (inboundKind) prefix() string { return "inb_" }

// Inbound names a text from a phone.
type Inbound = ID[inboundKind]

// NewInbound makes an id for now.
func NewInbound(now time.Time) Inbound { return newID[inboundKind](now) }

// ParseInbound reads what String printed.
func ParseInbound(s string) (Inbound, error) { return parse[inboundKind](s) }
