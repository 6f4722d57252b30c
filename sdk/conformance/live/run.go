package live

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"slices"
	"time"

	"github.com/syssecure/syssecure/sdk/conformance/harness"
	"github.com/syssecure/syssecure/sdk/conformance/server"
)

// Options say what is tried.
type Options struct {
	// Program is the server's, Driver the command of the SDK's driver.
	Program, Driver string
	// Mode is sync or async.
	Mode string
	// Methods are those that must be called at least once.
	Methods []string
}

// patience is many times what an event needs.
const patience = 20 * time.Second

type trial struct {
	name string
	try  func(*check)
}

// Run tries everything, first against the server as it is, then against one that answers as a later version might. The
// end of ctx ends the driver and the server.
func Run(ctx context.Context, o Options, report *harness.Report) (err error) {
	driver, err := harness.StartDriver(ctx, o.Driver)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, driver.Close(harness.EndLimit)) }()
	if !slices.Contains(driver.Hello.Modes, o.Mode) {
		return fmt.Errorf("the driver has no mode %s", o.Mode)
	}

	s, err := server.Start(ctx, o.Program)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	r, err := startReceiver()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.close()) }()

	today := &session{
		ctx: ctx, driver: driver, mode: o.Mode, server: s, base: s.URL, called: map[string]bool{}, patience: patience,
	}

	today.runAll("live.", append(both(r), onlyToday(r)...), report)
	today.runAll("live.", []trial{{"every_method", everyMethod(o.Methods)}}, report)

	handler, err := newerServer(s.URL)
	if err != nil {
		return err
	}

	proxy := httptest.NewServer(handler)
	defer proxy.Close()
	later := *today
	later.base, later.newer = proxy.URL, true
	later.called = map[string]bool{"carriers.test": true} // it may be called once in a moment
	later.runAll("newer.", append(both(r), trial{"unknown_event", unknownEvent}), report)
	later.runAll("newer.", []trial{{"every_method", everyMethod(o.Methods)}}, report)
	return nil
}

// both are tried against both servers.
func both(r *receiver) []trial {
	return []trial{
		{"codes", codes},
		{"endings", endings},
		{"idempotency", idempotency},
		{"pages", pages},
		{"schedule", schedule},
		{"limits", limits},
		{"too_soon", tooSoon},
		{"reports", reports},
		{"outcomes", outcomes},
		{"carriers", carriers},
		{"pauses", pauses},
		{"routes", routes},
		{"installation", installation},
		{"costs", costs},
		{"account", account},
		{"explain", explained},
		{"ledger", ledger},
		{"keys", keys},
		{"logs", logs},
		{"templates", templates},
		{"opt_outs", optOuts},
		{"inbound", inbound},
		{"webhooks", webhooks(r)},
		{"callbacks", callbacks(r)},
	}
}

// onlyToday are about the server itself.
func onlyToday(r *receiver) []trial {
	return []trial{{"carrier_test", carrierTest}, {"listen", listen(r)}, {"restart", restart}, {"restart_parallel", restartParallel}}
}

func (s *session) runAll(prefix string, trials []trial, report *harness.Report) {
	for _, t := range trials {
		report.Add(s.run(prefix+t.name, t.try))
	}
}

// everyMethod keeps a new method of the API from being left out here.
func everyMethod(methods []string) func(*check) {
	return func(c *check) {
		for _, method := range methods {
			c.must(c.session.called[method], "no check called %s", method)
		}
	}
}
