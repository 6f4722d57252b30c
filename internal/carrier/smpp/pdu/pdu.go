// Package pdu reads and writes the protocol data units of SMPP 3.4 (SMPP Developers Forum, "Short Message Peer to Peer
// Protocol Specification v3.4", issue 1.2), for both ends of a link.
//
// It knows layouts, not sessions: no sockets, no clock, no answers. Every length comes from the other side and is
// checked before it is used: decoding never panics, and never allocates more than the length of a PDU allows.
package pdu

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Command is a command_id (clause 5.1.2.1). A response is its request with the top bit set.
type Command uint32

// The commands that this package knows.
const (
	BindReceiver        Command = 0x00000001
	BindTransmitter     Command = 0x00000002
	SubmitSM            Command = 0x00000004
	DeliverSM           Command = 0x00000005
	Unbind              Command = 0x00000006
	BindTransceiver     Command = 0x00000009
	Outbind             Command = 0x0000000B
	EnquireLink         Command = 0x00000015
	AlertNotification   Command = 0x00000102
	DataSM              Command = 0x00000103
	GenericNack         Command = 0x80000000
	BindReceiverResp            = BindReceiver | response
	BindTransmitterResp         = BindTransmitter | response
	SubmitSMResp                = SubmitSM | response
	DeliverSMResp               = DeliverSM | response
	UnbindResp                  = Unbind | response
	BindTransceiverResp         = BindTransceiver | response
	EnquireLinkResp             = EnquireLink | response
	DataSMResp                  = DataSM | response
	response            Command = 0x80000000
)

// IsResponse reports whether the command answers another; generic_nack does.
func (c Command) IsResponse() bool { return c&response != 0 }

// Response is the command that answers c.
func (c Command) Response() Command { return c | response }

// Sizes of a PDU in octets, command_length included, and of its header (clause 3.2).
const (
	HeaderLength = 16
	MaxLength    = 64 << 10
	// MaxShortMessage is the longest short_message; longer texts travel in message_payload (clause 5.2.21).
	MaxShortMessage = 254
)

// MaxSequence is the last sequence_number of a request; the next one is 1 (clause 5.1.4).
const MaxSequence = 0x7FFFFFFF

// ErrLength means that command_length is below 16 or above 64 KiB. The stream cannot be followed any more: answer
// generic_nack with ESME_RINVCMDLEN and close.
var ErrLength = errors.New("command_length is not between 16 octets and 64 KiB")

// PDU is one protocol data unit. Body is nil where the layout has none (enquire_link, unbind, generic_nack), where it
// is not read (outbind, alert_notification), and in a response without a body; otherwise it is the type that belongs to
// Command.
type PDU struct {
	Command  Command
	Status   Status
	Sequence uint32
	Body     Body
}

// Body is the part of a PDU after its header: *Bind, *BindResp, *SM, *DataMessage or *MessageID.
type Body interface {
	append(e *encoder)
	read(d *decoder)
}

// DecodeError means that a PDU could not be read although its length was valid, so that the stream goes on. Status is
// the answer to a request.
type DecodeError struct {
	Command  Command
	Sequence uint32
	Status   Status
	Field    string
}

func (e *DecodeError) Error() string {
	return fmt.Sprintf("%v cannot be read: %s", e.Command, e.Field)
}

// Append appends the PDU to b. It fails when a field is longer than its layout allows, or the body does not belong to
// the command; b is then returned unchanged.
func (p PDU) Append(b []byte) ([]byte, error) {
	e := encoder{b: b}
	e.uint32(0)
	e.uint32(uint32(p.Command))
	e.uint32(uint32(p.Status))
	e.uint32(p.Sequence)
	if err := p.checkBody(); err != nil {
		return b, err
	}
	if p.Body != nil {
		p.Body.append(&e)
	}

	length := len(e.b) - len(b)
	if length > MaxLength {
		e.fail("the whole PDU", MaxLength)
	}
	if e.err != nil {
		return b, fmt.Errorf("encode %v: %w", p.Command, e.err)
	}
	binary.BigEndian.PutUint32(e.b[len(b):], uint32(length))

	return e.b, nil
}

// Decode reads one whole PDU. The result shares no memory with b. A *DecodeError leaves the stream usable; ErrLength
// does not. The header of an unreadable PDU is returned with the error.
func Decode(b []byte) (PDU, error) {
	if len(b) < HeaderLength || len(b) > MaxLength || binary.BigEndian.Uint32(b) != uint32(len(b)) {
		return PDU{}, ErrLength
	}
	p := PDU{
		Command:  Command(binary.BigEndian.Uint32(b[4:])),
		Status:   Status(binary.BigEndian.Uint32(b[8:])),
		Sequence: binary.BigEndian.Uint32(b[12:]),
	}

	body, known := newBody(p.Command)
	if !known {
		return p, &DecodeError{p.Command, p.Sequence, InvalidCommandID, "unknown command_id"}
	}

	b = b[HeaderLength:]
	// A response may leave its body out; gateways do so even when they accept.
	if body == nil || len(b) == 0 && p.Command.IsResponse() {
		return p, nil
	}

	d := decoder{b: b, s: string(b)}
	body.read(&d)
	if d.field != "" {
		return p, &DecodeError{p.Command, p.Sequence, d.status, d.field}
	}
	p.Body = body

	return p, nil
}

// newBody makes the empty body of a command; nil for a command without one.
func newBody(c Command) (body Body, known bool) {
	switch c {
	case SubmitSM, DeliverSM:
		return new(SM), true
	case SubmitSMResp, DeliverSMResp, DataSMResp:
		return new(MessageID), true
	case BindTransceiver, BindTransmitter, BindReceiver:
		return new(Bind), true
	case BindTransceiverResp, BindTransmitterResp, BindReceiverResp:
		return new(BindResp), true
	case DataSM:
		return new(DataMessage), true
	case EnquireLink, EnquireLinkResp, Unbind, UnbindResp, GenericNack, Outbind, AlertNotification:
		return nil, true
	}

	return nil, false
}

// checkBody rejects a body that does not belong to the command, because the other side would misread it.
func (p PDU) checkBody() error {
	want, known := newBody(p.Command)
	if !known {
		return fmt.Errorf("encode: unknown %v", p.Command)
	}
	if p.Body == nil && (want == nil || p.Command.IsResponse()) {
		return nil
	}

	var ok bool
	switch p.Body.(type) {
	case *SM:
		_, ok = want.(*SM)
	case *MessageID:
		_, ok = want.(*MessageID)
	case *Bind:
		_, ok = want.(*Bind)
	case *BindResp:
		_, ok = want.(*BindResp)
	case *DataMessage:
		_, ok = want.(*DataMessage)
	}
	if !ok {
		return fmt.Errorf("encode %v: the body is a %T", p.Command, p.Body)
	}

	return nil
}
