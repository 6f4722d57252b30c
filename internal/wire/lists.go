package wire

import (
	"encoding/binary"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/syssecure/syssecure/internal/clock"
	"github.com/syssecure/syssecure/internal/extra"
)

// nested writes the fields of describe as the bytes of field n.
func (c *Coder) nested(n protowire.Number, rest *extra.Fields, describe func()) {
	c.begin(n, protowire.BytesType)
	outer := c.unknown
	c.unknown = nil
	if rest != nil {
		c.unknown = []byte(*rest)
	}

	c.buf = append(c.buf, 0) // the length, which usually takes one byte
	from := len(c.buf)
	describe()
	c.buf = append(c.buf, c.unknown...)
	c.unknown = outer

	size := uint64(len(c.buf) - from)
	var length [binary.MaxVarintLen64]byte
	more := binary.PutUvarint(length[:], size) - 1
	if more > 0 {
		c.buf = append(c.buf, length[:more]...) // makes room; overwritten below
		copy(c.buf[from+more:], c.buf[from:from+int(size)])
	}
	copy(c.buf[from-1:], length[:more+1])
}

// within reads the fields of b.
func (c *Coder) within(b []byte, rest *extra.Fields, describe func()) {
	outer := c.cursor
	var none extra.Fields
	if rest == nil {
		rest = &none
	}

	c.open(b)
	describe()
	c.close(rest)
	c.cursor = outer
	c.bad = c.bad || none != ""
}

// List is the fields n, one for each element, in order. rest returns where an element keeps unknown fields; when it is
// nil, elements must not have any.
func List[T any](c *Coder, n protowire.Number, v *[]T, describe func(*Coder, *T), rest func(*T) *extra.Fields) {
	if !c.reading {
		for i := range *v {
			one := &(*v)[i]
			c.nested(n, restOf(rest, one), func() { describe(c, one) })
		}
		return
	}

	for c.find(n, protowire.BytesType) {
		b, size := protowire.ConsumeBytes(c.rest)
		if !c.consume(size) {
			return
		}
		*v = append(*v, *new(T))
		one := &(*v)[len(*v)-1]
		c.within(b, restOf(rest, one), func() { describe(c, one) })
	}
}

func restOf[T any](rest func(*T) *extra.Fields, one *T) *extra.Fields {
	if rest == nil {
		return nil
	}
	return rest(one)
}

// Group is field n, a struct with its own fields. A zero struct is left out.
func Group[T comparable](c *Coder, n protowire.Number, v *T, describe func(*Coder, *T), rest *extra.Fields) {
	if !c.reading {
		if *v != *new(T) {
			c.nested(n, rest, func() { describe(c, v) })
		}
		return
	}
	if b, found := c.bytes(n); found {
		c.within(b, rest, func() { describe(c, v) })
	}
}

// Texts is the fields n, one for each text.
func Texts[T ~string](c *Coder, n protowire.Number, v *[]T) {
	if !c.reading {
		for _, s := range *v {
			c.begin(n, protowire.BytesType)
			c.buf = protowire.AppendString(c.buf, string(s))
		}
		return
	}

	for c.find(n, protowire.BytesType) {
		b, size := protowire.ConsumeBytes(c.rest)
		if !c.consume(size) {
			return
		}
		*v = append(*v, T(b))
	}
}

// IDs is field n: ids of 16 bytes, one after another.
func IDs[T ~[16]byte](c *Coder, n protowire.Number, v *[]T) {
	if !c.reading {
		if len(*v) > 0 {
			c.begin(n, protowire.BytesType)
			c.buf = protowire.AppendVarint(c.buf, uint64(16*len(*v)))
			for _, one := range *v {
				b := [16]byte(one)
				c.buf = append(c.buf, b[:]...)
			}
		}
		return
	}

	b, found := c.bytes(n)
	if !found {
		return
	}

	if len(b)%16 != 0 || len(b) == 0 {
		c.bad = true
		return
	}

	*v = make([]T, len(b)/16)
	for i := range *v {
		(*v)[i] = T(b[16*i:])
	}
}

// Times is field n: microseconds since 1970 UTC, each as the difference to the one before.
func (c *Coder) Times(n protowire.Number, v *[]time.Time) {
	numbers := packedTimes{v}
	c.Packed(n, len(*v), numbers.write, numbers.read)
}

// Packed is field n, the bytes that write appends and read reads. It is left out when count is 0.
func (c *Coder) Packed(n protowire.Number, count int, write func([]byte) []byte, read func([]byte) bool) {
	if !c.reading {
		if count > 0 {
			c.nested(n, nil, func() { c.buf = write(c.buf) })
		}
		return
	}
	if b, found := c.bytes(n); found && (len(b) == 0 || !read(b)) {
		c.bad = true
	}
}

type packedTimes struct{ v *[]time.Time }

func (p packedTimes) write(b []byte) []byte {
	var before int64
	for _, t := range *p.v {
		at := t.UnixMicro()
		b = binary.AppendVarint(b, at-before)
		before = at
	}
	return b
}

func (p packedTimes) read(b []byte) bool {
	var at int64
	for len(b) > 0 {
		n, size := binary.Varint(b)
		if size <= 0 {
			return false
		}
		at += n
		b = b[size:]
		*p.v = append(*p.v, time.UnixMicro(at).UTC())
	}

	return true
}

// Era is the fields n and n+1.
func (c *Coder) Era(n protowire.Number, v *clock.Era) {
	Int(c, n, &v.Epoch)
	c.Duration(n+1, &v.Shift, time.Microsecond)
}

// Number is for fields that are described in a loop.
func Number(n int) protowire.Number { return protowire.Number(n) }
