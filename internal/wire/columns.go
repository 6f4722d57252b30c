package wire

import "time"

// number are the types that can be stored as an integer.
type number interface {
	~int | ~int64 | ~uint8 | ~uint32
}

// IntColumn is the next column, an integer.
func IntColumn[T number](c *Coder, v *T) {
	if !c.reading {
		c.row = append(c.row, Value{N: int64(*v)})
		return
	}
	n := c.value().N
	*v = T(n)
	c.bad = c.bad || int64(*v) != n
}

// IDColumn is the next column, an id of 16 bytes.
func IDColumn[T ~[16]byte](c *Coder, v *T) {
	if !c.reading {
		from := len(c.buf)
		b := [16]byte(*v)
		c.buf = append(c.buf, b[:]...)
		c.row = append(c.row, Value{B: c.buf[from:]})
		return
	}

	b := c.value().B
	if len(b) != 16 {
		c.bad = true
		return
	}
	*v = T(b)
}

// TextColumn is the next column, a text.
func (c *Coder) TextColumn(v *string) {
	if !c.reading {
		c.row = append(c.row, Value{S: *v})
		return
	}
	*v = c.value().Text()
}

// BlobColumn is the next column; bytes are copied.
func (c *Coder) BlobColumn(v *[]byte) {
	if !c.reading {
		c.row = append(c.row, Value{Null: *v == nil, B: *v})
		return
	}
	if in := c.value(); !in.Null {
		*v = append(make([]byte, 0, len(in.B)), in.B...)
	}
}

// TimeColumn is the next column: microseconds since 1970 UTC, null for the zero time.
func (c *Coder) TimeColumn(v *time.Time) {
	switch {
	case !c.reading && v.IsZero():
		c.row = append(c.row, Value{Null: true})
	case !c.reading:
		c.row = append(c.row, Value{N: v.UnixMicro()})
	default:
		if in := c.value(); !in.Null {
			*v = time.UnixMicro(in.N).UTC()
		}
	}
}

// DueColumns is the next two columns: when the row is due, and its owner. The index of work has the rows with a time,
// so a row with an owner has the time 0 although it is not due.
func (c *Coder) DueColumns(at *time.Time, owner *int64) {
	if !c.reading {
		if at.IsZero() && *owner != 0 {
			c.row = append(c.row, Value{})
		} else {
			c.TimeColumn(at)
		}
		IntColumn(c, owner)
		return
	}

	c.TimeColumn(at)
	IntColumn(c, owner)
	if *owner != 0 && at.UnixMicro() == 0 {
		*at = time.Time{}
	}
}

// KeyColumn is the next column, a part of the key that consists of several fields.
func (c *Coder) KeyColumn(write func() string, read func([]byte) bool) {
	if !c.reading {
		from := len(c.buf)
		c.buf = append(c.buf, write()...)
		c.row = append(c.row, Value{B: c.buf[from:]})
		return
	}
	c.bad = !read(c.value().B) || c.bad
}

// DerivedColumn is the next column, a text that follows from the rest of the row. It is written for an index and not
// read.
func (c *Coder) DerivedColumn(text func() string) {
	if c.reading {
		c.value()
		return
	}
	c.row = append(c.row, Value{S: text()})
}

// DurationColumn is the next column, in whole units.
func (c *Coder) DurationColumn(v *time.Duration, unit time.Duration) {
	units := int64(*v / unit)
	IntColumn(c, &units)
	if c.reading {
		d, ok := durationOf(units, unit)
		*v, c.bad = d, c.bad || !ok
	}
}

// value returns the next column.
func (c *Coder) value() Value {
	v := c.row[c.column]
	c.column++
	return v
}
