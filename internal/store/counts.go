package store

import (
	"github.com/syssecure/syssecure/internal/bound"
	"github.com/syssecure/syssecure/internal/id"
)

// Counts is how much an account has of each thing in a mode. It is a row of its own, so that the sandbox never writes the
// row that live sends need.
type Counts struct {
	Account id.Account
	Mode    id.Mode
	bound.Counts
}

// Key names the row.
func (c Counts) Key() Key { return CountsKey(c.Account, c.Mode) }

// CountsKey names how much an account has in a mode.
func CountsKey(a id.Account, mode id.Mode) Key {
	return Key{Table: TableCounts, Account: a, ID: string([]byte{byte(mode)})}
}

// CountsOf reads how much an account has in a mode; a row that is absent is that of an account that has nothing.
func CountsOf(from Getter, a id.Account, mode id.Mode) Counts {
	c, ok := Get[Counts](from, CountsKey(a, mode))
	if !ok {
		c = Counts{Account: a, Mode: mode}
	}
	return c
}

func (c Counts) encode(e *encoder) {
	e.id(c.Account)
	e.list(append(e.buf, byte(c.Mode)))
	p := e.pack()
	p.int(int64(c.Templates))
	p.int(int64(c.Endpoints))
	p.int(int64(c.Scheduled))
	p.log(c.Deleted)
	p.log(c.Sandbox)
	e.packed(p)
}

func decodeCounts(d *decoder) Record {
	c := Counts{Account: d.account()}
	mode := d.next().B
	if len(mode) != 1 {
		d.bad = true
		return c
	}
	c.Mode = id.Mode(mode[0])
	u := d.unpack()
	c.Templates, c.Endpoints, c.Scheduled = int(u.int()), int(u.int()), int(u.int())
	c.Deleted, c.Sandbox = u.log(), u.log()
	d.unpacked(&u)
	return c
}

func (p *packer) log(l bound.Log) {
	list(p, l, func(h bound.Hour) {
		p.time(h.At)
		p.int(int64(h.N))
	})
}

func (u *unpacker) log() bound.Log {
	return unlist(u, func() bound.Hour { return bound.Hour{At: u.time(), N: int(u.int())} })
}
