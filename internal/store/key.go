package store

import (
	"bytes"
	"cmp"
	"strings"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/secret"
)

// Table is a table, which has one type of record.
type Table uint8

// The tables. A key begins with the account, except for those that are read before the account is known (ref, api_key,
// login, session and link), for person, since a user may belong to several, and for meta.
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
	TableUser
	TableLogin
	TableMember
	TableSession
	TableLink
	TableAudit
	TableRequest
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

// Compare orders keys by account, table and id. The row of the account comes first, see the lock order in
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

// Location is where a sealed value of the row stands, so that it opens nowhere else.
func (k Key) Location(column string) secret.Location {
	return secret.Location{Table: k.Table.String(), Column: column, Account: k.Account, Row: []byte(k.ID)}
}
