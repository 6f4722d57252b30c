package engine

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/carrierwatch"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/verifiedrate"
)

// RouteQuestion asks for the plan of a message.
type RouteQuestion struct {
	To string
	// Channels are the message's, in order; none = all that have a carrier.
	Channels []message.Channel
	Mode     id.Mode
}

// RouteFacts are what a plan is made from.
type RouteFacts struct {
	// Table is that of a server with the configuration, in the mode of the question.
	Table       route.Table
	Numbers     phone.Policy
	TestNumbers otp.TestNumbers
	// States are the live states of the carriers; none for the sandbox, which always works.
	States []carrierwatch.State
	// Lately is how many codes of each way were verified.
	Lately map[route.Way]route.Conversion
}

// RoutePlan is the plan of a message with its reasons.
type RoutePlan struct {
	To      string `json:"to"`
	Country string `json:"country,omitempty"` // ISO 3166-1
	Type    string `json:"type"`
	Mode    string `json:"mode"`
	// Problem says what a send over these channels is refused for; empty when it is not.
	Problem string `json:"problem,omitempty"`
	// TestNumber is set for a test number of the configuration: no message is sent to it.
	TestNumber bool `json:"test_number,omitempty"`
	// Credits is what a send holds at first: the price of the dearest step. An SMS has one segment.
	Credits int64          `json:"credits"`
	Steps   []RouteStep    `json:"steps"`
	LeftOut []RouteLeftOut `json:"left_out"`
}

// RouteStep is a step of a plan.
type RouteStep struct {
	Channel string `json:"channel"`
	Carrier string `json:"carrier"`
	Kind    string `json:"kind,omitempty"`
	// Credits are the price of a Unit: a segment, message or call.
	Credits int64  `json:"credits"`
	Unit    string `json:"unit"`
	// Cost is what a Unit costs the operator; nil when no cost is configured for it.
	Cost *int64 `json:"cost,omitempty"`
	// WaitSeconds is how long a receipt is waited for, or an answered call; Receipts is false for a carrier without.
	WaitSeconds float64 `json:"wait_seconds"`
	Receipts    bool    `json:"receipts"`
	// Chosen is why the step is at its place, as attempts show it.
	Chosen string `json:"chosen"`
	// First is the share of messages that begin with this carrier on its channel, with the strategy verified_rate.
	First *float64 `json:"first,omitempty"`
	// TimeToVerify is the mean time of the codes that Chosen counts, in seconds.
	TimeToVerify float64 `json:"time_to_verify_seconds,omitempty"`
	// State is the carrier's, as syssecure carriers shows it, and Trouble what is wrong with it.
	State   string   `json:"state,omitempty"`
	Trouble []string `json:"trouble,omitempty"`
}

// RouteLeftOut is a carrier that is not in the plan.
type RouteLeftOut struct {
	Channel string `json:"channel"`
	Carrier string `json:"carrier"`
	Why     string `json:"why"`
}

// ExplainRoute explains the plan that a message of the caller's mode would get now. It sends nothing.
func (e *Engine) ExplainRoute(ctx context.Context, q RouteQuestion) (RoutePlan, error) {
	d := e.dispatch
	f := RouteFacts{Table: d.RouteTable(q.Mode), Numbers: d.Config.Numbers, TestNumbers: d.Config.TestNumbers}
	var err error
	if q.Mode == id.Live {
		if f.States, err = d.CarrierStates(ctx, q.Mode); err != nil {
			return RoutePlan{}, err
		}
		if f.Lately, err = verifiedrate.Lately(ctx, e.store, d.Config.Now()); err != nil {
			return RoutePlan{}, err
		}
	}

	return q.Explain(f)
}

