package httpapi

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/message"
)

type explainRouteInput struct {
	To       string   `query:"to" required:"true" minLength:"1" maxLength:"64" format:"e164" doc:"The number, in E.164 format (+ is %2B in a URL)." example:"+32470123456"`
	Channels []string `query:"channels" enum:"whatsapp,sms,telegram,voice" minItems:"1" uniqueItems:"true" maxItems:"4" doc:"The channels of the message, in order, separated by commas. Default: all that have a carrier." example:"[\"sms\",\"voice\"]"`
}

// Resolve implements huma.Resolver: it adds the faults that no schema finds.
func (in *explainRouteInput) Resolve(huma.Context) []error { return numberFaults(in.To) }

type routeStepBody struct {
	Channel             string   `json:"channel" enum:"whatsapp,sms,telegram,voice" example:"sms"`
	Carrier             string   `json:"carrier" doc:"The carrier's name in the server's configuration." example:"smsc-1"`
	Kind                string   `json:"kind,omitempty" example:"smpp"`
	Credits             int64    `json:"credits" doc:"The price of a unit." example:"8"`
	Unit                string   `json:"unit" enum:"segment,message,call" example:"segment"`
	Cost                *int64   `json:"cost,omitempty" minimum:"0" doc:"What a unit costs the operator, in credits; absent when no cost is configured." example:"5"`
	WaitSeconds         float64  `json:"wait_seconds" minimum:"0" doc:"How long a receipt is waited for, or an answered call, before the next step." example:"45"`
	Receipts            bool     `json:"receipts" doc:"Whether the carrier sends receipts; without them its acceptance is the end." example:"true"`
	Chosen              string   `json:"chosen" doc:"Why the step is at its place. It is text for people, whose wording may change." example:"route 1, order"`
	First               *float64 `json:"first,omitempty" minimum:"0" maximum:"1" doc:"The share of messages that begin with this carrier on its channel; only where the route orders its carriers by verified_rate." example:"0.93"`
	TimeToVerifySeconds *float64 `json:"time_to_verify_seconds,omitempty" minimum:"0" doc:"The mean time of the codes that chosen counts." example:"9.5"`
	State               string   `json:"state,omitempty" enum:"ok,failing,open,paused,stopped" doc:"What the carrier does now, as in GET /v2/carriers. More states may be added." example:"ok"`
	Trouble             []string `json:"trouble,omitempty" doc:"In sentences what is wrong with the carrier now."`
}

type routeLeftOutBody struct {
	Channel string `json:"channel" enum:"whatsapp,sms,telegram,voice" example:"sms"`
	Carrier string `json:"carrier" example:"smsc-2"`
	Why     string `json:"why" doc:"Text for people, whose wording may change." example:"route 2 names it, but route 1 comes first"`
}

type routeBody struct {
	To         string             `json:"to" example:"+32470123456"`
	Country    string             `json:"country,omitempty" doc:"The ISO 3166-1 code of the number's country." example:"BE"`
	Type       string             `json:"type" doc:"What the number is for, by its numbering plan, as in GET /v2/lookup." example:"mobile"`
	Mode       string             `json:"mode" enum:"live,test" example:"live"`
	Problem    string             `json:"problem,omitempty" doc:"What a send over these channels is refused for." example:"no carrier is configured for voice to this number; the API refuses a send that asks for it"`
	TestNumber bool               `json:"test_number,omitempty" doc:"Whether it is a test number of the configuration, to which nothing is sent."`
	Credits    int64              `json:"credits" doc:"What a send holds at first: the price of the dearest step, with one segment if it is an SMS." example:"8"`
	Steps      []routeStepBody    `json:"steps" doc:"The steps in the order in which they are tried."`
	LeftOut    []routeLeftOutBody `json:"left_out" doc:"Carriers of these channels that the message would not go over."`
}

func showRoute(p engine.RoutePlan) routeBody {
	b := routeBody{
		To: p.To, Country: p.Country, Type: p.Type, Mode: p.Mode, Problem: p.Problem, TestNumber: p.TestNumber,
		Credits: p.Credits, Steps: []routeStepBody{}, LeftOut: []routeLeftOutBody{},
	}
	for _, s := range p.Steps {
		step := routeStepBody{
			Channel: s.Channel, Carrier: s.Carrier, Kind: s.Kind, Credits: s.Credits, Unit: s.Unit, Cost: s.Cost,
			WaitSeconds: s.WaitSeconds, Receipts: s.Receipts, Chosen: s.Chosen, First: s.First, State: s.State,
			Trouble: s.Trouble,
		}
		if s.TimeToVerify > 0 {
			step.TimeToVerifySeconds = &s.TimeToVerify
		}
		b.Steps = append(b.Steps, step)
	}
	for _, l := range p.LeftOut {
		b.LeftOut = append(b.LeftOut, routeLeftOutBody{l.Channel, l.Carrier, l.Why})
	}

	return b
}

func (s *Server) explainRoute(ctx context.Context, c account.Caller, in *explainRouteInput) (routeBody, error) {
	q := engine.RouteQuestion{To: restorePlus(in.To), Mode: c.Mode}
	for _, name := range in.Channels {
		ch, err := message.ParseChannel(name)
		if err != nil {
			return routeBody{}, err // Huma has validated it
		}
		q.Channels = append(q.Channels, ch)
	}

	plan, err := s.Engine.ExplainRoute(ctx, q)
	if err != nil {
		return routeBody{}, err
	}

	return showRoute(plan), nil
}
