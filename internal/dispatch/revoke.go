package dispatch

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
)

const (
	// maxRevoking is how many OTPs are being revoked at a time. The messages of others stay on their way: their code is
	// canceled all the same.
	maxRevoking = 64
	// revokeTimeout bounds one request to a carrier.
	revokeTimeout = 15 * time.Second
)

// revoker is the carrier of a live message's attempt, if it can take messages back.
func (d *Dispatcher) revoker(name string) (k carrier.Revoker, ok bool) {
	k, ok = d.carriers[name].(carrier.Revoker)
	return k, ok
}

// Revoke asks carriers to take back the messages of a canceled OTP that the phone did not get yet. It returns at once, since
// the OTP is canceled whether they do so or not. The zero OTP has no messages.
func (d *Dispatcher) Revoke(o store.OTP) {
	if !d.revokes || o.Mode == id.Test || len(o.Messages) == 0 {
		return
	}

	select {
	case d.revoking <- struct{}{}:
		d.workers.Go(func() {
			defer func() { <-d.revoking }()
			d.revokeMessages(o)
		})
	default:
		d.Config.Log.Warn("too many OTPs are being canceled; the messages of some stay on their way")
	}
}

func (d *Dispatcher) revokeMessages(o store.OTP) {
	keys := make([]store.Key, 0, len(o.Messages))
	for _, m := range o.Messages {
		keys = append(keys, store.MessageKey(o.Account, m))
	}

	rows, err := d.Config.Store.Find(d.workers.Context(), keys...)
	if err != nil {
		d.Config.Log.Warn("the messages of a canceled OTP could not be read to revoke them", "error", err)
		return
	}

	for _, k := range keys {
		m, _ := store.Get[store.Message](rows, k)
		for i, a := range m.Attempts {
			switch {
			case a.Progress == message.AttemptAccepted && a.CarrierID != "":
				d.revokeOne(m.StepOf(i).Carrier, a.CarrierID, RefOf(m, i))
			case a.Progress == message.AttemptSubmitting:
				d.revokeOne(m.StepOf(i).Carrier, "", RefOf(m, i))
			}
		}
	}
}

func (d *Dispatcher) revokeOne(name, carrierID, ref string) {
	k, ok := d.revoker(name)
	if !ok {
		return // the operator has removed it
	}

	ctx, cancel := context.WithTimeout(d.workers.Context(), revokeTimeout)
	defer cancel()
	if err := k.Revoke(ctx, carrierID, ref); err != nil {
		d.Config.Log.Warn("a carrier did not take back the message of a canceled OTP", "carrier", name, "error", err)
	}
}
