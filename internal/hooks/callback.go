package hooks

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/idempotency"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// callback is what is remembered of an account's callback secrets, and since when.
type callback struct {
	secrets []callbackSecret
	read    time.Time
}

type callbackSecret struct {
	text string
	ends time.Time // zero = it does not
}

// Bounds of the memory of callback secrets: a rotation by another process counts after callbackTTL at the latest.
const (
	callbackTTL  = 500 * time.Millisecond
	maxCallbacks = 10_000
)

// callbackSecrets are those that sign the callbacks of an account's messages of a mode at now.
func (h *Hooks) callbackSecrets(a id.Account, mode id.Mode, now time.Time) (out []string, err error) {
	p := accountMode{a, mode}
	h.callbacks.Lock()
	c, known := h.callbacks.by[p]
	h.callbacks.Unlock()
	if age := now.Sub(c.read); !known || age < 0 || age > callbackTTL {
		c = callback{read: now}
		var rows store.Rows
		rows, err = h.Store.Find(context.Background(), store.AccountKey(a))
		if row, ok := store.Get[store.Account](rows, store.AccountKey(a)); ok && err == nil {
			c.secrets, err = h.openCallback(row, mode)
		}
		if err != nil {
			return nil, err
		}
		h.callbacks.Lock()
		if len(h.callbacks.by) >= maxCallbacks {
			clear(h.callbacks.by)
		}
		h.callbacks.by[p] = c
		h.callbacks.Unlock()
	}

	for _, s := range c.secrets {
		if s.ends.IsZero() || now.Before(s.ends) {
			out = append(out, s.text)
		}
	}

	return out, nil
}

// An account's callback secrets are sealed together, one a line, newest first; one that has an end has it in Unix
// seconds behind it. So an account that never rotated has the one line that it was made with.

func (h *Hooks) openCallback(a store.Account, mode id.Mode) (out []callbackSecret, err error) {
	sealed, column := callbackColumn(&a, mode)
	text, err := h.Keys.Open(*sealed, a.Key().Location(column))
	if err != nil {
		return nil, err
	}

	for line := range strings.SplitSeq(string(text), "\n") {
		s, end, ends := strings.Cut(line, " ")
		c := callbackSecret{text: s}
		if unix, err := strconv.ParseInt(end, 10, 64); ends && err == nil {
			c.ends = time.Unix(unix, 0)
		}
		out = append(out, c)
	}

	return out, nil
}

// callbackColumn is where an account keeps the callback secrets of a mode.
func callbackColumn(a *store.Account, mode id.Mode) (sealed *[]byte, column string) {
	if mode == id.Test {
		return &a.TestCallbackSecret, "test_callback_secret"
	}
	return &a.CallbackSecret, "callback_secret"
}

// RotateCallback gives the account a new callback secret for the mode of the caller's key; the old one also signs for
// the overlap.
func (h *Hooks) RotateCallback(
	ctx context.Context, c account.Caller, overlap time.Duration, idem *idempotency.Request,
) (secret.String, *idempotency.Answer, error) {
	if err := checkOverlap(overlap); err != nil {
		return secret.String{}, nil, err
	}
	now, text, k := h.Now(), newSecret(), store.AccountKey(c.Account)
	var diff audit.Diff
	diff.Add("overlap", nil, overlap)
	note := audit.Note(ctx, now, c.Account, c.Mode, audit.CallbackSecretRotated, c.Account.String(), diff...)
	return idempotency.Once(ctx, h.Store, c, idem, now, []store.Key{k}, func(tx *store.Tx) (secret.String, error) {
		a, ok := store.Get[store.Account](tx, k)
		if !ok {
			return secret.String{}, fault.NoSuch("account")
		}

		old, err := h.openCallback(a, c.Mode)
		if err != nil {
			return secret.String{}, err
		}

		sealed, column := callbackColumn(&a, c.Mode)
		*sealed = h.Keys.Seal([]byte(callbackLines(text.Reveal(), old, now.Add(overlap), now)), a.Key().Location(column))
		tx.Put(a)
		tx.Insert(note)
		tx.After(func() {
			h.callbacks.Lock()
			defer h.callbacks.Unlock()
			delete(h.callbacks.by, accountMode{c.Account, c.Mode})
		})

		return text, nil
	})
}

// callbackLines writes the secrets after a rotation: none of the old ones lives longer for it.
func callbackLines(fresh string, old []callbackSecret, end, now time.Time) string {
	lines := []string{fresh}
	for _, s := range old {
		if s.ends.IsZero() || end.Before(s.ends) {
			s.ends = end
		}
		if now.Before(s.ends) && len(lines) < webhook.MaxSecrets {
			lines = append(lines, s.text+" "+strconv.FormatInt(s.ends.Unix(), 10))
		}
	}

	return strings.Join(lines, "\n")
}
