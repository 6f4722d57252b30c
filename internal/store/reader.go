package store

import (
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/ledger"
)

// Reader is one state of the database. What it lists comes with the keys that an Update then names: nothing that was
// read here is trusted there.
type Reader interface {
	// Load reads the rows of the keys; absent rows are left out.
	Load(keys ...Key) (Rows, error)
	// DueMessages lists messages that nobody works on and whose time has come, oldest first. With an account it lists
	// that account's sandbox only.
	DueMessages(before time.Time, sandbox id.Account, limit int) ([]Due, error)
	// OwnedMessages lists messages that a node works on or died over, but not the node with the epoch.
	OwnedMessages(not int64, limit int) ([]Due, error)
	// ExpiredOTPs lists verifications that are open beyond their time, oldest first. With an account it lists that
	// account's sandbox only.
	ExpiredOTPs(before time.Time, sandbox id.Account, limit int) ([]Due, error)
	// OTPs lists verifications of an account and mode, newest first, before the given one; the zero id begins at the
	// newest.
	OTPs(account id.Account, mode id.Mode, before id.OTP, limit int) ([]OTP, error)
	// Sandboxes lists the accounts whose sandbox clock was moved.
	Sandboxes() ([]Account, error)
	// Inbox lists what the sandbox's phones show, newest first. The zero contact is every number.
	Inbox(account id.Account, contact ContactID, limit int) ([]Inbox, error)
	// Accounts lists every account, oldest first, after the given one.
	Accounts(after id.Account, limit int) ([]Account, error)
	// LedgerSum adds up an account's entries.
	LedgerSum(account id.Account) (sum ledger.Balance, entries int64, err error)
	// Stale lists rows of the idempotency, ref or inbox table made before the time, oldest first.
	Stale(t Table, before time.Time, limit int) ([]Key, error)
	WebhookReader
}

// Due is a row whose time has come.
type Due struct {
	Key   Key
	At    time.Time
	Owner int64
}
