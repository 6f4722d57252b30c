package store

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/ledger"
	"github.com/syssecure/syssecure/internal/message"
)

// Defs describes every table. The migrations of each database make the same columns; a test compares them.
var Defs = [tables]Def{
	TableAccount:     {"account", 1, columns("id b, name t, credits i+, held i+, entries i, settings t, callback_secret b?, test_callback_secret b?, sandbox_offset i, sandbox_goal i, created_at i, watch b?"), decodeAccount},
	TableContact:     {"contact", 2, columns("account b, id b, mode i, opted_out_at i?, data b"), decodeContact},
	TableOTP:         {"otp", 2, columns("account b, id b, mode i!, contact b!, status i, expires_at i, data b"), decodeOTP},
	TableMessage:     {"message", 2, columns("account b, id b, mode i!, contact b!, state i, due_at i?, owner i, data b, purpose i!, sandbox_at i!?, carrier t"), decodeMessage},
	TableIdempotency: {"idempotency", 2, columns("account b, id b, fingerprint b, otp b?, message b?, owner i, status i, answer b?, created_at i, ends_at i"), decodeIdempotency},
	TableEntry:       {"entry", 2, columns("account b, seq i, kind i, credits i, held i, message b?, at i"), decodeEntry},
	TableInbox:       {"inbox", 2, columns("account b, id b, contact b, number b, channel i, body b, at i, sandbox_at i"), decodeInbox},
	TableAPIKey:      {"api_key", 1, columns("id t, account b, mode i, mac b, scopes t, created_at i, expires_at i?, revoked_at i?"), decodeAPIKey},
	TableRef:         {"ref", 2, columns("carrier t, id t, data b, created_at i"), decodeRef},
	TableMeta:        {"meta", 1, columns("name t, value b"), decodeMeta},
	TableQuota:       {"quota", 2, columns("account b, id b, ends_at i, data b"), decodeQuota},
	TableTemplate:    {"template", 2, columns("account b, id b, mode i, deleted_at i?, data b"), decodeTemplate},
	TableTally:       {"tally", 2, columns("account b, id b, day i!, data b"), decodeTally},
	TableTallyDay:    {"tally_day", 2, columns("account b, id b, day i!, data b"), decodeTallyDay},
	TableLedgerMark:  {"ledger_mark", 1, columns("account b, seq i, credits i, held i, at i"), decodeLedgerMark},
	TableEndpoint:    {"endpoint", 2, columns("account b, id b, mode i, data b"), decodeEndpoint},
	TableEvent:       {"event", 3, columns("account b, mode i, id b, data b"), decodeEvent},
	TableDelivery:    {"delivery", 3, columns("account b, target b, event b, due_at i?, owner i, data b"), decodeDelivery},
	TableCounts:      {"counts", 2, columns("account b, id b, data b"), decodeCounts},
	TableInbound:     {"inbound", 2, columns("account b, id b, mode i!, contact b!, stored_at i, data b"), decodeInbound},
}

// columns reads "name type" pairs, in the order of the table: a column that a migration adds comes last. A ? behind the type
// marks a column that may be null, a + one that is never negative, a ! one that never changes; !? is both.
func columns(list string) (out []Column) {
	types := map[string]Type{"i": Int, "t": Text, "b": Blob}
	for c := range strings.SplitSeq(list, ", ") {
		name, t, _ := strings.Cut(c, " ")
		out = append(out, Column{Name: name, Type: types[t[:1]], Null: strings.HasSuffix(t, "?"), Natural: t[1:] == "+", Fixed: strings.Contains(t, "!")})
	}
	return out
}

func (a Account) encode(e *encoder) {
	e.id(a.ID)
	e.text(a.Name)
	e.int(a.Balance.Credits)
	e.int(a.Balance.Held)
	e.int(a.Entries)
	settings, _ := json.Marshal(a.Settings) // strings, bools and numbers: cannot fail
	e.text(string(settings))
	e.blob(a.CallbackSecret)
	e.blob(a.TestCallbackSecret)
	e.int(int64(a.SandboxOffset / time.Microsecond))
	e.int(int64(a.SandboxGoal / time.Microsecond))
	e.time(a.CreatedAt)
	e.watch(a.Watch)
}

