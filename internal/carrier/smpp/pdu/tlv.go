package pdu

import "encoding/binary"

// Tag names an optional parameter (clause 5.3.2).
type Tag uint16

// The tags that this project sends or reads.
const (
	TagReceiptedMessageID   Tag = 0x001E // C-octet string
	TagUserMessageReference Tag = 0x0204 // 2 octets
	TagInterfaceVersion     Tag = 0x0210 // 1 octet
	TagSARReference         Tag = 0x020C // 2 octets
	TagSARTotal             Tag = 0x020E // 1 octet
	TagSARSequence          Tag = 0x020F // 1 octet
	TagNetworkErrorCode     Tag = 0x0423 // network type, then a code of 2 octets
	TagMessagePayload       Tag = 0x0424
	TagMessageState         Tag = 0x0427 // 1 octet
)

// TLV is an optional parameter. A PDU keeps them in the order of the wire, repeated ones included.
type TLV struct {
	Tag   Tag
	Value []byte // nil when empty
}

// Octet makes a TLV of one octet.
func Octet(tag Tag, v uint8) TLV { return TLV{tag, []byte{v}} }

// Uint16 makes a TLV of two octets, big-endian.
func Uint16(tag Tag, v uint16) TLV { return TLV{tag, binary.BigEndian.AppendUint16(nil, v)} }

// CString makes a TLV that holds a C-octet string.
func CString(tag Tag, s string) TLV { return TLV{tag, append([]byte(s), 0)} }

// Find returns the value of the first TLV with that tag.
func Find(list []TLV, tag Tag) ([]byte, bool) {
	for _, t := range list {
		if t.Tag == tag {
			return t.Value, true
		}
	}
	return nil, false
}
