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
	Credits int64 `json:"credits" doc:"The credits that can be spent, without those that are held." example:"1000"`
	Held    int64 `json:"held" doc:"The credits held for messages in progress." example:"8"`
}

// sandboxCredits is shown to test keys: the sandbox costs nothing, and the live balance is not for them.
const sandboxCredits = 1_000_000

func (s *Server) balance(ctx context.Context, c account.Caller, _ *struct{}) (balanceBody, error) {
	if c.Mode == id.Test {
		return balanceBody{Credits: sandboxCredits}, nil
	}
	b, err := s.Admin.Balance(ctx, c.Account)
	return balanceBody{b.Credits, b.Held}, err
}

type inboxInput struct {
	To    string `query:"to" minLength:"1" maxLength:"64" format:"e164" doc:"Only messages to this number, in E.164 format (+ is %2B in a URL)."`
	Limit int    `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"The largest number of results."`
}

// Resolve implements huma.Resolver: it adds the faults that no schema finds.
func (in *inboxInput) Resolve(huma.Context) []error { return numberFaults("to", in.To) }

type inboxBody struct {
	To      string `json:"to" example:"+32470123456"`
	Channel string `json:"channel" enum:"whatsapp,sms,telegram,voice"`
	Body    string `json:"body" doc:"The text that the phone would have shown." example:"000000 is your Acme verification code. It is valid for 5 min."`
	At      string `json:"at" format:"date-time"`
}

// inboxPage has no cursor: older messages are not shown.
type inboxPage struct {
	Data []inboxBody `json:"data"`

	rows [][]byte // each as JSON, as in a page
}

// write implements writer.
func (p inboxPage) write(w io.Writer) error { return writeRows(w, p.rows, "") }

func (s *Server) sandboxMessages(ctx context.Context, c account.Caller, in *inboxInput) (inboxPage, error) {
	var out pageBuilder[inboxBody]
	list, err := s.Engine.Inbox(ctx, c, restorePlus(in.To), in.Limit)
	for _, t := range list {
		if !out.add(inboxBody{t.To.E164(), t.Channel.String(), t.Body, stamp(t.At)}) {
			break
		}
	}

	return inboxPage{rows: out.rows}, err
}

// restorePlus reads "?to=+32…", where the plus should have been escaped and is decoded as a space.
func restorePlus(to string) string {
	if len(to) > 1 && to[0] == ' ' {
		return "+" + to[1:]
	}
	return to
}

type clockInput struct {
	Repeatable
	Body struct {
		Advance string `json:"advance,omitempty" maxLength:"32" format:"go-duration" doc:"How far to move the sandbox's clock forward, such as 301s or 5m; at most 720h in total. 0s continues a move that was not done." example:"301s"`
		Reset   bool   `json:"reset,omitempty" doc:"Ends everything that is pending in the sandbox and sets its clock back to real time, before it is advanced. What was created ahead of real time keeps its times and its place in lists."`
	}
}

type clockBody struct {
	Now    string `json:"now" format:"date-time" doc:"The time in the sandbox."`
	Offset string `json:"offset" doc:"How far the sandbox's clock is ahead of real time." example:"5m1s"`
	Done   bool   `json:"done" doc:"false when processing what fell due took longer than 20 seconds: the clock has stopped on its way. Send {\"advance\": \"0s\"}, or {\"reset\": true}, to continue." example:"true"`
}

func showClock(t engine.SandboxTime) clockBody {
	return clockBody{Now: stamp(t.Now), Offset: t.Offset.Round(time.Second).String(), Done: t.Done}
}

func (s *Server) sandboxClock(ctx context.Context, c account.Caller, in *clockInput,
	idem *idempotency.Request,
) (engine.SandboxTime, *idempotency.Answer, error) {
	move := engine.ClockMove{Reset: in.Body.Reset}
	if in.Body.Advance == "" && !move.Reset {
		return engine.SandboxTime{}, nil,
			fault.Invalid("advance", `advance is missing; send {"advance": "301s"}, or {"reset": true}`)
	}

	if in.Body.Advance != "" {
		var err error
		if move.By, err = time.ParseDuration(in.Body.Advance); err != nil {
			return engine.SandboxTime{}, nil, fault.Invalid("advance", "advance must be a duration such as 301s or 5m")
		}
	}

	return s.Engine.MoveClockOnce(ctx, c, move, idem)
}

// rejectAmbiguousQuery refuses queries on which parsers disagree, for paths that are not operations of the document.
// Unknown parameters are fine, because probes and gateways add some.
func (s *Server) rejectAmbiguousQuery(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if f := fault.Collect(repeatedParameters(r.URL.RawQuery)); f != nil {
			s.refuse(w, r, f)
			return
		}
		next(w, r)
	}
}

// healthz reports that the process runs. It checks nothing else, so that a database that is down does not get the
// process restarted in a loop.
func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_ = encode(w, map[string]string{"status": "ok"})
}

// readyz reports whether requests can be served.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	if err := s.Ready(r.Context()); err != nil {
		s.refuse(w, r, fault.Unavailable(err))
		return
	}
	s.healthz(w, r)
}

// carrierCallback passes a callback to its carrier, which authenticates it.
func (s *Server) carrierCallback(w http.ResponseWriter, r *http.Request) {
	c, ok := s.Callbacks[r.PathValue("name")]
	if !ok {
		s.refuse(w, r, fault.New(fault.NotFound,
			"no carrier has callbacks at this path; check the name of the [[carrier]] in the configuration"))
		return
	}
	f := c.ServeCallback(w, r, r.PathValue("callback"), s.Sink)
	if f == nil {
		return
	}

	// Either somebody forges callbacks, or a secret or public_url is wrong, and all receipts and opt-outs are lost.
	if f.Status == http.StatusUnauthorized || f.Status == http.StatusForbidden {
		s.Log.Warn("a callback was refused; when all of a carrier's are, its secret or public_url is wrong",
			"carrier", r.PathValue("name"), "callback", r.PathValue("callback"), "because", f.Message)
	}
	s.refuse(w, r, f)
}
