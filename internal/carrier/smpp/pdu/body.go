package pdu

import "github.com/syssecure/syssecure/internal/secret"

// Version34 is the interface_version of SMPP 3.4.
const Version34 = 0x34

// Bits and values of esm_class (clause 5.2.12).
const (
	// ESMClassUDHI says that short_message begins with a user data header.
	ESMClassUDHI = 0x40
	// ESMClassType masks the message type of a deliver_sm.
	ESMClassType = 0x3C
	// ESMClassReceipt is the type of a delivery receipt.
	ESMClassReceipt = 0x04
	// ESMClassIntermediate is the type of an intermediate delivery notice.
	ESMClassIntermediate = 0x20
)

// Address is a number or a sender name with its type of number and numbering plan (clauses 5.2.5 and 5.2.6).
type Address struct {
	TON, NPI uint8
	Addr     string // at most 20 octets, 64 in data_sm
}

// Bind opens a session, as transceiver, transmitter or receiver (clause 4.1).
type Bind struct {
	SystemID   string      // at most 15 octets
	Password   secret.Text // at most 8 octets
	SystemType string      // at most 12 octets
	Version    uint8
	Range      Address // addr_ton, addr_npi, address_range; at most 40 octets
}

// BindResp answers a Bind.
type BindResp struct {
	SystemID string
	TLVs     []TLV
}

// SM is the body of submit_sm and of deliver_sm, which share their layout (clauses 4.4.1 and 4.6.1). It prints without
// its text.
type SM struct {
	ServiceType          string // at most 5 octets
	Source, Dest         Address
	ESMClass             uint8
	ProtocolID           uint8
	Priority             uint8
	ScheduleDeliveryTime string // empty or 16 octets (clause 7.1.1)
	ValidityPeriod       string // empty or 16 octets
	RegisteredDelivery   uint8
	ReplaceIfPresent     uint8
	DataCoding           uint8
	DefaultMessageID     uint8
	ShortMessage         []byte // at most MaxShortMessage octets
	TLVs                 []TLV
}

// DataMessage is the body of data_sm (clause 4.7.1), whose text is in the message_payload TLV. It prints without it.
type DataMessage struct {
	ServiceType        string
	Source, Dest       Address
	ESMClass           uint8
	RegisteredDelivery uint8
	DataCoding         uint8
	TLVs               []TLV
}

// MessageID is the body of the responses to submit_sm, deliver_sm and data_sm. In deliver_sm_resp the id is empty.
type MessageID struct {
	ID   string // at most 64 octets
	TLVs []TLV
}

// Text is the message: short_message, or the message_payload TLV where there is none.
func (m *SM) Text() []byte {
	if len(m.ShortMessage) == 0 {
		if v, ok := Find(m.TLVs, TagMessagePayload); ok {
			return v
		}
	}
	return m.ShortMessage
}

func (m SM) String() string            { return "short message [redacted]" }
func (m SM) GoString() string          { return m.String() }
func (m DataMessage) String() string   { return "data message [redacted]" }
func (m DataMessage) GoString() string { return m.String() }

func (m *SM) append(e *encoder) {
	e.cstring(m.ServiceType, 6, "service_type")
	e.address(m.Source, 21, "source_addr")
	e.address(m.Dest, 21, "destination_addr")
	e.octets(m.ESMClass, m.ProtocolID, m.Priority)
	e.cstring(m.ScheduleDeliveryTime, 17, "schedule_delivery_time")
	e.cstring(m.ValidityPeriod, 17, "validity_period")
	e.octets(m.RegisteredDelivery, m.ReplaceIfPresent, m.DataCoding, m.DefaultMessageID, uint8(len(m.ShortMessage)))
	if len(m.ShortMessage) > MaxShortMessage {
		e.fail("short_message", MaxShortMessage)
	}
	e.octets(m.ShortMessage...)
	e.tlvs(m.TLVs)
}

func (m *SM) read(d *decoder) {
	m.ServiceType = d.cstring(6, "service_type")
	m.Source = d.address(21, "source_addr")
	m.Dest = d.address(21, "destination_addr")
	m.ESMClass = d.octet("esm_class")
	m.ProtocolID = d.octet("protocol_id")
	m.Priority = d.octet("priority_flag")
	m.ScheduleDeliveryTime = d.cstring(17, "schedule_delivery_time")
	m.ValidityPeriod = d.cstring(17, "validity_period")
	m.RegisteredDelivery = d.octet("registered_delivery")
	m.ReplaceIfPresent = d.octet("replace_if_present_flag")
	m.DataCoding = d.octet("data_coding")
	m.DefaultMessageID = d.octet("sm_default_msg_id")
	length := d.octet("sm_length")
	if length > MaxShortMessage {
		d.fail("sm_length", InvalidMessageLength)
	}
	d.own()
	m.ShortMessage = d.take(int(length), "short_message")
	m.TLVs = d.tlvs()
}

func (m *DataMessage) append(e *encoder) {
	e.cstring(m.ServiceType, 6, "service_type")
	e.address(m.Source, 65, "source_addr")
	e.address(m.Dest, 65, "destination_addr")
	e.octets(m.ESMClass, m.RegisteredDelivery, m.DataCoding)
	e.tlvs(m.TLVs)
}

func (m *DataMessage) read(d *decoder) {
	m.ServiceType = d.cstring(6, "service_type")
	m.Source = d.address(65, "source_addr")
	m.Dest = d.address(65, "destination_addr")
	m.ESMClass = d.octet("esm_class")
	m.RegisteredDelivery = d.octet("registered_delivery")
	m.DataCoding = d.octet("data_coding")
	d.own()
	m.TLVs = d.tlvs()
}

func (m *MessageID) append(e *encoder) {
	e.cstring(m.ID, 65, "message_id")
	e.tlvs(m.TLVs)
}

// read is lenient behind the id: the id says that the message was taken, and losing it over a broken optional part, or
// over a missing NUL, would mean a second message.
func (m *MessageID) read(d *decoder) {
	if d.unterminated() {
		d.b, d.s = append(d.b[:len(d.b):len(d.b)], 0), d.s+"\x00"
	}
	m.ID = d.cstring(65, "message_id")
	if d.field != "" || d.done() {
		return
	}
	d.own()
	if m.TLVs = d.tlvs(); d.field != "" {
		m.TLVs, d.field = nil, ""
	}
}

func (m *Bind) append(e *encoder) {
	e.cstring(m.SystemID, 16, "system_id")
	e.cstring(m.Password.Reveal(), 9, "password")
	e.cstring(m.SystemType, 13, "system_type")
	e.octets(m.Version)
	e.address(m.Range, 41, "address_range")
}

func (m *Bind) read(d *decoder) {
	m.SystemID = d.cstring(16, "system_id")
	m.Password = secret.NewText(d.cstring(9, "password"))
	m.SystemType = d.cstring(13, "system_type")
	m.Version = d.octet("interface_version")
	m.Range = d.address(41, "address_range")
}

func (m *BindResp) append(e *encoder) {
	e.cstring(m.SystemID, 16, "system_id")
	e.tlvs(m.TLVs)
}

func (m *BindResp) read(d *decoder) {
	m.SystemID = d.cstring(16, "system_id")
	d.own()
	m.TLVs = d.tlvs()
}
