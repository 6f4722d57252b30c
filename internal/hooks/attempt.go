package hooks

import (
	"context"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/syssecure/syssecure/internal/egress"
	"github.com/syssecure/syssecure/internal/failpoint"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/outbox"
	"github.com/syssecure/syssecure/internal/retryafter"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// Why a delivery was not posted at all.
const (
	errDeleted  = "endpoint_deleted"
	errNoSecret = "secret_unreadable"
)

// ended is an attempt whose end has to be stored.
type ended struct {
	l    *lane
	d    store.Delivery
	t    webhook.Try
	a    webhook.Answer
	luck float64
}

// attempt posts a delivery once.
func (h *Hooks) attempt(l *lane, o outbox.Outgoing) {
	at := h.Now()
	url, secrets, problem := h.destination(o.Delivery, at)
	switch problem {
	case errAsleep:
		h.putBack(l, o)
		return
	case errDeleted:
		h.finishedUnasked(l)
		h.end(ended{l: l, d: o.Delivery, t: webhook.Try{At: at, Error: problem}, a: webhook.Answer{Status: 410}})
		return
	}

	failpoint.Hit(failpoint.HookDecided)
	t, a := h.post(o, url, secrets, at, problem)
	failpoint.Hit(failpoint.HookPosted)
	if h.workers.Context().Err() != nil {
		h.stored(ended{l: l, d: o.Delivery}) // cut off by the server's end: the next start sends it
		return
	}
	h.finished(l, a)
	h.end(ended{l, o.Delivery, t, a, h.Luck()})
	h.noteHealth(l, a)
}

// putBack lets a delivery wait again, without having asked its target.
func (h *Hooks) putBack(l *lane, o outbox.Outgoing) {
	h.finishedUnasked(l)
	h.mu.Lock()
	keys := l.owned([]outbox.Outgoing{o}, h.Epoch)
	h.mu.Unlock()
	h.release(keys, h.Epoch)
	h.stored(ended{l: l, d: o.Delivery})
}

// errAsleep says that the endpoint was disabled since the row was taken.
const errAsleep = "asleep"

// finishedUnasked gives a place back without having asked the target anything.
func (h *Hooks) finishedUnasked(l *lane) {
	now := h.Now()
	h.mu.Lock()
	defer h.mu.Unlock()
	l.under--
	h.places.giveBack(l.place())
	l.breaker = l.breaker.Unasked()
	h.startNext(now)
	h.start(l, now)
}

// destination finds where a delivery goes now, and who signs it: the endpoint may have been changed since.
func (h *Hooks) destination(d store.Delivery, now time.Time) (url string, secrets []string, problem string) {
	if d.URL != "" {
		secrets, err := h.callbackSecrets(d.Account, d.Mode, now)
		if err != nil || len(secrets) == 0 {
			return d.URL, nil, errNoSecret
		}
		return d.URL, secrets, ""
	}

	n, ok := h.find(refOf(d))
	switch {
	case !ok:
		return "", nil, errDeleted
	case !n.Enabled:
		return "", nil, errAsleep
	}
	secrets, problem = n.signers(now)

	return n.URL, secrets, problem
}

// signers are the secrets that sign now.
func (n entry) signers(now time.Time) (secrets []string, problem string) {
	for i, s := range n.Secrets {
		if s.Lives(now) && n.secrets[i] != "" {
			secrets = append(secrets, n.secrets[i])
		}
	}
	if len(secrets) == 0 {
		problem = errNoSecret
	}

	return secrets, problem
}

// post carries one attempt out. An event that cannot be signed is not sent: a receiver would have to refuse it.
func (h *Hooks) post(o outbox.Outgoing, url string, secrets []string, at time.Time, problem string) (webhook.Try, webhook.Answer) {
	if problem != "" {
		return webhook.Try{At: at, Error: problem}, webhook.Answer{Error: problem}
	}
	event := o.Delivery.Event.String()
	unix := at.Unix()
	s := webhook.SignBy(h.signers.of(secrets), unix, event, o.Body)
	r := h.Post(h.workers.Context(), egress.Request{URL: url, Body: o.Body, Header: [][2]string{
		{"Content-Type", "application/json"},
		{"User-Agent", "SysSecure-Webhooks/1.0"},
		{webhook.HeaderSignature, s.Ours},
		{webhook.HeaderEvent, string(o.Type)},
		{webhook.HeaderEventID, event},
		{webhook.HeaderAttempt, strconv.Itoa(o.Delivery.Total + 1)},
		{webhook.HeaderStandardID, event},
		{webhook.HeaderStandardTime, strconv.FormatInt(unix, 10)},
		{webhook.HeaderStandardSignature, s.Standard},
	}})

	now := h.Now()
	a := webhook.Answer{Status: r.Status, Error: r.Error, Timeout: r.Timeout, Asked: retryafter.Parse(r.RetryAfter, now)}
	t := webhook.Try{At: at, Took: now.Sub(at), Status: r.Status, Error: r.Error}
	if !a.OK() && len(r.Body) > 0 {
		t.Answer = h.sealAnswer(o.Delivery, r.Body)
	}

	return t, a
}

// sealAnswer keeps what a customer's server said unreadable in the database: it may repeat the number it was told.
func (h *Hooks) sealAnswer(d store.Delivery, body []byte) []byte {
	body = body[:min(len(body), egress.KeptAnswer)]
	return h.Keys.Seal(body, d.Key().Place("answer"))
}

// openAnswer makes a kept answer a text again.
func (h *Hooks) openAnswer(d store.Delivery, sealed []byte) string {
	b, err := h.Keys.Open(sealed, d.Key().Place("answer"))
	if err != nil {
		return ""
	}
	text := strings.ToValidUTF8(string(b), string(utf8.RuneError))
	return strings.ReplaceAll(text, "\x00", string(utf8.RuneError))
}

// end has the end of an attempt stored, with whatever else of the account ended meanwhile: a target that takes thousands a
// second costs a few transactions.
func (h *Hooks) end(e ended) {
	a := e.d.Account
	h.ends.Lock()
	list, writing := h.ends.by[a]
	h.ends.by[a] = append(list, e)
	if !writing {
		h.workers.Go(func() { h.writeEnds(a) })
	}
	h.ends.Unlock()
}

// endsAtOnce is how many ends one transaction stores. While they keep coming, the next waits a little for more: a commit
// costs as much as thirty ends. The first is stored at once.
const (
	endsAtOnce = 128
	endsPause  = 5 * time.Millisecond
)

// writeEnds stores the ends of an account until there are none.
func (h *Hooks) writeEnds(a id.Account) {
	for first := true; ; first = false {
		if !first {
			h.gatherEnds(a)
		}
		h.ends.Lock()
		list := h.ends.by[a]
		if len(list) == 0 {
			delete(h.ends.by, a)
			h.ends.Unlock()
			return
		}

		some := list[:min(len(list), endsAtOnce)]
		h.ends.by[a] = list[len(some):]
		h.ends.Unlock()
		h.insist("storing the end of deliveries", func() error { return h.storeEnds(a, some) })
		failpoint.Hit(failpoint.HookStored)
		h.stored(some...)
	}
}

// gatherEnds waits for more ends, unless there are none or enough.
func (h *Hooks) gatherEnds(a id.Account) {
	h.ends.Lock()
	n := len(h.ends.by[a])
	h.ends.Unlock()
	if n > 0 && n < endsAtOnce {
		select {
		case <-time.After(endsPause):
		case <-h.workers.Stopping():
		}
	}
}

// storeEnds stores ends. Only who works on a row may: what another run has taken over is its own.
func (h *Hooks) storeEnds(a id.Account, list []ended) error {
	now := h.Now()
	keys := make([]store.Key, len(list))
	for i, e := range list {
		keys[i] = e.d.Key()
	}

	return h.Store.Update(context.Background(), a, keys, func(tx *store.Tx) error {
		for i, e := range list {
			row, ok := store.GetSound[store.Delivery](tx, keys[i])
			if !ok || row.State != webhook.Waiting || row.Owner != e.d.Owner {
				continue
			}

			row.Delivery = row.Done(e.t, e.a, now, e.luck)
			tx.Put(row)
			if !row.DueAt.IsZero() {
				tx.After(func() { h.Wake(refOf(row), row.DueAt) })
			}
		}

		return nil
	})
}

// noteHealth stores on the endpoint since when it fails, or that it works again. While it does what it did before, this
// costs a look into memory.
func (h *Hooks) noteHealth(l *lane, a webhook.Answer) {
	n, ok := h.find(l.ref)
	if !ok || a.OK() && n.FailingSince.IsZero() {
		return
	}

	now := h.Now()
	h.mu.Lock()
	if a.OK() {
		l.failures = 0
	} else {
		l.failures++
	}

	failures, stored := l.failures, l.stored
	if stored.IsZero() {
		stored = now // the count since a restart
		l.stored = now
	}

	h.mu.Unlock()
	change := func(w webhook.Endpoint) (webhook.Endpoint, bool) {
		if a.OK() {
			return w.Works()
		}
		return w.Fails(a, failures, stored, now)
	}
	if _, changed := change(n.Endpoint); !changed {
		return
	}

	k := store.EndpointKey(n.Account, n.ID)
	h.insist("storing the health of an endpoint", func() error {
		return h.Store.Update(context.Background(), n.Account, []store.Key{k, store.AccountKey(n.Account)}, func(tx *store.Tx) error {
			row, ok := store.Get[store.Endpoint](tx, k)
			if !ok {
				return nil
			}

			was, changed := row.Enabled, false
			if row.Endpoint, changed = change(row.Endpoint); !changed {
				return nil
			}

			tx.Put(row)
			h.changed(tx)
			if was && !row.Enabled {
				h.tellDisabled(tx, row, now)
			}

			tx.After(func() {
				h.noteEndpoint(row.Endpoint)
				h.storedFailures(l, now)
			})

			return nil
		})
	})
}

func (h *Hooks) storedFailures(l *lane, now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	l.failures, l.stored = 0, now
}

// tellDisabled tells the account's other endpoints that one was disabled.
func (h *Hooks) tellDisabled(tx *store.Tx, w store.Endpoint, now time.Time) {
	h.Log.Warn("an endpoint was disabled", "account", w.Account, "endpoint", w.ID, "reason", string(w.Disabled))
	at := now
	if a, ok := store.Get[store.Account](tx, store.AccountKey(w.Account)); ok && w.Mode == id.Test {
		at = now.Add(a.SandboxOffset)
	}

	p := webhook.Payload{Event: webhook.WebhookDisabled, WebhookID: w.ID.String(), Reason: string(w.Disabled)}
	p.At(at)
	h.outbox.Enqueue(tx, outbox.Event{
		Account: w.Account, Mode: w.Mode, Subject: w.ID[:], Sequence: int(now.UnixMicro()),
		Payload: p, At: at, Real: now, Not: w.ID,
	})
}
