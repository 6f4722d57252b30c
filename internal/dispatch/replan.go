package dispatch

import (
	"context"
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/store"
)

// replan makes a new plan for a message that waits for a carrier which was removed from the configuration, or renamed.
// A message that no carrier serves now continues to wait.
func (d *Dispatcher) replan(ctx context.Context, due store.Due) error {
	k, real := due.Key, d.Config.Now()
	err := d.Config.Store.Update(ctx, k.Account, []store.Key{k, store.AccountKey(k.Account)}, func(tx *store.Tx) error {
		row, ok := store.Get[store.Message](tx, k)
		if !ok || row.Owner != 0 {
			return nil
		}

		c, err := d.claimedContent(tx, row)
		if err != nil {
			return err
		}

		owner, _ := store.Get[store.Account](tx, store.AccountKey(k.Account))
		request := route.Request{
			To: c.To, Channels: channelsOf(row.Plan), Text: c.Body, Country: row.Country,
			Smart: owner.Settings.Of(row.Mode).SmartEncoding,
		}
		plan, unserved := d.Plan(row.Mode, request)
		if unserved != 0 {
			d.Config.Log.Warn(
				"a message waits for a carrier that is not configured; add one for its channel, or cancel the message",
				"message", row.ID, "channel", unserved)
		}

		setWaits(plan, row.Plan)
		now := query.Clock(tx, k.Account, row.Mode, real)
		in := message.Input{Kind: message.Replan, Plan: plan, Places: noPlace}
		_, _, err = d.Apply(tx, row, now, in)

		return err
	})

	return d.deferDamaged(k, err)
}

// channelsOf lists the channels of a plan, each once.
func channelsOf(plan []message.Step) (channels []message.Channel) {
	for _, s := range plan {
		if !slices.Contains(channels, s.Channel) {
			channels = append(channels, s.Channel)
		}
	}

	return channels
}

// setWaits keeps the waits for receipts of an older plan, which the request may have set.
func setWaits(plan, old []message.Step) {
	waits := map[message.Channel]time.Duration{}
	for _, s := range old {
		waits[s.Channel] = s.Wait
	}

	for i := range plan {
		if wait, ok := waits[plan[i].Channel]; ok {
			plan[i].Wait = wait
		}
	}
}
