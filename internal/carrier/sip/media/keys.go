package media

import "encoding/binary"

// keys finds pressed keys in telephone events (RFC 4733 clause 2.3). One key comes in several packets of one timestamp;
// it
// counts once, at the first packet with the end bit, because a packet that says the beginning may be lost.
type keys struct {
	last uint32 // timestamp of the key that counted last
	any  bool
}

// The 16 events that are keys, in their order.
const keyNames = "0123456789*#ABCD"

// read returns the key that a packet completes; false when it completes none.
func (k *keys) read(timestamp uint32, payload []byte) (key byte, ok bool) {
	if len(payload) < 4 || int(payload[0]) >= len(keyNames) {
		return 0, false
	}
	ended := binary.BigEndian.Uint16(payload)&0x80 != 0
	if !ended || k.any && timestamp == k.last {
		return 0, false
	}
	k.last, k.any = timestamp, true

	return keyNames[payload[0]], true
}
