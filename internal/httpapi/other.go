package httpapi

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/idempotency"
)

type balanceBody struct {
	Credits int64 `json:"credits" doc:"What can still be spent; holds are off already." example:"1000"`
	Held    int64 `json:"held" doc:"Set aside for messages under way." example:"8"`
}

// sandboxCredits is what a test key is shown: the sandbox costs nothing, and the live balance is none of its business.
const sandboxCredits = 1_000_000

func (s *Server) balance(ctx context.Context, c account.Caller, _ *struct{}) (balanceBody, error) {
	if c.Mode == id.Test {
		return balanceBody{Credits: sandboxCredits}, nil
	}
	b, err := s.Admin.Balance(ctx, c.Account)
	return balanceBody{b.Credits, b.Held}, err
}

type inboxInput struct {
	To    string `query:"to" minLength:"1" maxLength:"64" format:"e164" doc:"Only texts to this number, in E.164 format (+ is %2B in a URL)."`
	Limit int    `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"How many at most."`
}

// Resolve implements huma.Resolver: what no schema says is told together with what one says.
func (in *inboxInput) Resolve(huma.Context) []error { return filterNumber("to", in.To) }

type inboxBody struct {
	To      string `json:"to" example:"+32470123456"`
	Channel string `json:"channel" enum:"whatsapp,sms,telegram,voice"`
	Body    string `json:"body" doc:"The text that the phone would have shown." example:"000000 is your Acme verification code. It is valid for 5 min."`
	At      string `json:"at" format:"date-time"`
}

// inboxPage has no cursor: what is older than a page is not shown.
type inboxPage struct {
	Data []inboxBody `json:"data"`

	rows [][]byte // JSON of each, as a page has them
}

// write implements writer.
func (p inboxPage) write(w io.Writer) error { return writeRows(w, p.rows, "") }

func (s *Server) sandboxMessages(ctx context.Context, c account.Caller, in *inboxInput) (inboxPage, error) {
	var out filling[inboxBody]
	list, err := s.Engine.Inbox(ctx, c, plusSign(in.To), in.Limit)
	for _, t := range list {
		if !out.add(inboxBody{t.To.E164(), t.Channel.String(), t.Body, stamp(t.At)}) {
			break
		}
	}

	return inboxPage{rows: out.rows}, err
}

// plusSign mends "?to=+32…": in a query a bare plus is a space.
func plusSign(to string) string {
	if len(to) > 1 && to[0] == ' ' {
		return "+" + to[1:]
	}
	return to
}

type clockInput struct {
	Repeatable
	Body struct {
		Advance string `json:"advance,omitempty" maxLength:"32" format:"go-duration" doc:"How far to move the sandbox's clock forward, such as 301s; 720h in all. 0s goes on with a move that was not done." example:"301s"`
		Reset   bool   `json:"reset,omitempty" doc:"Ends everything pending in the sandbox and sets its clock back to real time, before it is advanced. What was made ahead keeps its times; lists stay in the order in which things were made."`
	}
}

type clockBody struct {
	Now    string `json:"now" format:"date-time" doc:"The sandbox's time."`
	Offset string `json:"offset" doc:"How far it is ahead of real time." example:"5m1s"`
	Done   bool   `json:"done" doc:"False when what falls due took longer than 20 seconds: the clock stands where it was brought to, and another request with {\"advance\": \"0s\"} (or {\"reset\": true}) goes on." example:"true"`
}

func showClock(t engine.SandboxTime) clockBody {
	return clockBody{Now: stamp(t.Now), Offset: t.Offset.Round(time.Second).String(), Done: t.Done}
}

func (s *Server) sandboxClock(ctx context.Context, c account.Caller, in *clockInput, idem *idempotency.Request) (engine.SandboxTime, *idempotency.Answer, error) {
	move := engine.ClockMove{Reset: in.Body.Reset}
	if in.Body.Advance == "" && !move.Reset {
		return engine.SandboxTime{}, nil, fault.Invalid("advance", `advance is missing; send {"advance": "301s"}, or {"reset": true}`)
	}

	if in.Body.Advance != "" {
		var err error
		if move.By, err = time.ParseDuration(in.Body.Advance); err != nil {
			return engine.SandboxTime{}, nil, fault.Invalid("advance", "advance must be a duration such as 301s or 5m")
		}
	}

	return s.Engine.MoveClockOnce(ctx, c, move, idem)
}

// unambiguous refuses a query that readers disagree about, for paths that are not operations of the document. Which
// parameters there are is not looked at: probes and gateways add some of their own.
func (s *Server) unambiguous(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if f := fault.Collect(doubled(r.URL.RawQuery)); f != nil {
			s.refuse(w, r, f)
			return
		}
		next(w, r)
	}
}

// healthz says that the process lives. It looks at nothing, so that a database that is out does not get the process
// restarted in a loop.
func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_ = encode(w, map[string]string{"status": "ok"})
}

// readyz says whether requests can be served.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	if err := s.Ready(r.Context()); err != nil {
		s.refuse(w, r, fault.Unavailable(err))
		return
	}
	s.healthz(w, r)
}

// carrierCallback hands a carrier's request to the carrier, which authenticates it.
func (s *Server) carrierCallback(w http.ResponseWriter, r *http.Request) {
	c, ok := s.Callers[r.PathValue("name")]
	if !ok {
		s.refuse(w, r, fault.New(fault.NotFound, "there is no carrier with callbacks at this path; check [[carrier]] name in the configuration"))
		return
	}
	if f := c.ServeCallback(w, r, r.PathValue("callback"), s.Sink); f != nil {
		s.refuse(w, r, f)
	}
}
