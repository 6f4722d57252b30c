package httpapi

import (
	"bytes"
	"cmp"
	"context"
	"math"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/carrierwatch"
)

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
