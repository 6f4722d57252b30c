package optout

import (
	"context"
	"encoding/binary"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/cursor"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/store"
)

// OptOut is a number that opted out.
type OptOut struct {
	Number phone.Number
	// Contact names the number without showing it.
	Contact store.ContactID
	store.OptOut
}

// List lists the numbers that opted out of the caller's account and mode, newest first, from a cursor on; "" begins
// with the newest. next is the cursor of the next page, "" on the last.
func (h *Handler) List(
	ctx context.Context, c account.Caller, after string, limit int,
) (out []OptOut, next string, err error) {
	var behind store.OptOutCursor
	if after != "" {
		if behind, err = h.openCursor(c, after); err != nil {
			return nil, "", err
		}
	}

	err = h.dispatch.Config.Store.View(ctx, func(v store.Reader) error {
		rows, err := v.OptOuts(c.Account, c.Mode, behind, limit+1)
		if err != nil {
			return err
		}

		if len(rows) > limit {
			rows = rows[:limit]
			last := rows[limit-1]
			next = h.sealCursor(c, store.OptOutCursor{At: last.OptOut.At, ID: last.ID})
		}

		for _, row := range rows {
			o, err := h.open(row)
			if err != nil {
				return err
			}
			out = append(out, o)
		}

		return nil
	})

	return out, next, err
}

// Find finds the opt-out of a number.
func (h *Handler) Find(ctx context.Context, c account.Caller, number string) (out OptOut, found bool, err error) {
	n, err := phone.ParseFormat(number)
	if err != nil {
		return out, false, fault.Number("to", err)
	}

	k := store.ContactKey(c.Account, h.dispatch.Query.Contact(c.Mode, n))
	rows, err := h.dispatch.Config.Store.Find(ctx, k)
	if row, ok := store.Get[store.Contact](rows, k); err == nil && ok && !row.OptOut.At.IsZero() {
		out, found = OptOut{n, row.ID, row.OptOut}, true
	}

	return out, found, err
}

// Of finds the opt-out of a contact, so that pages can name a number that their reader may not see.
func (h *Handler) Of(ctx context.Context, c account.Caller, contact store.ContactID) (OptOut, error) {
	k := store.ContactKey(c.Account, contact)
	rows, err := h.dispatch.Config.Store.Find(ctx, k)
	if err != nil {
		return OptOut{}, err
	}
	row, ok := store.Get[store.Contact](rows, k)
	if !ok || row.Mode != c.Mode || row.OptOut.At.IsZero() {
		return OptOut{}, fault.NoSuch("opt-out")
	}

	return h.open(row)
}

// Add adds an opt-out. An earlier one of the same number stays as it is.
func (h *Handler) Add(ctx context.Context, c account.Caller, number string) (OptOut, error) {
	return h.change(ctx, c, number, audit.OptOutAdded, func(row *store.Contact, now time.Time) error {
		if row.OptOut.At.IsZero() {
			row.OptOut = store.OptOut{Source: "api", At: now}
		}
		return nil
	})
}

// Remove removes an opt-out, and returns what was removed.
func (h *Handler) Remove(ctx context.Context, c account.Caller, number string) (OptOut, error) {
	var was store.OptOut
	out, err := h.change(ctx, c, number, audit.OptOutRemoved, func(row *store.Contact, _ time.Time) error {
		if was = row.OptOut; was.At.IsZero() {
			return fault.New(fault.NotFound,
				"this number has not opted out of this account's messages in the mode of the key; nothing was changed")
		}
		row.OptOut = store.OptOut{}
		return nil
	})
	out.OptOut = was

	return out, err
}

func (h *Handler) change(
	ctx context.Context, c account.Caller, number, action string, change func(*store.Contact, time.Time) error,
) (OptOut, error) {
	n, person := phone.ParseUser(number)
	if !person {
		var err error
		if n, err = phone.ParseFormat(number); err != nil {
			return OptOut{}, fault.Number("number", err)
		}
	}

	real, contact := h.dispatch.Config.Now(), h.dispatch.Query.Contact(c.Mode, n)
	k, ak := store.ContactKey(c.Account, contact), store.AccountKey(c.Account)
	out := OptOut{Number: n, Contact: contact}
	note := audit.Note(ctx, real, c.Account, c.Mode, action, n.Masked())
	err := h.dispatch.Config.Store.Update(ctx, c.Account, []store.Key{k, ak}, func(tx *store.Tx) error {
		now := real
		if owner, _ := store.Get[store.Account](tx, ak); c.Mode == id.Test {
			now = real.Add(owner.SandboxOffset)
		}

		row, known := store.Get[store.Contact](tx, k)
		if !known {
			row = store.Contact{Account: c.Account, ID: contact, Mode: c.Mode}
			row.Number = h.dispatch.SealNumber(k, n)
		}

		before := row.OptOut
		if err := change(&row, now); err != nil {
			return err
		}
		if out.OptOut = row.OptOut; row.OptOut != before {
			tx.Put(row)
			tx.Insert(note)
		}

		return nil
	})

	return out, err
}

func (h *Handler) open(row store.Contact) (OptOut, error) {
	n, err := h.dispatch.Query.Number(row.Key(), row.Number)
	return OptOut{n, row.ID, row.OptOut}, err
}

// sealCursor makes a cursor from the time of an opt-out and the id of its contact.
func (h *Handler) sealCursor(c account.Caller, p store.OptOutCursor) string {
	b := binary.BigEndian.AppendUint64(nil, uint64(p.At.UnixMicro()))
	return cursor.Seal(h.dispatch.Config.Keys, cursorList(c), append(b, p.ID[:]...))
}

func (h *Handler) openCursor(c account.Caller, text string) (p store.OptOutCursor, err error) {
	b, err := cursor.Open(h.dispatch.Config.Keys, cursorList(c), text, 8+len(p.ID))
	if err != nil {
		return p, err
	}
	p.At = time.UnixMicro(int64(binary.BigEndian.Uint64(b))).UTC()
	copy(p.ID[:], b[8:])
	return p, nil
}

func cursorList(c account.Caller) cursor.List {
	return cursor.List{c.Account[:], {byte(c.Mode)}, []byte("opt-outs")}
}
