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

// Reader reads one state of the database. Its lists return the keys that an Update then names: the update loads the
// rows again and decides by those.
type Reader interface {
	// Load reads the rows of the keys; absent and damaged ones are left out.
	Load(keys ...Key) (Rows, error)
	// DueWork lists messages that wait for a carrier and whose time has come, oldest first.
	DueWork(q WorkQuery) ([]Due, error)
	// WorkAccounts lists the accounts after the given one, in order, for which DueWork would find anything. It skips
	// from account to account, so its cost does not depend on how much waits.
	WorkAccounts(q WorkQuery, after id.Account) ([]id.Account, error)
	// WorkCarriers lists the carriers that messages wait for, in order, also those whose time is still to come.
	WorkCarriers() ([]string, error)
	// DueInSandbox lists messages of an account's sandbox that have no owner and whose time has come, oldest first.
	DueInSandbox(account id.Account, before time.Time, limit int) ([]Due, error)
	// WaitingMessages lists messages that are due or will be, in any order.
	WaitingMessages(limit int) ([]Due, error)
	// OwnedMessages lists messages that the node with the epoch works on.
	OwnedMessages(epoch int64, limit int) ([]Due, error)
	// LeftMessages lists messages whose owners are gone.
	LeftMessages(nodes cluster.Members, limit int) ([]Due, error)
	// ExpiredOTPs lists open OTPs whose time is over, oldest first; with an account, only those of its sandbox.
	ExpiredOTPs(before time.Time, sandbox id.Account, limit int) ([]Due, error)
	// OTPs and Messages list rows of an account and mode, newest first. Messages are texts only: messages with codes
	// belong to their OTPs.
	OTPs(q ListQuery, p *Page) ([]OTP, error)
	Messages(q ListQuery, p *Page) ([]Message, error)
	// Templates lists templates of an account and mode that were not deleted, newest first, before the given one; the
	// zero id begins at the newest.
	Templates(account id.Account, mode id.Mode, before id.Template, limit int) ([]Template, error)
	// Sandboxes lists the accounts whose sandbox clock was moved.
	Sandboxes() ([]Account, error)
	// Inbox lists the inbox of the sandbox, newest first, before the given row; the zero id begins at the newest. The zero
	// contact is every number.
	Inbox(account id.Account, contact ContactID, before id.Message, limit int) ([]Inbox, error)
	// Accounts lists every account, oldest first, after the given one.
	Accounts(after id.Account, limit int) ([]Account, error)
	// LedgerSum adds up an account's entries.
	LedgerSum(account id.Account) (sum ledger.Balance, entries int64, err error)
	// OptOuts lists contacts of an account and mode that opted out, newest first, after the given one; the zero value
	// begins at the newest.
	OptOuts(account id.Account, mode id.Mode, after OptOutCursor, limit int) ([]Contact, error)
	// Stale lists rows that a time decides about, oldest first: rows of ref, inbound, audit and request that were
	// stored before it, of inbox and message that the sandbox stored before it in real time, of idempotency, quota,
	// session and link that ended before it, and of template that were deleted before it.
	Stale(t Table, before time.Time, limit int) ([]Key, error)
	// RecentRefs lists the rows of ref of a carrier that were stored at or after a time, oldest first.
	RecentRefs(carrier string, since time.Time, limit int) ([]Ref, error)
	// Old lists rows of the otp or message table of an account strictly between two ids, oldest first.
	Old(t Table, account id.Account, after, before [16]byte, limit int) ([]Key, error)
	InboundReader
	PeopleReader
	WebhookReader
	ScanReader
	// Tallies lists the tallies of the days from…to, in the order of their keys.
	Tallies(account id.Account, mode id.Mode, from, to stats.Day, limit int) ([]Tally, error)
	// TallyDays lists the merged days of from…to, oldest first, with or without prefixes.
	TallyDays(account id.Account, mode id.Mode, prefixes bool, from, to stats.Day, limit int) ([]TallyDay, error)
	// OldTallies and OldTallyDays list rows before a day, oldest first, then by key.
	OldTallies(before stats.Day, limit int) ([]Key, error)
	OldTallyDays(before stats.Day, limit int) ([]Key, error)
	// Entries lists an account's entries with a lower number than before, newest first.
	Entries(account id.Account, before int64, limit int) ([]Entry, error)
	// LedgerPart adds up at most limit entries after the given one, and returns the last that it added.
	LedgerPart(account id.Account, after int64, limit int) (sum ledger.Balance, entries, last int64, err error)
}

