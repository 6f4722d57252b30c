package httpapi

import (
	"bytes"
	"cmp"
	"context"
	"math"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrierwatch"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/idempotency"
)

func (s *Server) carrierRoutes() {
	const one = "/v2/carriers/{carrier}"
	register(s, op("list-carriers", "GET /v2/carriers", account.ScopeOperator,
		"List the carriers and what they do now"), s.listCarriers)
	registerIdempotent(s, op("pause-carrier", "POST "+one+"/pause", account.ScopeOperator,
		"Pause a carrier", 404), s.pauseCarrier, showCarrier)
	registerIdempotent(s, op("resume-carrier", "POST "+one+"/resume", account.ScopeOperator,
		"Resume a carrier", 404), s.resumeCarrier, showCarrier)
	registerIdempotent(s, op("test-carrier", "POST "+one+"/test", account.ScopeOperator,
		"Test a carrier", 404, 422), s.testCarrier, showCarrierTest)
	register(s, op("explain-route", "GET /v2/routes/explain", account.ScopeOperator,
		"Explain over which carriers a message would go", 422), s.explainRoute)
}

// carrierBody is a carrier of the configuration, with what it does now on all nodes together.
type carrierBody struct {
	Name          string   `json:"name" doc:"Its name in the server's configuration." example:"smsc-1"`
	Kind          string   `json:"kind" example:"smpp"`
	Channels      []string `json:"channels" example:"[\"sms\"]"`
	State         string   `json:"state" enum:"ok,failing,open,paused,stopped" doc:"The worst of all nodes. ok: it works. failing: its last submit failed, or no session is bound. open: it failed so often that messages skip it for a while. paused: by the operator. stopped: no node has told of it. More states may be added." example:"ok"`
	PausedSince   string   `json:"paused_since,omitempty" format:"date-time" doc:"When the operator paused it."`
	FailingSince  string   `json:"failing_since,omitempty" format:"date-time" doc:"When the failures began that go on."`
	LastError     string   `json:"last_error,omitempty" doc:"The newest error, with the carrier's own code, also of a carrier that works again; or why a session is not bound. Phone numbers are masked." example:"0x00000058, the message centre accepts no more messages for now"`
	SessionsBound *int     `json:"sessions_bound,omitempty" minimum:"0" doc:"How many of its sessions are bound, for carriers with sessions." example:"2"`
	Sessions      *int     `json:"sessions,omitempty" minimum:"1" doc:"How many sessions it has." example:"2"`
	InFlight      int      `json:"in_flight" minimum:"0" doc:"Submits without an answer." example:"3"`
	Queued        int      `json:"queued" minimum:"0" doc:"Messages that wait for the carrier and are due, at most 10,000." example:"0"`
	Rate          int      `json:"rate" minimum:"0" doc:"How many segments, messages or calls a second it may be given; 0 = no limit." example:"100"`
	RateUsed      int      `json:"rate_used" minimum:"0" doc:"How many a second it was given lately." example:"12"`
	Nodes         int      `json:"nodes" minimum:"0" doc:"How many nodes tell of it." example:"1"`
}

func showCarrier(s carrierwatch.State) carrierBody {
	sum := s.Sum()
	b := carrierBody{
		Name: s.Name, Kind: s.Kind, Channels: s.Channels, State: s.State, FailingSince: stampOrNone(sum.FailingSince),
		LastError: sum.Error(), InFlight: sum.InFlight, Queued: s.Queued, Rate: int(math.Round(sum.Rate)),
		RateUsed: int(math.Round(sum.RateUsed)), Nodes: len(s.Nodes),
	}
	if s.PausedSince != nil {
		b.PausedSince = stamp(*s.PausedSince)
	}
	if sum.Sessions > 0 {
		b.SessionsBound, b.Sessions = &sum.Bound, &sum.Sessions
		b.LastError = cmp.Or(sum.Problem, b.LastError)
	}

	return b
}

// listCarriers answers with all carriers: they are as many as the operator has configured.
func (s *Server) listCarriers(ctx context.Context, c account.Caller, _ *struct{}) (page[carrierBody], error) {
	var out page[carrierBody]
	list, err := s.Engine.Carriers(ctx, c)
	for _, state := range list {
		out.rows = append(out.rows, encodeRow(new(bytes.Buffer), showCarrier(state)))
	}

	return out, err
}

// CarrierPath names the carrier of an operation.
type CarrierPath struct {
	Name string `path:"carrier" maxLength:"64" doc:"The carrier's name in the server's configuration." example:"smsc-1"`
}

type pauseCarrierInput struct {
	Repeatable
	CarrierPath
}

func (in pauseCarrierInput) resource() string { return in.Name }

func (s *Server) pauseCarrier(ctx context.Context, c account.Caller, in *pauseCarrierInput,
	idem *idempotency.Request,
) (carrierwatch.State, *idempotency.Answer, error) {
	return s.Engine.PauseCarrier(ctx, c, in.Name, true, idem)
}

func (s *Server) resumeCarrier(ctx context.Context, c account.Caller, in *pauseCarrierInput,
	idem *idempotency.Request,
) (carrierwatch.State, *idempotency.Answer, error) {
	return s.Engine.PauseCarrier(ctx, c, in.Name, false, idem)
}

type testCarrierInput struct {
	Repeatable
	CarrierPath
	Body struct {
		To string `json:"to,omitempty" format:"e164" doc:"Send one real message with the code 000000, which opens nothing, to this number, and wait 15 seconds for its receipt. The provider charges for it; no account pays." example:"+32470123456"`
	}
}

func (in testCarrierInput) resource() string { return in.Name }

type carrierCheckBody struct {
	Name string `json:"name" doc:"What was checked. More checks may be added." example:"connection"`
	OK   bool   `json:"ok" example:"true"`
	Note string `json:"note,omitempty" doc:"In a sentence what works, or what is wrong and what to change. It is text for people, whose wording may change." example:"smsc.example.com:2775 accepts connections"`
}

type carrierTestBody struct {
	Carrier string             `json:"carrier" example:"smsc-1"`
	OK      bool               `json:"ok" doc:"Whether no check found a problem." example:"true"`
	Checks  []carrierCheckBody `json:"checks" doc:"The checks in their order; the first that finds a problem is the last."`
	TookMS  int64              `json:"took_ms" minimum:"0" doc:"How many milliseconds the test took." example:"84"`
}

func showCarrierTest(t engine.CarrierTest) carrierTestBody {
	b := carrierTestBody{
		Carrier: t.Carrier, OK: carrier.OK(t.Checks), Checks: []carrierCheckBody{}, TookMS: t.Took.Milliseconds(),
	}
	for _, one := range t.Checks {
		b.Checks = append(b.Checks, carrierCheckBody{one.Name, one.Problem == "", cmp.Or(one.Problem, one.Found)})
	}

	return b
}

func (s *Server) testCarrier(ctx context.Context, c account.Caller, in *testCarrierInput,
	idem *idempotency.Request,
) (engine.CarrierTest, *idempotency.Answer, error) {
	return s.Engine.TestCarrier(ctx, c, in.Name, in.Body.To, idem)
}
