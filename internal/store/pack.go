package store

import (
	"encoding/binary"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
)

// Lists within a row (a plan, attempts, a log of instants) are packed: lengths and numbers as varints. They are read
// and written several times for each message, where JSON would cost more than the database does. The pack functions
// append to b.

func packTimes(b []byte, times []time.Time) []byte {
	for _, t := range times {
		b = binary.AppendVarint(b, t.UnixMicro())
	}
	return b
}

func packString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func packPlan(b []byte, plan []message.Step) []byte {
	for _, s := range plan {
		b = append(b, byte(s.Channel), flags(s.Receipts))
		b = packString(b, s.Carrier)
		b = binary.AppendVarint(b, s.Price)
		b = binary.AppendVarint(b, int64(s.Segments))
		b = binary.AppendVarint(b, int64(s.Wait/time.Millisecond))
	}
	return b
}

func packAttempts(b []byte, attempts []message.Attempt) []byte {
	for _, a := range attempts {
		b = append(b, byte(a.Progress), flags(a.Repeated))
		b = binary.AppendUvarint(b, uint64(a.Step))
		b = binary.AppendUvarint(b, uint64(a.Parts))
		b = binary.AppendUvarint(b, a.Arrived)
		b = binary.AppendVarint(b, a.At.UnixMicro())
		b = packString(b, string(a.Reason))
		b = packString(b, a.Code)
	}
	return b
}

func packPending(b []byte, pending []Pending) []byte {
	for _, p := range pending {
		b = packString(b, p.Template)
		b = append(b, p.OTP[:]...)
		b = append(b, p.Message[:]...)
		b = binary.AppendVarint(b, p.ExpiresAt.UnixMicro())
	}
	return b
}

func packIDs(b []byte, ids []id.Message) []byte {
	for _, i := range ids {
		b = append(b, i[:]...)
	}
	return b
}

func flags(on bool) byte {
	if on {
		return 1
	}
	return 0
}

// unpacker reads packed lists. Damage sets bad and ends every list.
type unpacker struct {
	b   []byte
	bad bool
}

func (u *unpacker) more() bool { return len(u.b) > 0 && !u.bad }

func (u *unpacker) take(n int) []byte {
	if n < 0 || n > len(u.b) {
		u.bad = true
		return make([]byte, max(0, min(n, 64)))
	}
	out := u.b[:n]
	u.b = u.b[n:]
	return out
}

func (u *unpacker) byte() byte { return u.take(1)[0] }

func (u *unpacker) varint() int64 {
	v, n := binary.Varint(u.b)
	if n <= 0 {
		u.bad = true
		return 0
	}
	u.b = u.b[n:]
	return v
}

func (u *unpacker) uvarint() uint64 {
	v, n := binary.Uvarint(u.b)
	if n <= 0 {
		u.bad = true
		return 0
	}
	u.b = u.b[n:]
	return v
}

func (u *unpacker) string() string {
	n := u.uvarint()
	if n > uint64(len(u.b)) {
		u.bad = true
		return ""
	}
	return string(u.take(int(n)))
}

func (u *unpacker) duration(unit time.Duration) time.Duration {
	d, ok := durationOf(u.varint(), unit)
	u.bad = u.bad || !ok
	return d
}

func durationOf(n int64, unit time.Duration) (time.Duration, bool) {
	d := time.Duration(n) * unit
	return d, int64(d/unit) == n
}

func (u *unpacker) time() time.Time { return time.UnixMicro(u.varint()).UTC() }

func (d *decoder) unpack() unpacker { return unpacker{b: d.next().B} }

func (d *decoder) times() (out []time.Time) {
	u := d.unpack()
	for u.more() {
		out = append(out, u.time())
	}
	d.bad = d.bad || u.bad
	return out
}

func (d *decoder) plan() (out []message.Step) {
	u := d.unpack()
	for u.more() {
		s := message.Step{Channel: message.Channel(u.byte()), Receipts: u.byte() != 0, Carrier: u.string(), Price: u.varint()}
		s.Segments = int(u.varint())
		s.Wait = u.duration(time.Millisecond)
		out = append(out, s)
	}
	d.bad = d.bad || u.bad
	return out
}

func (d *decoder) attempts() (out []message.Attempt) {
	u := d.unpack()
	for u.more() {
		a := message.Attempt{Progress: message.Progress(u.byte()), Repeated: u.byte() != 0}
		a.Step = int(u.uvarint())
		a.Parts = int(u.uvarint())
		a.Arrived = u.uvarint()
		a.At = u.time()
		a.Reason = message.Reason(u.string())
		a.Code = u.string()
		out = append(out, a)
	}
	d.bad = d.bad || u.bad
	return out
}

func (d *decoder) pending() (out []Pending) {
	u := d.unpack()
	for u.more() {
		p := Pending{Template: u.string()}
		copy(p.OTP[:], u.take(16))
		copy(p.Message[:], u.take(16))
		p.ExpiresAt = u.time()
		out = append(out, p)
	}
	d.bad = d.bad || u.bad
	return out
}

func (d *decoder) messages() (out []id.Message) {
	u := d.unpack()
	for u.more() {
		var m id.Message
		copy(m[:], u.take(16))
		out = append(out, m)
	}
	d.bad = d.bad || u.bad
	return out
}

func bigEndian(s string) uint64 {
	var b [8]byte
	copy(b[:], s)
	return binary.BigEndian.Uint64(b[:])
}

func cutRef(s string) (carrier, ref string) {
	carrier, ref, _ = strings.Cut(s, "\x00")
	return carrier, ref
}
