package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/syssecure/syssecure/internal/app"
	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrierwatch"
	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/ops"
	"github.com/syssecure/syssecure/internal/phone"
)

type carriersCmd struct {
	JSON bool `name:"json" help:"Print a JSON array."`
}

const noServer = "No server is running, so there is no live state. syssecure serve starts one."

func (c *carriersCmd) Run(e *env) error {
	return e.open(func(b *install.Base) error {
		list, running, err := ops.Carriers(e.ctx, b)
		switch {
		case err != nil:
			return err
		case c.JSON:
			if !running {
				fmt.Fprintln(e.Err, noServer)
			}
			return e.json(append([]carrierwatch.State{}, list...))
		case !running:
			fmt.Fprintln(e.Out, noServer)
		}
		if len(list) == 0 {
			_, err := fmt.Fprintln(e.Out, "No carrier is configured; see the page of each kind in docs/carriers.")
			return err
		}

		return e.showCarriers(list)
	})
}

// showCarriers prints a line for each carrier and node, and below it what is wrong.
func (e *env) showCarriers(list []carrierwatch.State) error {
	several := slices.ContainsFunc(list, func(s carrierwatch.State) bool { return len(s.Nodes) > 1 })
	w := tabwriter.NewWriter(e.Out, 0, 0, 2, ' ', 0)
	head := "CARRIER\tKIND\tCHANNEL\tSTATE\tBOUND\tIN FLIGHT\tQUEUED\tRATE\tLAST ERROR"
	if several {
		head = strings.Replace(head, "STATE", "NODE\tSTATE", 1)
	}
	fmt.Fprintln(w, head)

	var trouble []string
	for _, s := range list {
		nodes := s.Nodes
		if len(nodes) == 0 {
			nodes = []carrierwatch.OnNode{{Live: carrierwatch.Live{Status: carrierwatch.Status(s.State)}}}
		}
		for _, n := range nodes {
			at := ""
			if several {
				at = strconv.FormatInt(n.Node, 10) + "\t"
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s%s\t%s\t%d\t%s\t%s\t%s\n", s.Name, s.Kind, strings.Join(s.Channels, ","), at,
				n.Status, boundText(n.Live), n.InFlight, queuedText(s.Queued), rateText(n.Live), ago(n.LastErrorAt))
			for _, sentence := range n.Trouble() {
				trouble = append(trouble, s.Name+" "+sentence)
			}
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}

	for _, line := range trouble {
		fmt.Fprintln(e.Out, line)
	}

	return nil
}

func boundText(l carrierwatch.Live) string {
	if l.Sessions == 0 {
		return "-"
	}
	return fmt.Sprintf("%d of %d", l.Bound, l.Sessions)
}

func queuedText(n int) string {
	if n >= carrierwatch.MaxQueued {
		return strconv.Itoa(n) + " or more"
	}
	return strconv.Itoa(n)
}

func rateText(l carrierwatch.Live) string {
	used := carrierwatch.Decimal(l.RateUsed) + "/s"
	if l.Rate > 0 {
		used += " of " + carrierwatch.Decimal(l.Rate)
	}
	return used
}

func ago(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return time.Since(t).Round(time.Second).String() + " ago"
}

type carrierCmd struct {
	Pause  carrierPauseCmd  `cmd:"" help:"Let no messages go over a carrier until it is resumed, also after a restart."`
	Test   carrierTestCmd   `cmd:"" help:"Check a carrier's connection and credentials, and say what to fix."`
	Resume carrierResumeCmd `cmd:"" help:"Let messages go over a carrier again."`
}

type carrierPauseCmd struct {
	Name string `arg:"" help:"The carrier's name in the configuration."`
}

// Help implements kong.HelpProvider.
func (*carrierPauseCmd) Help() string {
	return "It holds on all servers within a second. Messages go to the next carrier of their route, and wait when there " +
		"is none. Submits that have begun are finished, and receipts and texts from phones still come in."
}

func (c *carrierPauseCmd) Run(e *env) error { return e.setPaused(c.Name, true) }

type carrierResumeCmd struct {
	Name string `arg:"" help:"The carrier's name in the configuration."`
}

func (c *carrierResumeCmd) Run(e *env) error { return e.setPaused(c.Name, false) }

func (e *env) setPaused(name string, paused bool) error {
	return e.open(func(b *install.Base) error {
		if _, err := carrierNamed(b.Config, name); err != nil {
			return err
		}
		changed, err := carrierwatch.SetPaused(e.ctx, b.Store, name, paused, time.Now())
		if err != nil {
			return err
		}

		already, state := "", "paused: messages go to the next carrier of their route, or wait"
		if !changed {
			already = "already "
		}
		if !paused {
			state = "in use"
		}
		_, err = fmt.Fprintf(e.Out, "%s is %s%s.\n", name, already, state)

		return err
	})
}

// carrierNamed finds a carrier in the configuration. The error lists those that there are.
func carrierNamed(c *config.Config, name string) (config.Carrier, error) {
	names := []string{}
	for _, one := range c.Carriers {
		if one.Common.Name == name {
			return one, nil
		}
		names = append(names, one.Common.Name)
	}
	if len(names) == 0 {
		return config.Carrier{}, fmt.Errorf("there is no carrier %q: the configuration has none", name)
	}

	return config.Carrier{}, fmt.Errorf("there is no carrier %q; the configuration has %s", name, strings.Join(names, ", "))
}

type carrierTestCmd struct {
	Name string        `arg:"" help:"The carrier's name in the configuration."`
	To   string        `help:"Send one real message with the code 000000 to this number, and wait for its receipt." placeholder:"+NUMBER"`
	Wait time.Duration `help:"How long to wait for the receipt." default:"1m"`
	JSON bool          `name:"json" help:"Print a JSON array of checks."`
}

// Help implements kong.HelpProvider.
func (*carrierTestCmd) Help() string {
	return "It works beside a running server, and needs one only for the receipts of carriers with callbacks. Without --to " +
		"nothing is sent. A message costs what the provider asks for it; no account pays. Over WhatsApp and Telegram the phone gets " +
		"the code 000000, and a call says it."
}

func (c *carrierTestCmd) Run(e *env) error {
	conf, err := e.config()
	if err != nil {
		return err
	}
	one, err := carrierNamed(conf, c.Name)
	if err != nil {
		return err
	}
	test, err := app.NewCarrierTest(one)
	if err != nil {
		return err
	}

	checks := test.Check(e.ctx)
	if c.To != "" && carrier.OK(checks) {
		to, _, err := phone.Parse(c.To)
		if err != nil {
			return err
		}
		err = e.open(func(b *install.Base) error {
			checks = append(checks, test.Send(e.ctx, b.Store, to, c.Wait)...)
			return nil
		})
		if err != nil {
			return err
		}
	}

	return e.reportCarrier(c, checks)
}

// reportCarrier prints the checks of a carrier.
func (e *env) reportCarrier(c *carrierTestCmd, checks []carrier.Check) error {
	shown := []shownCheck{}
	for _, one := range checks {
		shown = append(shown, shownCheck{Name: one.Name, OK: one.Problem == "", Problem: one.Problem, Note: one.Found})
	}

	if c.JSON {
		if err := e.json(shown); err != nil {
			return err
		}
	} else {
		e.showChecks(shown)
	}
	if !carrier.OK(checks) {
		return fmt.Errorf("the carrier %s has a problem", c.Name)
	}

	return nil
}
