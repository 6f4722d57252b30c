package store

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/ledger"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/secret"
)

// Defs describes every table. The migrations of each database make the same columns; a test compares them.
var Defs = [tables]Def{
	TableAccount:     {"account", 1, columns("id b, name t, credits i+, held i+, entries i, settings t, callback_secret b?, sandbox_offset i, created_at i"), decodeAccount},
	TableContact:     {"contact", 2, columns("account b, id b, mode i, number b, sends b?, wrongs b?, pending b?, opt_out_source t, opt_out_keyword t, opted_out_at i?"), decodeContact},
	TableOTP:         {"otp", 2, columns("account b, id b, mode i, contact b, key_id i, number b, template t, length i, max_attempts i, wrong i, status i, messages b, metadata b?, created_at i, expires_at i, verified_at i?"), decodeOTP},
	TableMessage:     {"message", 2, columns("account b, id b, mode i, otp b?, contact b, number b, body b?, sender t, locale t, encoding i, plan b, attempts b?, state i, over i, tries i, reason t, code t, hold i+, charged i+, hold_unknown i, deadline i?, due_at i?, owner i, metadata b?, callback_url t, created_at i, scheduled_at i?, sent_at i?, delivered_at i?, read_at i?, failed_at i?"), decodeMessage},
	TableIdempotency: {"idempotency", 2, columns("account b, id b, fingerprint b, otp b?, message b?, owner i, status i, answer b?, created_at i"), decodeIdempotency},
	TableEntry:       {"entry", 2, columns("account b, seq i, kind i, credits i, held i, message b?, at i"), decodeEntry},
	TableInbox:       {"inbox", 2, columns("account b, id b, contact b, number b, channel i, body b, at i"), decodeInbox},
	TableAPIKey:      {"api_key", 1, columns("id t, account b, mode i, mac b, scopes t, created_at i, expires_at i?, revoked_at i?"), decodeAPIKey},
	TableRef:         {"ref", 2, columns("carrier t, id t, account b?, message b?, attempt i, part i, kind i, reason t, code t, created_at i"), decodeRef},
	TableMeta:        {"meta", 1, columns("name t, value b"), decodeMeta},
}

// columns reads "name type" pairs; a ? behind the type marks a column that may be null, a + one that is never negative.
func columns(list string) (out []Column) {
	types := map[string]Type{"i": Int, "t": Text, "b": Blob}
	for c := range strings.SplitSeq(list, ", ") {
		name, t, _ := strings.Cut(c, " ")
		out = append(out, Column{Name: name, Type: types[t[:1]], Null: t[1:] == "?", Natural: t[1:] == "+"})
	}
	return out
}

func (a Account) encode(e *encoder) {
	e.id(a.ID)
	e.text(a.Name)
	e.int(a.Balance.Credits)
	e.int(a.Balance.Held)
	e.int(a.Entries)
	settings, _ := json.Marshal(a.Settings) // strings and a bool: cannot fail
	e.text(string(settings))
	e.blob(a.CallbackSecret)
	e.int(int64(a.SandboxOffset / time.Microsecond))
	e.time(a.CreatedAt)
}

func decodeAccount(d *decoder) Record {
	a := account.Account{ID: d.account(), Name: d.text(), Balance: ledger.Balance{Credits: d.int(), Held: d.int()}, Entries: d.int()}
	d.bad = json.Unmarshal([]byte(d.text()), &a.Settings) != nil || d.bad
	a.CallbackSecret = d.blob()
	var ok bool
	a.SandboxOffset, ok = durationOf(d.int(), time.Microsecond)
	d.bad = d.bad || !ok
	a.CreatedAt = d.time()
	return Account{a}
}

func (c Contact) encode(e *encoder) {
	e.id(c.Account)
	e.id(c.ID)
	e.int(int64(c.Mode))
	e.blob(c.Number)
	e.optionalList(packTimes(e.buf, c.Sends))
	e.optionalList(packTimes(e.buf, c.Wrongs))
	e.optionalList(packPending(e.buf, c.Pending))
	e.text(c.OptOut.Source)
	e.text(c.OptOut.Keyword)
	e.time(c.OptOut.At)
}

func decodeContact(d *decoder) Record {
	c := Contact{Account: d.account(), ID: d.contact(), Mode: id.Mode(d.int()), Number: d.blob(), Sends: d.times(), Wrongs: d.times()}
	c.Pending = d.pending()
	c.OptOut = OptOut{Source: d.text(), Keyword: d.text(), At: d.time()}
	return c
}

func (o OTP) encode(e *encoder) {
	e.id(o.Account)
	e.id(o.ID)
	e.int(int64(o.Mode))
	e.id(o.Contact)
	e.int(int64(o.KeyID))
	e.blob(o.Number)
	e.text(o.Template)
	e.int(int64(o.Length))
	e.int(int64(o.MaxAttempts))
	e.int(int64(o.Wrong))
	e.int(int64(o.Status))
	e.list(packIDs(e.buf, o.Messages))
	e.blob(o.Metadata)
	e.time(o.CreatedAt)
	e.time(o.ExpiresAt)
	e.time(o.VerifiedAt)
}

