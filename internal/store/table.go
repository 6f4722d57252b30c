package store

import (
	"encoding/binary"
	"strings"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/wire"
)

// Record is one row. Records are values: a slice in a record is replaced, never changed.
type Record interface {
	Key() Key
	encode(c *wire.Coder)
}

// Def describes a table to the databases: the first Keys columns are the primary key.
type Def struct {
	Name    string
	Keys    int
	Columns []Column
	decode  func(c *wire.Coder) Record
}

// hasMAC reports whether the last column is the MAC of the others.
func (d *Def) hasMAC() bool { return d.Columns[len(d.Columns)-1].Name == "mac" }

// Defs describes every table. A test compares it with what the migrations of each database create.
var Defs = [tables]Def{
	TableAccount: define[Account]("account", 1, "id b, name t, credits i+, held i+, sandbox_offset i, data b"),
	TableContact: define[Contact]("contact", 2, "account b, id b, mode i, opted_out_at i?, data b"),
	TableOTP:     define[OTP]("otp", 2, "account b, id b, mode i!, contact b!, status i, expires_at i, data b"),
	TableMessage: define[Message]("message", 2, "account b, id b, mode i!, contact b!, state i, due_at i?, owner i, "+
		"purpose i!, sandbox_at i!?, carrier t, data b"),
	TableIdempotency: define[Idempotency]("idempotency", 2, "account b, id b, ends_at i, data b"),
	TableEntry:       define[Entry]("entry", 2, "account b, seq i, credits i, held i, data b"),
	TableInbox:       define[Inbox]("inbox", 2, "account b, id b, contact b, sandbox_at i, data b"),
	TableAPIKey:      define[APIKey]("api_key", 1, "id t, account b, data b"),
	TableRef:         define[Ref]("ref", 2, "carrier t, id t, created_at i, data b"),
	TableMeta:        define[Meta]("meta", 1, "name t, value b"),
	TableQuota:       define[Quota]("quota", 2, "account b, id b, ends_at i, data b"),
	TableTemplate:    define[Template]("template", 2, "account b, id b, mode i, deleted_at i?, data b"),
	TableTally:       define[Tally]("tally", 2, "account b, id b, day i!, data b"),
	TableTallyDay:    define[TallyDay]("tally_day", 2, "account b, id b, day i!, data b"),
	TableLedgerMark:  define[LedgerCheck]("ledger_mark", 1, "account b, data b"),
	TableEndpoint:    define[Endpoint]("endpoint", 2, "account b, id b, mode i, data b"),
	TableEvent:       define[Event]("event", 3, "account b, mode i, id b, data b"),
	TableDelivery:    define[Delivery]("delivery", 3, "account b, target b, event b, due_at i?, owner i, data b"),
	TableCounts:      define[Counts]("counts", 2, "account b, id b, data b"),
	TableInbound:     define[Inbound]("inbound", 2, "account b, id b, mode i!, contact b!, stored_at i, data b"),
	TableUser:        define[User]("person", 1, "id b, data b"), // user is a reserved word in SQL
	TableLogin:       define[Login]("login", 1, "id b, data b"),
	TableMember:      define[Member]("member", 2, "account b, person b, data b"),
	TableSession:     define[Session]("session", 1, "id b, person b!, ends_at i, data b"),
	TableLink:        define[Link]("link", 1, "id b, account b!, ends_at i, data b"),
	TableAudit:       define[Audit]("audit", 2, "account b, id b, created_at i!, data b"),
	TableRequest:     define[RequestBatch]("request", 3, "account b, mode i, id b, created_at i!, data b"),
}

// describer is a pointer to a record, which describes its columns and fields to a coder.
type describer[R any] interface {
	*R
	fields(c *wire.Coder)
}

// define makes a table of records of the type R. list has "name type" pairs, in the order of the table: b is a blob, t
// a text, i an integer; then ? for a column that may be null, + for one that is never negative, ! for one that never
// changes. Each table but meta ends with the MAC of its columns.
func define[R Record, P describer[R]](name string, keys int, list string) Def {
	types := map[byte]Type{'i': Int, 't': Text, 'b': Blob}
	d := Def{Name: name, Keys: keys, decode: func(c *wire.Coder) Record {
		var r R
		P(&r).fields(c)
		return r
	}}

	for column := range strings.SplitSeq(list, ", ") {
		name, t, _ := strings.Cut(column, " ")
		d.Columns = append(d.Columns, Column{
			Name: name, Type: types[t[0]], Nullable: strings.Contains(t, "?"), NonNegative: strings.Contains(t, "+"),
			Immutable: strings.Contains(t, "!"),
		})
	}
	if name != "meta" {
		d.Columns = append(d.Columns, Column{Name: "mac", Type: Blob})
	}

	return d
}

// KeyRow appends the values of the key's columns to row.
func KeyRow(k Key, row Row) Row {
	switch k.Table {
	case TableAccount, TableLedgerMark:
		return append(row, Value{B: k.Account[:]})
	case TableEntry:
		return append(row, Value{B: k.Account[:]}, Value{N: int64(bigEndian(k.ID))})
	case TableAPIKey, TableMeta:
		return append(row, Value{S: k.ID})
	case TableUser, TableLogin, TableSession, TableLink:
		return append(row, Value{B: []byte(k.ID)})
	case TableEvent, TableRequest:
		return append(row, Value{B: k.Account[:]}, Value{N: int64(k.ID[0])}, Value{B: []byte(k.ID[1:])})
	case TableDelivery:
		return append(row, Value{B: k.Account[:]}, Value{B: []byte(k.ID[:16])}, Value{B: []byte(k.ID[16:])})
	case TableRef:
		carrier, ref, _ := strings.Cut(k.ID, "\x00")
		return append(row, Value{S: carrier}, Value{S: ref})
	default:
		return append(row, Value{B: k.Account[:]}, Value{B: []byte(k.ID)})
	}
}

// keyOfRow reverses KeyRow.
func keyOfRow(t Table, row Row) Key {
	k := Key{Table: t}
	if len(row) < Defs[t].Keys {
		return k
	}

	account := func() { copy(k.Account[:], row[0].B) }
	switch t {
	case TableAccount, TableLedgerMark:
		account()
	case TableEntry:
		account()
		k.ID = string(binary.BigEndian.AppendUint64(nil, uint64(row[1].N)))
	case TableAPIKey, TableMeta, TableUser, TableLogin, TableSession, TableLink:
		k.ID = row[0].Text()
	case TableEvent, TableRequest:
		account()
		k.ID = string([]byte{byte(row[1].N)}) + string(row[2].B)
	case TableDelivery:
		account()
		k.ID = string(row[1].B) + string(row[2].B)
	case TableRef:
		k.ID = row[0].Text() + "\x00" + row[1].Text()
	default:
		account()
		k.ID = row[1].Text()
	}

	return k
}

func bigEndian(s string) uint64 {
	var b [8]byte
	copy(b[:], s)
	return binary.BigEndian.Uint64(b[:])
}

// accountKey names the row of a table whose key is an account and an id of 16 bytes.
func accountKey(t Table, a id.Account, row [16]byte) Key {
	return Key{Table: t, Account: a, ID: string(row[:])}
}
