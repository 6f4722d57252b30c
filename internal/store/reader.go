package store

import (
	"fmt"
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/cluster"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/ledger"
	"github.com/syssecure/syssecure/internal/stats"
	"github.com/syssecure/syssecure/internal/webhook"
)

// Reader is one state of the database. What it lists comes with the keys that an Update then names: nothing that was
// read here is trusted there.
type Reader interface {
	// Load reads the rows of the keys; those that are absent or damaged are left out.
	Load(keys ...Key) (Rows, error)
	// DueWork lists messages that wait for a carrier and whose time has come, oldest first.
	DueWork(q WorkQuery) ([]Due, error)
	// WorkAccounts lists the accounts behind one, in order, for which DueWork would find anything. It skips from account to
	// account, however much each of them has waiting.
	WorkAccounts(q WorkQuery, after id.Account) ([]id.Account, error)
	// WorkCarriers lists the carriers that messages wait for, in order, whether their time has come or not.
	WorkCarriers() ([]string, error)
	// DueInSandbox lists messages of an account's sandbox that nobody works on and whose time has come, oldest first.
	DueInSandbox(account id.Account, before time.Time, limit int) ([]Due, error)
	// WaitingMessages lists messages that wait for anything, in any order.
	WaitingMessages(limit int) ([]Due, error)
	// OwnedMessages lists messages that the node with the epoch works on.
	OwnedMessages(epoch int64, limit int) ([]Due, error)
	// LeftMessages lists messages that nodes worked on which are gone.
	LeftMessages(nodes cluster.Members, limit int) ([]Due, error)
	// ExpiredOTPs lists verifications that are open beyond their time, oldest first. With an account it lists that
	// account's sandbox only.
	ExpiredOTPs(before time.Time, sandbox id.Account, limit int) ([]Due, error)
	// OTPs and Messages list rows of an account and mode, newest first. Messages are those that were asked for by
	// themselves: those with codes belong to their OTPs.
	OTPs(q ListQuery, p *Page) ([]OTP, error)
	Messages(q ListQuery, p *Page) ([]Message, error)
	// Templates lists templates of an account and mode that were not deleted, newest first, before the given one; the
	// zero id begins at the newest.
	Templates(account id.Account, mode id.Mode, before id.Template, limit int) ([]Template, error)
	// Sandboxes lists the accounts whose sandbox clock was moved.
	Sandboxes() ([]Account, error)
	// Inbox lists what the sandbox's phones show, newest first. The zero contact is every number.
	Inbox(account id.Account, contact ContactID, limit int) ([]Inbox, error)
	// Accounts lists every account, oldest first, after the given one.
	Accounts(after id.Account, limit int) ([]Account, error)
	// LedgerSum adds up an account's entries.
	LedgerSum(account id.Account) (sum ledger.Balance, entries int64, err error)
	// OptOuts lists contacts of an account and mode that opted out, newest first, behind the given one; the zero contact
	// begins at the newest.
	OptOuts(account id.Account, mode id.Mode, behind OptOutPlace, limit int) ([]Contact, error)
	// Stale lists rows of the ref or inbound table made before the time, of the inbox and message tables that the sandbox made before
	// it in real time, of the idempotency or quota table that ended before it, or of the template table that were deleted
	// before it, oldest first.
	Stale(t Table, before time.Time, limit int) ([]Key, error)
	// Old lists rows of the otp or message table of an account strictly between two ids, oldest first.
	Old(t Table, account id.Account, after, before [16]byte, limit int) ([]Key, error)
	InboundReader
	WebhookReader
	ScanReader
	// Tallies lists what was counted on the days from and to and between, in order of their keys.
	Tallies(account id.Account, mode id.Mode, from, to stats.Day, limit int) ([]Tally, error)
	// TallyDays lists the days from and to and between that were put together, oldest first, with or without prefixes.
	TallyDays(account id.Account, mode id.Mode, prefixes bool, from, to stats.Day, limit int) ([]TallyDay, error)
	// OldTallies and OldTallyDays list rows of before a day, oldest first, then by key.
	OldTallies(before stats.Day, limit int) ([]Key, error)
	OldTallyDays(before stats.Day, limit int) ([]Key, error)
	// LedgerPart adds up the entries behind one, limit at most, and gives the last that it added.
	LedgerPart(account id.Account, after int64, limit int) (sum ledger.Balance, entries, last int64, err error)
}

