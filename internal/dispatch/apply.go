package dispatch

import (
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// Apply applies inputs to a message: it asks the rule, which avoids carriers that are down or paused, stores the new state, moves credits, counts, and updates the
// OTP. All changes of a message go through it. submit reports whether the newest attempt must be submitted
// now.
func (d *Dispatcher) Apply(
	tx *store.Tx, m store.Message, now time.Time, inputs ...message.Input,
) (store.Message, bool, error) {
	before, submit := m.Message, false
	var news []transition
	for _, in := range inputs {
		var out message.Effects
		was := m.Message
		in.Allowance, in.Down = d.allowance(tx, m, now), d.Avoid(slices.Concat(in.Plan, m.Plan), d.Config.Now())
		m.Message, out = message.Apply(m.Message, in, now)
		if err := d.countSends(tx, m, was, out, now); err != nil {
			return m, false, err
		}

		news = transitions(news, out, m.Message, in)
		submitting := m.Current() >= 0 && m.Attempts[m.Current()].Progress == message.AttemptSubmitting
		submit = out.Submit || submit && !m.Over && submitting
		if movesCredits(out) {
			if !tx.MayUse(store.AccountKey(m.Account)) {
				return m, false, store.Need(store.AccountKey(m.Account))
			}
			if err := d.moveCredits(tx, m.Message, out, now); err != nil {
				return m, false, err
			}
		}
	}
	if before.State == message.Scheduled && m.State != message.Scheduled {
		if err := unschedule(tx, m); err != nil {
			return m, false, err
		}
	}

	if submit {
		m.Owner = d.Config.Epoch
		if err := noteFallback(tx, m, before, now); err != nil {
			return m, false, err
		}
	}
	if err := d.enqueueTransitions(tx, &m, news, now); err != nil {
		return m, false, err
	}
	if !m.DueAt.Equal(before.DueAt) {
		m.Era = d.Clock.Era()
	}
	tx.Put(m)
	countChange(tx, before, m.Message)

	return m, submit, d.updateOTP(tx, m, before, now)
}

// unschedule removes a message from the count of scheduled ones.
func unschedule(tx *store.Tx, m store.Message) error {
	k := store.CountsKey(m.Account, m.Mode)
	if !tx.MayUse(k) {
		return store.Need(k)
	}

	c := store.CountsOf(tx, m.Account, m.Mode)
	c.Counts = c.RemoveScheduled()
	tx.Put(c)

	return nil
}

// updateOTP updates the verification when its message failed, or was delivered after it had failed.
func (d *Dispatcher) updateOTP(tx *store.Tx, m store.Message, before message.Message, now time.Time) error {
	failed := m.State == message.Failed && before.State != message.Failed
	revived := before.State == message.Failed && m.State != message.Failed
	if before.Over && before.SentAt.IsZero() && !m.SentAt.IsZero() {
		// The answer was late: the verification may have failed before it.
		revived = true
	}
	if m.OTP.IsZero() || !failed && !revived {
		return nil
	}

	k := store.OTPKey(m.Account, m.OTP)
	if !tx.MayUse(k) {
		return store.Need(k)
	}

	o, ok := store.Get[store.OTP](tx, k)
	if !ok || o.Messages[len(o.Messages)-1] != m.ID && failed {
		return nil
	}

	change := otp.Fail
	if revived {
		change = otp.Revive
	}

	if next, changed := change(o.OTP); changed {
		o.OTP = next
		if !revived {
			if err := d.EnqueueOTP(tx, &o, webhook.OTPFailed, "failed", now); err != nil {
				return err
			}
		}
		tx.Put(o)
	}

	return nil
}