func decodeAccount(d *decoder) Record {
	a := account.Account{ID: d.account(), Name: d.text(), Balance: ledger.Balance{Credits: d.int(), Held: d.int()}, Entries: d.int()}
	d.bad = json.Unmarshal([]byte(d.text()), &a.Settings) != nil || d.bad
	a.CallbackSecret, a.TestCallbackSecret = d.blob(), d.blob()
	var ok bool
	a.SandboxOffset, ok = durationOf(d.int(), time.Microsecond)
	d.bad = d.bad || !ok
	a.SandboxGoal, ok = durationOf(d.int(), time.Microsecond)
	d.bad = d.bad || !ok
	a.CreatedAt = d.time()
	a.Watch = d.watch()
	return Account{a}
}

func (i Idempotency) encode(e *encoder) {
	e.id(i.Account)
	e.blob(i.MAC)
	e.blob(i.Fingerprint)
	e.optional(i.OTP)
	e.optional(i.Message)
	e.int(i.Owner)
	e.int(int64(i.Status))
	e.blob(i.Answer)
	e.time(i.CreatedAt)
	e.time(i.EndsAt)
}

func decodeIdempotency(d *decoder) Record {
	return Idempotency{Account: d.account(), MAC: d.blob(), Fingerprint: d.blob(), OTP: d.otp(), Message: d.message(),
		Owner: d.int(), Status: int(d.int()), Answer: d.blob(), CreatedAt: d.time(), EndsAt: d.time()}
}

func (x Entry) encode(e *encoder) {
	e.id(x.Account)
	e.int(x.Seq)
	e.int(int64(x.Kind))
	e.int(x.Credits)
	e.int(x.Held)
	e.optional(x.Message)
	e.time(x.At)
}

func decodeEntry(d *decoder) Record {
	return Entry{ledger.Entry{Account: d.account(), Seq: d.int(), Kind: ledger.Kind(d.int()), Credits: d.int(), Held: d.int(),
		Message: d.message(), At: d.time()}}
}

func (i Inbox) encode(e *encoder) {
	e.id(i.Account)
	e.id(i.ID)
	e.id(i.Contact)
	e.blob(i.Number)
	e.int(int64(i.Channel))
	e.blob(i.Body)
	e.time(i.At)
	e.time(i.SandboxAt)
}

func decodeInbox(d *decoder) Record {
	return Inbox{Account: d.account(), ID: d.message(), Contact: d.contact(), Number: d.blob(),
		Channel: message.Channel(d.int()), Body: d.blob(), At: d.time(), SandboxAt: d.time()}
}

func (k APIKey) encode(e *encoder) {
	e.text(k.API.ID)
	e.id(k.API.Account)
	e.int(int64(k.API.Mode))
	e.blob(k.API.MAC)
	names := make([]string, len(k.API.Scopes))
	for i, s := range k.API.Scopes {
		names[i] = string(s)
	}
	e.text(strings.Join(names, ","))
	e.time(k.API.CreatedAt)
	e.time(k.API.ExpiresAt)
	e.time(k.API.RevokedAt)
}

func decodeAPIKey(d *decoder) Record {
	k := account.Key{ID: d.text(), Account: d.account(), Mode: id.Mode(d.int()), MAC: d.blob()}
	if names := d.text(); names != "" {
		for name := range strings.SplitSeq(names, ",") {
			k.Scopes = append(k.Scopes, account.Scope(name))
		}
	}
	k.CreatedAt, k.ExpiresAt, k.RevokedAt = d.time(), d.time(), d.time()
	return APIKey{k}
}

func (r Ref) encode(e *encoder) {
	e.text(r.Carrier)
	e.text(r.ID)
	p := e.pack()
	list(&p, r.Entries, func(x RefEntry) {
		p.string(x.ID)
		p.id(x.Account)
		p.id(x.Message)
		p.int(int64(x.Attempt))
		p.int(int64(x.Part))
		p.int(int64(x.Kind))
		p.string(string(x.Reason))
		p.string(x.Code)
		p.time(x.CreatedAt)
	})
	e.packed(p)
	e.time(r.CreatedAt)
}

func decodeRef(d *decoder) Record {
	r := Ref{Carrier: d.text(), ID: d.text()}
	u := d.unpack()
	r.Entries = unlist(&u, func() RefEntry {
		return RefEntry{ID: u.string(), Account: u.id(), Message: u.id(), Attempt: int(u.int()), Part: int(u.int()),
			Kind: message.Kind(u.int()), Reason: message.Reason(u.string()), Code: u.string(), CreatedAt: u.time()}
	})
	d.unpacked(&u)
	r.CreatedAt = d.time()
	return r
}

func (m Meta) encode(e *encoder) {
	e.text(m.Name)
	e.blob(m.Value)
}

func decodeMeta(d *decoder) Record { return Meta{Name: d.text(), Value: d.blob()} }
