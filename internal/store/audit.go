package store

import (
	"time"

	"github.com/syssecure/syssecure/internal/extra"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/wire"
)

// Audit is an entry of the audit log: who changed what. The zero account is the installation.
type Audit struct {
	Account                       id.Account
	ID                            id.Audit
	Mode                          id.Mode
	Action, Object                string
	ActorKind, ActorID, ActorName string
	Changes                       []Change
	Address, Agent                string
	At                            time.Time
	Extra                         extra.Fields
}

// Change is a field that was changed, with what it was and is.
type Change struct {
	Field, Before, After string
	Extra                extra.Fields
}

// AuditKey names an entry of the audit log.
func AuditKey(a id.Account, e id.Audit) Key { return accountKey(TableAudit, a, e) }

// Key names the row.
func (e Audit) Key() Key { return AuditKey(e.Account, e.ID) }

func (e Audit) encode(c *wire.Coder) { e.fields(c) }

func (e *Audit) fields(c *wire.Coder) {
	wire.IDColumn(c, &e.Account)
	wire.IDColumn(c, &e.ID)
	c.TimeColumn(&e.At)
	c.Data(&e.Extra, func(c *wire.Coder) {
		wire.Int(c, 1, &e.Mode)
		wire.Text(c, 2, &e.Action)
		wire.Text(c, 3, &e.Object)
		wire.Text(c, 4, &e.ActorKind)
		wire.Text(c, 5, &e.ActorID)
		wire.Text(c, 6, &e.ActorName)
		wire.List(c, 7, &e.Changes, changeFields, func(n *Change) *extra.Fields { return &n.Extra })
		wire.Text(c, 8, &e.Address)
		wire.Text(c, 9, &e.Agent)
	})
}

func changeFields(c *wire.Coder, n *Change) {
	wire.Text(c, 1, &n.Field)
	wire.Text(c, 2, &n.Before)
	wire.Text(c, 3, &n.After)
}

// RequestBatch is a part of the request log: what a node logged of one account and mode in a moment, in one row, so
// that a busy server does not write a row for each request.
type RequestBatch struct {
	Account id.Account
	Mode    id.Mode
	ID      id.Request // of the batch, made when it was stored
	// From and To are the times of the first and the last request.
	From, To time.Time
	Requests []Request
	Extra    extra.Fields
}

// Request is a request to the API, without its body.
type Request struct {
	ID                      id.Request
	At                      time.Time
	Method, Path, Operation string
	Status                  int
	Error, Reason           string
	Took                    time.Duration
	Key                     string // the API key's public id
	Address, Agent          string
	Replayed                bool // the answer was that of an earlier request with the same Idempotency-Key
	Skipped                 int  // how many requests before it were not logged
	Extra                   extra.Fields
}

// RequestBatchKey names a part of the request log. It contains the mode, as that of an event does.
func RequestBatchKey(a id.Account, m id.Mode, r id.Request) Key {
	return Key{Table: TableRequest, Account: a, ID: string([]byte{byte(m)}) + string(r[:])}
}

// Key names the row.
func (b RequestBatch) Key() Key { return RequestBatchKey(b.Account, b.Mode, b.ID) }

func (b RequestBatch) encode(c *wire.Coder) { b.fields(c) }

func (b *RequestBatch) fields(c *wire.Coder) {
	wire.IDColumn(c, &b.Account)
	wire.IntColumn(c, &b.Mode)
	wire.IDColumn(c, &b.ID)
	c.TimeColumn(&b.To)
	c.Data(&b.Extra, func(c *wire.Coder) {
		c.Time(1, &b.From)
		wire.List(c, 2, &b.Requests, requestFields, func(r *Request) *extra.Fields { return &r.Extra })
	})
}

func requestFields(c *wire.Coder, r *Request) {
	wire.ID(c, 1, &r.ID)
	c.Time(2, &r.At)
	wire.Text(c, 3, &r.Method)
	wire.Text(c, 4, &r.Path)
	wire.Text(c, 5, &r.Operation)
	wire.Int(c, 6, &r.Status)
	wire.Text(c, 7, &r.Error)
	wire.Text(c, 8, &r.Reason)
	c.Duration(9, &r.Took, time.Microsecond)
	wire.Text(c, 10, &r.Key)
	wire.Text(c, 11, &r.Address)
	wire.Text(c, 12, &r.Agent)
	c.Bool(13, &r.Replayed)
	wire.Int(c, 14, &r.Skipped)
}
