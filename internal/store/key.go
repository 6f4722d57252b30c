package store

import (
	"bytes"
	"cmp"
	"strings"

	"github.com/syssecure/syssecure/internal/id"
)

// Table is one kind of record.
type Table uint8

// The tables. Every key begins with the account but those of the directories: ref is reached by a carrier's id and
// apikey by a key's, before the account is known; meta is the database's own.
const (
	TableAccount Table = iota
	TableContact
	TableOTP
	TableMessage
	TableIdempotency
	TableEntry
	TableInbox
	TableAPIKey
	TableRef
	TableMeta
	TableQuota
	TableTemplate
	TableTally
	TableTallyDay
	TableLedgerMark
	TableEndpoint
	TableEvent
	TableDelivery
	TableCounts
	TableInbound
	tables
)

// String returns the table's name in SQL.
func (t Table) String() string { return Defs[t].Name }

// Key names one row.
type Key struct {
	Table   Table
	Account id.Account
	// ID is the rest of the key, as raw bytes.
	ID string
}

// Compare orders keys by account, table and id. Account rows come first of each account's, see the lock order in
// docs/architecture.md.
func (k Key) Compare(o Key) int {
	if c := bytes.Compare(k.Account[:], o.Account[:]); c != 0 {
		return c
	}
	if c := cmp.Compare(k.Table, o.Table); c != 0 {
		return c
	}
	return strings.Compare(k.ID, o.ID)
}

// AccountKey names an account.
func AccountKey(a id.Account) Key { return Key{Table: TableAccount, Account: a} }

// ContactID is the index value of (mode, number) within an account: a keyed MAC, cut to 128 bits.
type ContactID [16]byte

// ContactKey names what is known of a number.
func ContactKey(a id.Account, c ContactID) Key {
	return Key{Table: TableContact, Account: a, ID: string(c[:])}
}

// OTPKey names an OTP.
func OTPKey(a id.Account, o id.OTP) Key { return Key{Table: TableOTP, Account: a, ID: string(o[:])} }

// MessageKey names a message.
func MessageKey(a id.Account, m id.Message) Key {
	return Key{Table: TableMessage, Account: a, ID: string(m[:])}
}

// IdempotencyKey names what is remembered of a request; mac is the keyed MAC of mode and Idempotency-Key.
func IdempotencyKey(a id.Account, mac []byte) Key {
	return Key{Table: TableIdempotency, Account: a, ID: string(mac)}
}

// APIKeyKey names an API key by its public id.
func APIKeyKey(keyID string) Key { return Key{Table: TableAPIKey, ID: keyID} }

// RefKey names the row of a carrier's ids; ref is what they have in common.
func RefKey(carrier, ref string) Key { return Key{Table: TableRef, ID: carrier + "\x00" + ref} }

// MetaKey names a value of the database's own.
func MetaKey(name string) Key { return Key{Table: TableMeta, ID: name} }