// WebhookReader is the part of Reader for webhooks.
type WebhookReader interface {
	// Endpoints lists every account's endpoints, in the order of account and id, after the given one.
	Endpoints(account id.Account, after id.Webhook, limit int) ([]Endpoint, error)
	// Events lists events of an account and mode strictly between two ids: oldest first, or newest first.
	Events(account id.Account, mode id.Mode, after, before id.Event, newestFirst bool, limit int) ([]Event, error)
	// Deliveries lists the deliveries to a target, newest first, before the given event; the zero id begins at the
	// newest.
	Deliveries(account id.Account, target webhook.Target, before id.Event, limit int) ([]Delivery, error)
	// WaitingTargets lists the targets that deliveries wait for, after the given one. It reads one row for each target.
	WaitingTargets(after TargetRef, limit int) ([]WaitingTarget, error)
	// DueDeliveries lists a target's deliveries without an owner, also those whose time is still to come, the soonest
	// first, except those of the events in without.
	DueDeliveries(t TargetRef, without map[id.Event]struct{}, limit int) ([]Delivery, error)
	// LeftDeliveries lists deliveries whose owners are gone, owner by owner.
	LeftDeliveries(nodes cluster.Members, limit int) ([]Due, error)
}

// InboundReader is the part of Reader for texts from phones.
type InboundReader interface {
	// Inbound lists texts of an account and mode, newest first.
	Inbound(q ListQuery, p *Page) ([]Inbound, error)
	// InboundBeyond lists the texts of an account and mode that are older than the newest keep, newest first.
	InboundBeyond(account id.Account, mode id.Mode, keep, limit int) ([]Key, error)
}

// PeopleReader is the part of Reader for people, and for what the dashboard shows of them and of others.
type PeopleReader interface {
	// Users lists every user, oldest first, after the given one.
	Users(after id.User, limit int) ([]User, error)
	// Members lists the members of an account, the oldest user first, after the given one.
	Members(account id.Account, after id.User, limit int) ([]Member, error)
	// Sessions lists a user's sessions, newest first; when there are more than limit, those that end last.
	Sessions(user id.User, limit int) ([]Session, error)
	// Links lists an account's links, those that end last first. The zero account has those of the installation.
	Links(account id.Account, limit int) ([]Link, error)
	// Keys lists an account's API keys of both modes in the order of their ids, after the given one.
	Keys(account id.Account, after string, limit int) ([]APIKey, error)
	// Audits lists entries of an account's audit log, newest first, before the given one; the zero id begins at the
	// newest.
	Audits(account id.Account, before id.Audit, limit int) ([]Audit, error)
	// RequestBatches lists parts of the request log of an account and mode, newest first, before the given one; the
	// zero id begins at the newest.
	RequestBatches(account id.Account, mode id.Mode, before id.Request, limit int) ([]RequestBatch, error)
}

// ScanReader is the part of Reader for copies and restores.
type ScanReader interface {
	// Scan lists a table in the order of Key.Compare, after the given key; nil begins at the first. Damaged rows are
	// included, see Damage.
	Scan(t Table, after *Key, limit int) ([]Record, error)
	// Size estimates how many rows a table has, for a progress bar: counting millions would take seconds.
	Size(t Table) (int64, error)
	// ParkedTexts and ParkedDeliveries list what a restore parked and whose time is not before from; the zero time
	// lists all. Codes are never parked: a restore ends them.
	ParkedTexts(from time.Time, limit int) ([]Due, error)
	ParkedDeliveries(from time.Time, limit int) ([]Due, error)
}

// OptOutCursor is a position in the list of opt-outs.
type OptOutCursor struct {
	At time.Time
	ID ContactID
}

// Due is a row whose time has come.
type Due struct {
	Key   Key
	At    time.Time
	Owner int64
	// Contact is set by DueWork and ParkedTexts only, for texts.
	Contact ContactID
}

// WorkQuery asks for messages that wait for a carrier.
type WorkQuery struct {
	Carrier string
	Texts   bool // texts, not codes
	// Account limits DueWork to one account; the zero value is every account.
	Account id.Account
	Before  time.Time
	Limit   int
}

// SortedNames sorts names and removes duplicates.
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
