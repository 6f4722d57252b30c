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

// maxName bounds the strings of a bind and the ids of messages, their NUL included.
const maxName = 256

// Address is a number or a sender name with its type of number and numbering plan (clauses 5.2.5 and 5.2.6).
type Address struct {
	TON, NPI uint8
	Addr     string // when written: at most 20 octets, 64 in data_sm; when read: any length
}

// Bind opens a session, as transceiver, transmitter or receiver (clause 4.1).
type Bind struct {
	// SMPP 3.4 gives system_id 15 octets, password 8 and system_type 12. Message centres issue longer ones, so up to
	// 255 octets of each are written, and any length is read.
	SystemID   string
	Password   secret.String
	SystemType string
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
	// ID has at most 64 octets in the standard. Up to 255 are written, and any length is read.
	ID   string
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

// read accepts what real message centres send: strings longer than the standard allows, a text that is cut off, TLVs
// that end early. A deliver_sm that is rejected is repeated forever, so it is rejected only when its fields cannot be
// found.
func (m *SM) read(d *decoder) {
	m.ServiceType = d.cstring("service_type")
	m.Source = d.address("source_addr")
	m.Dest = d.address("destination_addr")
	m.ESMClass = d.octet("esm_class")
	m.ProtocolID = d.octet("protocol_id")
	m.Priority = d.octet("priority_flag")
	m.ScheduleDeliveryTime = d.cstring("schedule_delivery_time")
	m.ValidityPeriod = d.cstring("validity_period")
	m.RegisteredDelivery = d.octet("registered_delivery")
	m.ReplaceIfPresent = d.octet("replace_if_present_flag")
	m.DataCoding = d.octet("data_coding")
	m.DefaultMessageID = d.octet("sm_default_msg_id")
	length := d.octet("sm_length")
	if d.field != "" {
		return
	}

	d.cloneRest()
	m.ShortMessage = d.take(min(int(length), len(d.b)))
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
	m.ServiceType = d.cstring("service_type")
	m.Source = d.address("source_addr")
	m.Dest = d.address("destination_addr")
	m.ESMClass = d.octet("esm_class")
	m.RegisteredDelivery = d.octet("registered_delivery")
	m.DataCoding = d.octet("data_coding")
	if d.field != "" {
		return
	}

	d.cloneRest()
	m.TLVs = d.tlvs()
}

func (m *MessageID) append(e *encoder) {
	e.cstring(m.ID, maxName, "message_id")
	e.tlvs(m.TLVs)
}

// read never fails: command_status says whether the message was accepted, and losing that because of a long id, a
// missing NUL or a broken TLV would mean a second message.
func (m *MessageID) read(d *decoder) {
	m.ID = d.toNUL()
	if d.done() {
		return
	}

	d.cloneRest()
	m.TLVs = d.tlvs()
}

func (m *Bind) append(e *encoder) {
	e.cstring(m.SystemID, maxName, "system_id")
	e.cstring(m.Password.Reveal(), maxName, "password")
	e.cstring(m.SystemType, maxName, "system_type")
	e.octets(m.Version)
	e.address(m.Range, 41, "address_range")
}

func (m *Bind) read(d *decoder) {
	m.SystemID = d.cstring("system_id")
	m.Password = secret.NewString(d.cstring("password"))
	m.SystemType = d.cstring("system_type")
	m.Version = d.octet("interface_version")
	m.Range = d.address("address_range")
}

func (m *BindResp) append(e *encoder) {
	e.cstring(m.SystemID, maxName, "system_id")
	e.tlvs(m.TLVs)
}

// read never fails: command_status says whether the bind was accepted, and the name only identifies the other side.
func (m *BindResp) read(d *decoder) {
	m.SystemID = d.toNUL()
	d.cloneRest()
	m.TLVs = d.tlvs()
}
