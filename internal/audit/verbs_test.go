package audit_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/hooks"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
	"github.com/syssecure/syssecure/internal/webhook"
)

// TestVerbs_AuditRows carries out every verb that changes something, and compares the rows that it wrote.
func TestVerbs_AuditRows(t *testing.T) {
	t.Parallel()
	for name, fresh := range testworld.Backends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &walk{World: testworld.New(t, testworld.Options{
				Backend: fresh(t), Credits: 100, Carriers: []carrier.Carrier{testworld.NewCarrier("smsc", message.SMS)},
			})}
			w.ctx = audit.By(t.Context(), ada)
			seen := map[id.Audit]bool{}
			if rows := w.news(t, seen); len(rows) != 1 || rows[0].Action != audit.AccountCreated ||
				rows[0].ActorKind != audit.System {
				t.Errorf("the account's creation is %+v", rows)
			}

			for _, s := range slices.Concat(accountSteps, keySteps, templateSteps, hookSteps, numberSteps, sendSteps) {
				w.check(t, s, w.news(t, seen), seen)
			}
		})
	}
}

func (w *walk) check(t *testing.T, s step, before []store.Audit, seen map[id.Audit]bool) {
	t.Helper()
	if len(before) != 0 {
		t.Fatalf("before %s: %+v", s.name, before)
	}
	err := s.do(w)
	var f *fault.Fault
	if (err != nil) != s.refused || s.refused && !errors.As(err, &f) {
		t.Errorf("%s: %v", s.name, err)
	}

	got := ""
	for _, row := range w.news(t, seen) {
		got += w.describe(row)
		actor := audit.Actor{
			Kind: row.ActorKind, ID: row.ActorID, Name: row.ActorName, Address: row.Address, Agent: row.Agent,
		}
		if actor != ada {
			t.Errorf("%s: the actor is %+v", s.name, actor)
		}
		if !row.At.Equal(w.Clock.Now()) {
			t.Errorf("%s: at %v", s.name, row.At)
		}
		if strings.Contains(fmt.Sprint(row), "hunter2") || strings.Contains(fmt.Sprint(row), "470123") {
			t.Errorf("%s: the row shows a secret or a number: %+v", s.name, row)
		}
	}
	if got != s.want {
		t.Errorf("%s wrote\n%q, want\n%q", s.name, got, s.want)
	}
}

// news are the rows of the account and of the installation that were not seen yet, oldest first.
func (w *walk) news(t *testing.T, seen map[id.Audit]bool) (out []store.Audit) {
	t.Helper()
	err := w.Dispatcher.Config.Store.View(t.Context(), func(v store.Reader) error {
		for _, of := range []id.Account{w.Account, {}} {
			rows, err := v.Audits(of, id.Audit{}, 100)
			if err != nil {
				return err
			}
			for _, row := range slices.Backward(rows) {
				if !seen[row.ID] {
					out = append(out, row)
				}
				seen[row.ID] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}

	return out
}

func (w *walk) describe(row store.Audit) string {
	mode := ""
	if row.Mode != 0 {
		mode = row.Mode.String()
	}

	var changes []string
	for _, c := range row.Changes {
		changes = append(changes, c.Field+" "+c.Before+" → "+c.After)
	}

	names := []string{w.Account.String(), "ACCOUNT"}
	for name, id := range map[string]string{
		"KEY": w.key.PublicID(), "OTHER": w.other.PublicID(), "TEMPLATE": w.template.ID.String(), "HOOK": w.hook.ID.String(),
		"OTP": w.otp.String(), "TEXT": w.text.String(),
	} {
		if id != "" {
			names = append(names, id, name)
		}
	}

	return strings.NewReplacer(names...).Replace(
		fmt.Sprintf("%s %s %s: %s", row.Action, mode, row.Object, strings.Join(changes, ", ")))
}

// TestVerbs_Redeliver: an event that is posted again has its row, and so has a recovery that finds something.
func TestVerbs_Redeliver(t *testing.T) {
	t.Parallel()
	w := &walk{World: testworld.New(t, testworld.Options{Credits: 100})}
	w.ctx = audit.By(t.Context(), ada)
	first, _, err := w.Hooks.Create(t.Context(), w.Test, hooks.NewEndpoint{
		URL: "https://example.com/", Events: []webhook.Type{webhook.MessageSent},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}

	if _, _, err := w.SendOTP(t.Context(), w.Test, testworld.To("+32470123456"), nil); err != nil {
		t.Fatal(err)
	}
	w.Receiver.Wait(t, 1)
	w.Hooks.Settle()

	list, err := w.Hooks.FindDeliveries(t.Context(), w.Test, first.ID, 0, id.Event{}, 2)
	if err != nil || len(list.Rows) != 1 {
		t.Fatal(list, err)
	}
	event := list.Rows[0].Event
	w.hook, _, err = w.Hooks.Create(t.Context(), w.Test, hooks.NewEndpoint{
		URL: "https://example.com/", Events: []webhook.Type{webhook.MessageSent},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}

	seen := map[id.Audit]bool{}
	w.news(t, seen)
	since := w.Clock.Now().Add(-time.Hour)
	for _, s := range []step{
		{
			name: "a recovery", want: "webhook.recovered test HOOK: since  → 2026-04-25T14:27:00Z",
			do: func(w *walk) error {
				out, _, err := w.Hooks.Recover(w.ctx, w.Test, w.hook.ID, since, time.Time{}, nil)
				if out.Queued != 1 {
					t.Errorf("%d events are queued", out.Queued)
				}
				return err
			},
		},
		{name: "the recovery again", do: func(w *walk) error {
			_, _, err := w.Hooks.Recover(w.ctx, w.Test, w.hook.ID, since, time.Time{}, nil)
			return err
		}},
		{
			name: "once more", want: "event.redelivered test " + first.ID.String() + ": event  → " + event.String(),
			do: func(w *walk) error {
				_, _, err := w.Hooks.Redeliver(w.ctx, w.Test, first.ID, event, nil)
				return err
			},
		},
		{name: "an event that does not exist", refused: true, do: func(w *walk) error {
			_, _, err := w.Hooks.Redeliver(w.ctx, w.Test, first.ID, id.EventAt(since, [10]byte{1}), nil)
			return err
		}},
	} {
		w.check(t, s, w.news(t, seen), seen)
	}
}