// WebhookReader is the part of Reader that webhooks need.
type WebhookReader interface {
	// Endpoints lists every account's endpoints, in the order of account and id, after the given one.
	Endpoints(account id.Account, after id.Webhook, limit int) ([]Endpoint, error)
	// Events lists events of an account and mode strictly between two ids: oldest first, or newest first.
	Events(account id.Account, mode id.Mode, after, before id.Event, newestFirst bool, limit int) ([]Event, error)
	// Deliveries lists what went to a target, newest first, before the given event; the zero id begins at the newest.
	Deliveries(account id.Account, target webhook.Target, before id.Event, limit int) ([]Delivery, error)
	// WaitingTargets lists the targets that deliveries wait for, after the given one. It reads one row for each,
	// however many wait.
	WaitingTargets(after TargetRef, limit int) ([]WaitingTarget, error)
	// DueDeliveries lists a target's deliveries that nobody works on, also those whose time is still to come, the soonest
	// first, without those of some events.
	DueDeliveries(t TargetRef, without map[id.Event]struct{}, limit int) ([]Delivery, error)
	// LeftDeliveries lists deliveries that nodes worked on which are gone, owner by owner.
	LeftDeliveries(nodes cluster.Members, limit int) ([]Due, error)
}

// InboundReader is the part of Reader that texts from phones need.
type InboundReader interface {
	// Inbound lists texts of an account and mode, newest first.
	Inbound(q ListQuery, p *Page) ([]Inbound, error)
	// InboundBeyond lists the texts of an account and mode that are older than the newest keep, newest first.
	InboundBeyond(account id.Account, mode id.Mode, keep, limit int) ([]Key, error)
}

// ScanReader is the part of Reader that copies and restored copies need.
type ScanReader interface {
	// Scan lists a table in the order of Key.Compare, behind the given key; nil begins at the first. Damaged rows are among
	// them as they are.
	Scan(t Table, after *Key, limit int) ([]Record, error)
	// Size is about how many rows a table has: a progress bar needs no more, and counting millions takes seconds.
	Size(t Table) (int64, error)
	// ParkedTexts and ParkedDeliveries list what a restore parked and whose time is not before the given one; the zero time
	// is all. Codes are never parked, since they end with the restore.
	ParkedTexts(from time.Time, limit int) ([]Due, error)
	ParkedDeliveries(from time.Time, limit int) ([]Due, error)
}

// OptOutPlace is a place in the list of opt-outs.
type OptOutPlace struct {
	At time.Time
	ID ContactID
}

// Due is a row whose time has come.
type Due struct {
	Key   Key
	At    time.Time
	Owner int64
	// Contact is told by DueWork and ParkedTexts alone, of texts.
	Contact ContactID
}

// WorkQuery asks for messages that wait for a carrier.
type WorkQuery struct {
	Carrier string
	Texts   bool // messages that carry no code, else those that do
	// Account limits DueWork to one account; the zero value is every account.
	Account id.Account
	Before  time.Time
	Limit   int
}

// SortedNames sorts names and drops those that are there twice.
func SortedNames(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}

// SQLOwnerGone is the condition, in SQL, that a row's owner is gone.
func SQLOwnerGone(nodes cluster.Members) string {
	sql := fmt.Sprintf("owner > 0 AND owner <= %d", nodes.Newest)
	for _, epoch := range append([]int64{nodes.Mine}, nodes.Live...) {
		sql += fmt.Sprintf(" AND owner <> %d", epoch)
	}
	return sql
}