func decodeOTP(d *decoder) Record {
	var o OTP
	o.Account, o.ID, o.Mode, o.Contact = d.account(), d.otp(), id.Mode(d.int()), d.contact()
	o.KeyID, o.Number, o.Template = secret.KeyID(d.int()), d.blob(), d.text()
	o.Length, o.MaxAttempts, o.Wrong = int(d.int()), int(d.int()), int(d.int())
	o.Status, o.Messages, o.Metadata = otp.Status(d.int()), d.messages(), d.blob()
	o.CreatedAt, o.ExpiresAt, o.VerifiedAt = d.time(), d.time(), d.time()
	return o
}

func (m Message) encode(e *encoder) {
	e.id(m.Account)
	e.id(m.ID)
	e.int(int64(m.Mode))
	e.optional(m.OTP)
	e.id(m.Contact)
	e.blob(m.Number)
	e.blob(m.Body)
	e.text(m.From)
	e.text(m.Locale)
	e.int(int64(m.Encoding))
	e.list(packPlan(e.buf, m.Plan))
	e.optionalList(packAttempts(e.buf, m.Attempts))
	e.int(int64(m.State))
	e.bool(m.Over)
	e.int(int64(m.Tries))
	e.text(string(m.Reason))
	e.text(m.Code)
	e.int(m.Hold)
	e.int(m.Charged)
	e.bool(m.HoldUnknown)
	e.time(m.Deadline)
	// The index of work is on rows with a due_at: a row in work has one although it waits for nothing.
	if m.DueAt.IsZero() && m.Owner != 0 {
		e.int(0)
	} else {
		e.time(m.DueAt)
	}
	e.int(m.Owner)
	e.blob(m.Metadata)
	e.text(m.CallbackURL)
	e.time(m.CreatedAt)
	e.time(m.ScheduledAt)
	e.time(m.SentAt)
	e.time(m.DeliveredAt)
	e.time(m.ReadAt)
	e.time(m.FailedAt)
}

func decodeMessage(d *decoder) Record {
	var m Message
	m.Account, m.ID, m.Mode, m.OTP, m.Contact = d.account(), d.message(), id.Mode(d.int()), d.otp(), d.contact()
	m.Number, m.Body, m.From, m.Locale = d.blob(), d.blob(), d.text(), d.text()
	m.Encoding, m.Plan, m.Attempts = message.Encoding(d.int()), d.plan(), d.attempts()
	m.State, m.Over, m.Tries = message.State(d.int()), d.bool(), int(d.int())
	m.Reason, m.Code = message.Reason(d.text()), d.text()
	m.Hold, m.Charged, m.HoldUnknown = d.int(), d.int(), d.bool()
	m.Deadline, m.DueAt, m.Owner = d.time(), d.time(), d.int()
	if m.Owner != 0 && m.DueAt.UnixMicro() == 0 {
		m.DueAt = time.Time{}
	}
	m.Metadata, m.CallbackURL = d.blob(), d.text()
	m.CreatedAt, m.ScheduledAt, m.SentAt = d.time(), d.time(), d.time()
	m.DeliveredAt, m.ReadAt, m.FailedAt = d.time(), d.time(), d.time()
	return m
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
}

func decodeIdempotency(d *decoder) Record {
	return Idempotency{Account: d.account(), MAC: d.blob(), Fingerprint: d.blob(), OTP: d.otp(), Message: d.message(),
		Owner: d.int(), Status: int(d.int()), Answer: d.blob(), CreatedAt: d.time()}
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
}

func decodeInbox(d *decoder) Record {
	return Inbox{Account: d.account(), ID: d.message(), Contact: d.contact(), Number: d.blob(),
		Channel: message.Channel(d.int()), Body: d.blob(), At: d.time()}
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
	e.optional(r.Account)
	e.optional(r.Message)
	e.int(int64(r.Attempt))
	e.int(int64(r.Part))
	e.int(int64(r.Kind))
	e.text(string(r.Reason))
	e.text(r.Code)
	e.time(r.CreatedAt)
}

func decodeRef(d *decoder) Record {
	return Ref{Carrier: d.text(), ID: d.text(), Account: d.account(), Message: d.message(), Attempt: int(d.int()),
		Part: int(d.int()), Kind: message.Kind(d.int()), Reason: message.Reason(d.text()), Code: d.text(), CreatedAt: d.time()}
}

func (m Meta) encode(e *encoder) {
	e.text(m.Name)
	e.blob(m.Value)
}

func decodeMeta(d *decoder) Record { return Meta{Name: d.text(), Value: d.blob()} }
