package cli

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/syssecure/syssecure/internal/app"
	"github.com/syssecure/syssecure/internal/carrierwatch"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/ops"
)

type routeCmd struct {
	Explain routeExplainCmd `cmd:"" help:"Show over which carriers a message to a number goes, and why."`
}

type routeExplainCmd struct {
	Number   string   `arg:"" help:"The number, such as +32470123456."`
	Channels []string `help:"The channels of the message, in order (default: all that have a carrier)." placeholder:"CHANNEL,…"`
	Mode     string   `help:"live or test." enum:"live,test" default:"live"`
	JSON     bool     `name:"json" help:"Print JSON."`
}

// Help implements kong.HelpProvider.
func (*routeExplainCmd) Help() string {
	return "It shows the steps with their prices and waits, the state of each carrier, and the carriers that are left out. " +
		"Nothing is sent. It works beside a running server, and without one, but then the state of carriers is not known."
}

func (c *routeExplainCmd) Run(e *env) error {
	mode := id.Live
	if c.Mode == id.Test.String() {
		mode = id.Test
	}

	return e.open(func(b *install.Base) error {
		table, err := app.RouteTable(b.Config, mode)
		if err != nil {
			return err
		}
		channels, err := readChannels(c.Channels)
		if err != nil {
			return err
		}

		plan, err := ops.ExplainRoute(e.ctx, b, engine.RouteQuestion{To: c.Number, Channels: channels, Mode: mode}, table)
		switch {
		case err != nil:
			return err
		case c.JSON:
			return e.json(plan)
		}
		e.showRoute(plan)

		return nil
	})
}

// readChannels reads the names of channels.
func readChannels(names []string) (channels []message.Channel, err error) {
	for _, name := range names {
		ch, err := message.ParseChannel(strings.TrimSpace(name))
		if err != nil {
			return nil, fault.Invalid("channels", "--channels: %v", err)
		}
		if slices.Contains(channels, ch) {
			return nil, fault.Invalid("channels", "--channels: %s is there twice", ch)
		}
		channels = append(channels, ch)
	}

	return channels, nil
}

// showRoute prints a plan for people.
func (e *env) showRoute(p engine.RoutePlan) {
	facts := []string{p.Type, p.Mode + " mode"}
	if p.Country != "" {
		facts = slices.Insert(facts, 0, p.Country)
	}
	fmt.Fprintf(e.Out, "To %s: %s\n", p.To, strings.Join(facts, ", "))

	switch {
	case p.TestNumber:
		fmt.Fprintln(e.Out, "It is a [[test_number]] of the configuration: no message is sent to it, and it costs nothing.")
		return
	case p.Problem != "":
		fmt.Fprintf(e.Out, "\nProblem: %s.\n", p.Problem)
	case len(p.Steps) == 0:
		fmt.Fprintln(e.Out, "No carrier is configured; see the page of each kind in docs/carriers.")
		return
	}

	for i, s := range p.Steps {
		fmt.Fprintf(e.Out, "\n%d. %s over %s: %s\n   why:   %s\n", i+1, s.Channel, s.Carrier, stepTerms(s), stepReason(s))
		if s.State != "" {
			fmt.Fprintf(e.Out, "   state: %s\n", stepState(s))
		}
	}

	if len(p.LeftOut) > 0 {
		fmt.Fprintln(e.Out, "\nLeft out:")
	}
	for _, l := range p.LeftOut {
		fmt.Fprintf(e.Out, "   %s over %s: %s\n", l.Channel, l.Carrier, l.Why)
	}
	if p.Problem == "" {
		fmt.Fprintf(e.Out, "\nA send holds %s at first, with one segment if it is an SMS.\n", countOf(int(p.Credits), "credit"))
	}
}

// stepTerms says what a step costs, and how long its receipt is waited for.
func stepTerms(s engine.RouteStep) string {
	terms := fmt.Sprintf("%s a %s", countOf(int(s.Credits), "credit"), s.Unit)
	if s.Cost != nil {
		terms += fmt.Sprintf(" (which costs you %d)", *s.Cost)
	}
	switch {
	case !s.Receipts:
		return terms + ", no receipts, so nothing follows when it accepts the message"
	case s.Unit == "call":
		return fmt.Sprintf("%s, %g s for an answer", terms, s.WaitSeconds)
	}
	return fmt.Sprintf("%s, %g s for a receipt", terms, s.WaitSeconds)
}

func stepState(s engine.RouteStep) string {
	if s.State == carrierwatch.Stopped && len(s.Trouble) == 0 {
		return "not known, because no server runs"
	}
	return strings.Join(append([]string{s.State}, s.Trouble...), "; ")
}

func stepReason(s engine.RouteStep) string {
	reason := s.Chosen
	if s.TimeToVerify > 0 {
		reason += fmt.Sprintf(", after %g s", s.TimeToVerify)
	}
	if s.First != nil {
		reason += fmt.Sprintf("; first for about %.0f %% of messages", math.Round(100**s.First))
	}
	return reason
}