// Explain makes the plan of a message that a server with these facts would make, and gives its reasons. The error is the
// fault that a send to the number gets.
func (q RouteQuestion) Explain(f RouteFacts) (RoutePlan, error) {
	to, err := Recipient(q.Mode, q.To, f.Numbers, f.TestNumbers)
	if err != nil {
		return RoutePlan{}, err
	}

	_, info, _ := f.Numbers.Parse(to.E164())
	out := RoutePlan{
		To: to.E164(), Country: phone.Locate(to).Country, Type: info.Type.String(), Mode: q.Mode.String(),
		Steps: []RouteStep{}, LeftOut: []RouteLeftOut{},
	}
	if out.TestNumber = q.Mode == id.Live && f.TestNumbers.Has(to); out.TestNumber {
		return out, nil
	}

	states := map[string]carrierwatch.State{}
	for _, s := range f.States {
		states[s.Name] = s
	}

	request := route.Request{To: to, Country: out.Country, Draw: &route.Draw{Lately: f.Lately, Down: skipped(f.States)}}
	for _, ch := range q.channels(f.Table) {
		request.Channels = []message.Channel{ch}
		out.explain(f.Table, request, ch, states)
	}

	return out, nil
}

// channels are those of the question, or all that have a carrier.
func (q RouteQuestion) channels(t route.Table) []message.Channel {
	if len(q.Channels) > 0 {
		return q.Channels
	}

	var all []message.Channel
	for _, ch := range message.Channels {
		if slices.ContainsFunc(t.Carriers, func(c route.Carrier) bool { return slices.Contains(c.Channels, ch) }) {
			all = append(all, ch)
		}
	}

	return all
}

// skipped lists the carriers that messages skip now.
func skipped(states []carrierwatch.State) (names []string) {
	for _, s := range states {
		if s.Skipped() {
			names = append(names, s.Name)
		}
	}
	return names
}

// shareOf is how many plans are made to estimate how often each carrier comes first.
const shareOf = 2000

// explain adds the steps of a channel.
func (p *RoutePlan) explain(t route.Table, r route.Request, ch message.Channel, states map[string]carrierwatch.State) {
	plan, unserved := t.Plan(r)
	if unserved != 0 && p.Problem == "" {
		p.Problem = fmt.Sprintf("no carrier is configured for %s to this number; the API refuses a send that asks for it", ch)
	}

	rated := slices.ContainsFunc(plan, func(s message.Step) bool { return s.Choice.Rated() })
	var first map[string]int
	if rated { // another message may have another order
		first = t.Shares(r, ch, shareOf)
		slices.SortStableFunc(plan, func(a, b message.Step) int { return cmp.Compare(first[b.Carrier], first[a.Carrier]) })
	}

	for _, s := range plan {
		step := explained(s, states[s.Carrier])
		if rated {
			share := float64(first[s.Carrier]) / shareOf
			step.First = &share
			if c := r.Draw.Lately[route.Way{Channel: ch, Country: r.Country, Carrier: s.Carrier}]; c.Verified > 0 {
				step.TimeToVerify = c.Mean().Round(100 * time.Millisecond).Seconds()
			}
		}
		p.Steps = append(p.Steps, step)
		p.Credits = max(p.Credits, s.Price)
	}
	for _, l := range t.LeftOut(ch, r.To) {
		p.LeftOut = append(p.LeftOut, RouteLeftOut{l.Channel.String(), l.Carrier, l.Why})
	}
}

func explained(s message.Step, state carrierwatch.State) RouteStep {
	// A reason that comes from one draw is only that message's.
	choice := s.Choice
	if choice.Rated() {
		choice.Basis = message.ByRate
	}

	step := RouteStep{
		Channel: s.Channel.String(), Carrier: s.Carrier, Kind: state.Kind, Credits: s.Price, Unit: route.Unit(s.Channel),
		WaitSeconds: s.Wait.Seconds(), Receipts: s.Receipts, Chosen: choice.String(), State: state.State,
	}
	if s.Cost.Known {
		step.Cost = &s.Cost.Credits
	}

	if state.PausedSince != nil {
		step.Trouble = append(step.Trouble, "has been paused since "+state.PausedSince.UTC().Format(time.RFC3339))
	}
	for _, n := range state.Nodes {
		step.Trouble = append(step.Trouble, n.Trouble()...)
	}

	return step
}
