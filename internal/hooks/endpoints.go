package hooks

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/bound"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/idempotency"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// Endpoint is a webhook endpoint. Secret is set only when it was just created or rotated.
type Endpoint struct {
	webhook.Endpoint
	Secret secret.String
}

// NewEndpoint is what an endpoint is made from.
type NewEndpoint struct {
	URL         string
	Description string
	Events      []webhook.Type // none = every event
	Disabled    bool
}

// newSecret makes a signing secret: 32 random bytes in base64 behind its prefix.
func newSecret() secret.String {
	b := make([]byte, 32)
	rand.Read(b)
	return secret.NewString(webhook.SecretPrefix + base64.StdEncoding.EncodeToString(b))
}

func (h *Hooks) sealSecret(k store.Key, text secret.String) []byte {
	return h.Keys.Seal([]byte(text.Reveal()), k.Location("secret"))
}

// CheckEndpointURL refuses an address to which no events can be posted.
func (h *Hooks) CheckEndpointURL(url string) error {
	if err := h.CheckURL(url); err != nil {
		return fault.Invalid("url", "url %v", err)
	}
	return nil
}

// checkEndpoint refuses what no endpoint can have.
func (h *Hooks) checkEndpoint(url string, events []webhook.Type) error {
	return fault.Join(h.CheckEndpointURL(url), checkEvents(events))
}

func checkEvents(events []webhook.Type) error {
	for i, t := range events {
		if !slices.Contains(webhook.Types, t) {
			return fault.Invalid("events",
				"events: %q is not a type of event; GET /v2/webhooks/event-types lists the types, "+
					"and an absent list means all", string(t))
		}
		if slices.Contains(events[:i], t) {
			return fault.Invalid("events", "events names %s twice", t)
		}
	}

	return nil
}

// Create makes an endpoint. It gets every event that happens from now on.
func (h *Hooks) Create(
	ctx context.Context, c account.Caller, n NewEndpoint, idem *idempotency.Request,
) (Endpoint, *idempotency.Answer, error) {
	if err := h.checkEndpoint(n.URL, n.Events); err != nil {
		return Endpoint{}, nil, err
	}
	now, value := h.Now(), newSecret()
	w := webhook.Endpoint{
		ID: id.NewWebhook(now), Account: c.Account, Mode: c.Mode, URL: n.URL, Description: n.Description,
		Events: n.Events, Enabled: !n.Disabled, CreatedAt: now,
	}
	if n.Disabled {
		w.Disabled = webhook.ByCaller
	}

	w.Secrets = webhook.Rotate(nil, h.sealSecret(store.EndpointKey(w.Account, w.ID), value), 0, now)
	counted := store.CountsKey(c.Account, c.Mode)
	note := audit.Note(ctx, now, c.Account, c.Mode, audit.WebhookCreated, w.ID.String(),
		endpointDiff(webhook.Endpoint{}, w)...)

	return idempotency.Once(ctx, h.Store, c, idem, now, []store.Key{counted}, func(tx *store.Tx) (Endpoint, error) {
		counts := store.CountsOf(tx, c.Account, c.Mode)
		var room bool
		if counts.Counts, room = counts.AddEndpoint(); !room {
			return Endpoint{}, fault.Full(bound.LimitEndpoints, bound.Endpoints,
				"an account can have at most %d webhook endpoints; delete one, or let one receive more types of events", bound.Endpoints)
		}

		tx.Put(counts)
		tx.Insert(store.Endpoint{Endpoint: w})
		tx.Insert(note)
		h.changed(tx)
		tx.After(func() { h.setEntry(w) })

		return Endpoint{w, value}, nil
	})
}

// Get reads an endpoint of the caller's account and mode; every other one does not exist for it.
func (h *Hooks) Get(ctx context.Context, c account.Caller, w id.Webhook) (out Endpoint, err error) {
	rows, err := h.Store.Find(ctx, store.EndpointKey(c.Account, w))
	if err == nil {
		out.Endpoint, err = ofCaller(rows, c, w)
	}
	return out, err
}

func ofCaller(rows store.Getter, c account.Caller, w id.Webhook) (webhook.Endpoint, error) {
	row, ok := store.Get[store.Endpoint](rows, store.EndpointKey(c.Account, w))
	if !ok || row.Mode != c.Mode {
		return webhook.Endpoint{}, fault.NoSuch("webhook endpoint")
	}
	return row.Endpoint, nil
}

// List lists the account's endpoints of the mode, newest first, before the given one. There are at most
// bound.Endpoints.
func (h *Hooks) List(ctx context.Context, c account.Caller, before id.Webhook, limit int) (out []Endpoint, err error) {
	if !h.Nodes.Alone() {
		if err := h.refresh(ctx); err != nil { // an endpoint that was made on another node is listed here
			return nil, err
		}
	}

	list := h.entries(c.Account, c.Mode)
	for _, n := range slices.Backward(list) {
		if len(out) < limit && (before.IsZero() || strings.Compare(n.ID.String(), before.String()) < 0) {
			out = append(out, Endpoint{Endpoint: n.Endpoint})
		}
	}

	return out, nil
}

