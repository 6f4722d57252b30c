package hooks

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/syssecure/syssecure/internal/egress"
	"github.com/syssecure/syssecure/internal/failpoint"
	"github.com/syssecure/syssecure/internal/outbox"
	"github.com/syssecure/syssecure/internal/retryafter"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// Why a delivery was not posted at all.
const (
	errDeleted  = "endpoint_deleted"
	errNoSecret = "secret_unreadable"
	// errDisabled: the endpoint was disabled since the row was claimed. It is stored nowhere.
	errDisabled = "endpoint_disabled"
)

// attempt makes one attempt of a delivery.
func (h *Hooks) attempt(q *targetQueue, o outbox.Outgoing) {
	at := h.Now()
	url, secrets, problem := h.destination(o.Delivery, at)
	switch problem {
	case errDisabled:
		h.requeue(q, o)
		return
	case errDeleted:
		h.attemptCanceled(q)
		h.storeLater(failedFor(q, o.Delivery, webhook.Try{At: at, Error: problem}))
		return
	}

	failpoint.Hit(failpoint.HookDecided)
	t, r := h.post(o, url, secrets, at, problem)
	failpoint.Hit(failpoint.HookPosted)
	if h.workers.Context().Err() != nil {
		// Interrupted by the shutdown: the next start sends it again.
		h.outcomesStored(outcome{queue: q, delivery: o.Delivery})
		return
	}

	h.attemptEnded(q, r)
	h.storeLater(outcome{q, o.Delivery, t, r, h.Rand()})
	h.noteHealth(q, r)
}

// requeue lets a delivery wait again that was not posted.
func (h *Hooks) requeue(q *targetQueue, o outbox.Outgoing) {
	h.attemptCanceled(q)
	h.mu.Lock()
	keys := q.unclaim([]outbox.Outgoing{o}, h.Epoch)
	h.mu.Unlock()

	h.release(keys, h.Epoch)
	h.outcomesStored(outcome{queue: q, delivery: o.Delivery})
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
		return "", nil, errDisabled
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
func (h *Hooks) post(
	o outbox.Outgoing, url string, secrets []string, at time.Time, problem string,
) (webhook.Try, webhook.Response) {
	if problem != "" {
		return webhook.Try{At: at, Error: problem}, webhook.Response{Error: problem}
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
	t := webhook.Try{At: at, Took: now.Sub(at), Status: r.Status, Error: r.Error}
	response := webhook.Response{
		Status: r.Status, Error: r.Error, Timeout: r.Timeout, RetryAfter: retryafter.Parse(r.RetryAfter, now),
	}
	if !response.OK() && len(r.Body) > 0 {
		t.Answer = h.sealAnswer(o.Delivery, r.Body)
	}

	return t, response
}

// sealAnswer seals what a customer's server answered: it may repeat the number that was in the event.
func (h *Hooks) sealAnswer(d store.Delivery, body []byte) []byte {
	body = body[:min(len(body), egress.KeptAnswer)]
	return h.Keys.Seal(body, d.Key().Location("answer"))
}

// openAnswer makes a kept answer a text again.
func (h *Hooks) openAnswer(d store.Delivery, sealed []byte) string {
	b, err := h.Keys.Open(sealed, d.Key().Location("answer"))
	if err != nil {
		return ""
	}

	text := strings.ToValidUTF8(string(b), string(utf8.RuneError))
	return strings.ReplaceAll(text, "\x00", string(utf8.RuneError))
}
