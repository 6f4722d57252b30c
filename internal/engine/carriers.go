package engine

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carriercheck"
	"github.com/syssecure/syssecure/internal/carrierwatch"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/idempotency"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/store"
)

// Carriers are the live states of the carriers of the caller's mode, which must not be changed. They belong to no account.
func (e *Engine) Carriers(ctx context.Context, c account.Caller) ([]carrierwatch.State, error) {
	return e.dispatch.CarrierStates(ctx, c.Mode)
}

// PauseCarrier lets no messages go over a carrier until it is resumed, or resumes it, on all nodes.
func (e *Engine) PauseCarrier(ctx context.Context, c account.Caller, name string, paused bool,
	idem *idempotency.Request,
) (carrierwatch.State, *idempotency.Answer, error) {
	if c.Mode == id.Test {
		return carrierwatch.State{}, nil, fault.OnlyLive("the sandbox's carrier is always in use")
	}
	if e.dispatch.Carrier(c.Mode, name) == nil {
		return carrierwatch.State{}, nil, fault.NoSuch("carrier")
	}

	return idempotency.Steps(ctx, c, idem, func() (carrierwatch.State, error) {
		if err := e.dispatch.SetPaused(ctx, name, paused); err != nil {
			return carrierwatch.State{}, err
		}
		return e.carrierState(ctx, c.Mode, name)
	})
}

func (e *Engine) carrierState(ctx context.Context, mode id.Mode, name string) (carrierwatch.State, error) {
	list, err := e.dispatch.CarrierStates(ctx, mode)
	if err != nil {
		return carrierwatch.State{}, err
	}

	i := slices.IndexFunc(list, func(s carrierwatch.State) bool { return s.Name == name })
	if i < 0 {
		return carrierwatch.State{}, fault.NoSuch("carrier")
	}

	return list[i], nil
}

// The times of a test of a carrier, which has to be answered before the connection of its request is closed.
const (
	// testEvery is how long a carrier is not tested again on this node: a test asks the provider, and may send.
	testEvery   = 10 * time.Second
	testWithin  = 20 * time.Second
	submitWait  = 15 * time.Second
	receiptWait = 15 * time.Second
)

// carrierTests are the times of the newest tests, by mode and carrier.
type carrierTests struct {
	mu     sync.Mutex
	newest map[string]time.Time
}

// begin notes a test, or returns how long to wait for the next.
func (t *carrierTests) begin(mode id.Mode, name string, now time.Time) (wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	key := mode.String() + " " + name
	if last, tested := t.newest[key]; tested {
		if age := now.Sub(last); age >= 0 && age < testEvery {
			return testEvery - age
		}
	}
	if t.newest == nil {
		t.newest = map[string]time.Time{}
	}
	t.newest[key] = now

	return 0
}

// CarrierTest is the result of a test of a carrier.
type CarrierTest struct {
	Carrier string
	Checks  []carrier.Check
	Took    time.Duration
}

// TestCarrier checks a carrier as this node runs it and, with a number, sends one real message, for which no account pays.
func (e *Engine) TestCarrier(ctx context.Context, c account.Caller, name, to string,
	idem *idempotency.Request,
) (CarrierTest, *idempotency.Answer, error) {
	k := e.dispatch.Carrier(c.Mode, name)
	if k == nil {
		return CarrierTest{}, nil, fault.NoSuch("carrier")
	}

	number, err := e.testRecipient(c.Mode, to)
	if err != nil {
		return CarrierTest{}, nil, err
	}

	return idempotency.Steps(ctx, c, idem, func() (CarrierTest, error) {
		now := e.dispatch.Config.Now()
		if wait := e.carrierTests.begin(c.Mode, name, now); wait > 0 {
			return CarrierTest{}, fault.Limited("1/10s", "carrier_tests", wait,
				"this carrier was tested less than 10 seconds ago; wait as long as Retry-After says")
		}

		if err := e.noteTest(ctx, c.Mode, name, number); err != nil {
			return CarrierTest{}, err
		}
		out := CarrierTest{Carrier: name, Checks: e.checkCarrier(ctx, c.Mode, k)}
		if number != "" && carrier.OK(out.Checks) {
			ctx, cancel := context.WithTimeout(ctx, submitWait+receiptWait)
			defer cancel()
			m := carriercheck.Message{Carrier: k, Store: e.store, To: number, Wait: receiptWait}
			out.Checks = append(out.Checks, m.Send(ctx)...)
		}
		out.Took = e.dispatch.Config.Now().Sub(now)

		return out, nil
	})
}

// noteTest writes into the audit log who has a message sent for a test, before it is sent.
func (e *Engine) noteTest(ctx context.Context, mode id.Mode, name string, to phone.Number) error {
	if to == "" || mode == id.Test {
		return nil
	}
	diff := audit.Diff{}
	diff.Add("to", nil, to.Masked())
	note := audit.Note(ctx, e.dispatch.Config.Now(), id.Account{}, 0, audit.CarrierTested, name, diff...)

	return e.store.Update(ctx, id.Account{}, nil, func(tx *store.Tx) error {
		tx.Insert(note)
		return nil
	})
}

// testRecipient reads the number of a test message; empty for none.
func (e *Engine) testRecipient(mode id.Mode, to string) (phone.Number, error) {
	if to == "" {
		return "", nil
	}

	n, _, err := e.number(mode, to)
	if err == nil && mode == id.Live && e.dispatch.Config.TestNumbers.Has(n) {
		err = fault.New(fault.InvalidPhone, "to: this is a [[test_number]] of the configuration, to which nothing is sent; "+
			"use the number of a phone").WithField("to").WithReason("test_number")
	}

	return n, err
}

// checkCarrier checks a carrier. The bound sessions of one with sessions show that its address and its credentials are
// right, and one more could be more than its provider allows, so it is only bound when there is none.
func (e *Engine) checkCarrier(ctx context.Context, mode id.Mode, k carrier.Carrier) []carrier.Check {
	ctx, cancel := context.WithTimeout(ctx, testWithin)
	defer cancel()

	if b, ok := k.(carrier.Bound); ok {
		bound, wanted, problem := b.Sessions()
		if bound == 0 { // other nodes may have them
			if state, err := e.carrierState(ctx, mode, k.Name()); err == nil {
				sum := state.Sum()
				bound, wanted, problem = sum.Bound, sum.Sessions, sum.Problem
			}
		}
		if bound > 0 {
			return []carrier.Check{sessionsCheck(bound, wanted, problem)}
		}
	}

	return carriercheck.Of(ctx, k)
}

func sessionsCheck(bound, wanted int, problem string) carrier.Check {
	text := fmt.Sprintf("%d of %d sessions are bound", bound, wanted)
	if bound >= wanted || problem == "" {
		return carrier.Check{Name: checkSessions, Found: text}
	}
	return carrier.Check{Name: checkSessions, Problem: text + ": " + problem}
}

// checkSessions is the check of a carrier whose sessions are bound.
const checkSessions = "sessions"