// Change is what an update changes; nil fields stay.
type Change struct {
	URL         *string
	Description *string
	Events      *[]webhook.Type
	Enabled     *bool
}

// Update changes an endpoint. One that is enabled again, or gets another URL, has no failures, and gets what waits for
// it.
func (h *Hooks) Update(ctx context.Context, c account.Caller, w id.Webhook, change Change) (out Endpoint, err error) {
	k := store.EndpointKey(c.Account, w)
	note := audit.Note(ctx, h.Now(), c.Account, c.Mode, audit.WebhookChanged, w.String())
	err = h.Store.Update(ctx, c.Account, []store.Key{k}, func(tx *store.Tx) error {
		row, err := ofCaller(tx, c, w)
		if err != nil {
			return err
		}

		was := row
		if change.URL != nil {
			row.URL = *change.URL
		}
		if change.Description != nil {
			row.Description = *change.Description
		}
		if change.Events != nil {
			row.Events = *change.Events
		}

		if change.Enabled != nil && *change.Enabled != row.Enabled {
			row.Enabled, row.Disabled = *change.Enabled, webhook.ByCaller
			if row.Enabled {
				row.Disabled = ""
			}
		}
		if err := h.checkEndpoint(row.URL, row.Events); err != nil {
			return err
		}

		reset := row.URL != was.URL || row.Enabled && !was.Enabled
		if reset {
			row.FailingSince, row.Failures = time.Time{}, 0
		}

		tx.Put(store.Endpoint{Endpoint: row})
		if diff := endpointDiff(was, row); len(diff) > 0 {
			tx.Insert(audit.With(note, diff...))
		}
		h.changed(tx)
		out.Endpoint = row
		tx.After(func() {
			h.setEntry(row)
			if reset {
				h.resetHealth(row)
			}
		})

		return nil
	})

	return out, err
}

// endpointDiff lists what changed in an endpoint.
func endpointDiff(before, after webhook.Endpoint) (d audit.Diff) {
	d.AddURL("url", before.URL, after.URL)
	d.AddText("description", before.Description, after.Description)
	d.Add("events", before.Events, after.Events)
	d.Add("enabled", before.Enabled, after.Enabled)

	return d
}

// Delete removes an endpoint. Deliveries that wait for it fail when their turn comes.
func (h *Hooks) Delete(ctx context.Context, c account.Caller, w id.Webhook) error {
	k := store.EndpointKey(c.Account, w)
	note := audit.Note(ctx, h.Now(), c.Account, c.Mode, audit.WebhookDeleted, w.String())
	return h.Store.Update(ctx, c.Account, []store.Key{k, store.CountsKey(c.Account, c.Mode)}, func(tx *store.Tx) error {
		row, err := ofCaller(tx, c, w)
		if err != nil {
			return err
		}

		tx.Delete(k)

		var diff audit.Diff
		diff.AddURL("url", row.URL, "")
		tx.Insert(audit.With(note, diff...))

		counts := store.CountsOf(tx, c.Account, c.Mode)
		counts.Counts = counts.RemoveEndpoint()
		tx.Put(counts)

		h.changed(tx)
		tx.After(func() { h.removeEntry(row) })

		return nil
	})
}

// RotateSecret gives an endpoint a new secret. Both sign for the overlap, so that the receiver can change in between.
func (h *Hooks) RotateSecret(
	ctx context.Context, c account.Caller, w id.Webhook, overlap time.Duration, idem *idempotency.Request,
) (Endpoint, *idempotency.Answer, error) {
	if err := checkOverlap(overlap); err != nil {
		return Endpoint{}, nil, err
	}
	now, value := h.Now(), newSecret()
	k := store.EndpointKey(c.Account, w)
	sealed := h.sealSecret(k, value)
	var diff audit.Diff
	diff.Add("overlap", nil, overlap)
	note := audit.Note(ctx, now, c.Account, c.Mode, audit.WebhookSecretRotated, w.String(), diff...)

	return idempotency.Once(ctx, h.Store, c, idem, now, []store.Key{k}, func(tx *store.Tx) (Endpoint, error) {
		row, err := ofCaller(tx, c, w)
		if err != nil {
			return Endpoint{}, err
		}

		row.Secrets = webhook.Rotate(row.Secrets, sealed, overlap, now)
		tx.Put(store.Endpoint{Endpoint: row})
		tx.Insert(note)
		h.changed(tx)
		tx.After(func() { h.setEntry(row) })

		return Endpoint{row, value}, nil
	})
}

func checkOverlap(d time.Duration) error {
	if d < 0 || d > webhook.MaxOverlap {
		return fault.Invalid("overlap", "overlap must be 0…%d seconds", int(webhook.MaxOverlap/time.Second))
	}
	return nil
}
