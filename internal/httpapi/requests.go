package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/cursor"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/field"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/requestlog"
	"github.com/syssecure/syssecure/internal/store"
)

func (s *Server) logRoutes() {
	register(s, op("list-requests", "GET /v2/requests", account.ScopeRead, "List requests to the API"), s.listRequests)
	register(s, op("list-audit", "GET /v2/audit", account.ScopeAdmin, "List changes of the account"), s.listAudit)
}

// The longest texts of a line of the request log, in characters.
const (
	maxPath  = 200
	maxAgent = 200
)

// logRequest adds a request of an authenticated caller to the request log.
func (s *Server) logRequest(r *request, status int) {
	if s.Requests == nil || r.operation == nil {
		return
	}
	r.status = status
	s.Requests.Add(r.caller.Account, r.caller.Mode, r.caller.Key, status >= http.StatusBadRequest, r)
}

// LogLine implements requestlog.Source.
func (r *request) LogLine() store.Request {
	took := time.Since(r.start)
	line := store.Request{
		ID: r.ulid, At: r.server.Admin.Now().Add(-took), Method: r.http.Method, Path: loggedPath(r.operation, r.http.URL.Path),
		Operation: r.operation.OperationID, Status: r.status, Took: took, Key: r.caller.Key, Address: r.address(),
		Agent: audit.Text(masked(r.http.UserAgent()), maxAgent), Replayed: r.replayed != nil,
	}
	if r.refusal != nil {
		line.Error, line.Reason = string(r.refusal.Code), r.refusal.Details.Reason
	} else if r.status >= http.StatusBadRequest {
		line.Error, line.Reason = storedRefusal(r.replayed)
	}

	return line
}

// Change implements requestlog.Source.
func (r *request) Change() string {
	if r.http.Method == http.MethodGet || r.http.Method == http.MethodHead || r.status >= http.StatusBadRequest {
		return ""
	}
	return r.operation.OperationID
}

// Client implements requestlog.Source.
func (r *request) Client() string { return r.address() }

// storedRefusal is the code and reason in the stored answer of an earlier request.
func storedRefusal(body []byte) (code, reason string) {
	var problem struct {
		Code    string `json:"code"`
		Details struct {
			Reason string `json:"reason"`
		} `json:"details"`
	}

	_ = json.Unmarshal(body, &problem) // the server made it
	return problem.Code, problem.Details.Reason
}

// requestBody is a line of the request log.
type requestBody struct {
	ID         string  `json:"id" doc:"The request's id, which its answer had in X-Request-Id." example:"req_01HWXYZABC123DEF4560000000"`
	Method     string  `json:"method" example:"POST"`
	Path       string  `json:"path" doc:"The path without its query. Phone numbers are masked." example:"/v2/otp/send"`
	Operation  *string `json:"operation" doc:"The operation of this document." example:"send-otp"`
	Status     int     `json:"status" doc:"The HTTP status of the answer." example:"200"`
	Error      string  `json:"error,omitempty" doc:"The code of the error." example:"invalid_params"`
	Reason     string  `json:"reason,omitempty" doc:"The reason of the error, where it has one." example:"limit_reached"`
	DurationMS int64   `json:"duration_ms" doc:"How long the server took, in milliseconds." example:"3"`
	KeyID      string  `json:"key_id" example:"key_ab12CD34"`
	KeyName    string  `json:"key_name,omitempty" doc:"The name that the key has now." example:"Shop backend"`
	Address    string  `json:"address" doc:"The client's IP address." example:"203.0.113.7"`
	UserAgent  string  `json:"user_agent" doc:"The first 200 characters." example:"syssecure-go/0.1.0"`
	Replayed   bool    `json:"replayed" doc:"Whether the answer was that of an earlier request with the same Idempotency-Key." example:"false"`
	CreatedAt  string  `json:"created_at" format:"date-time"`
	Sampled    int     `json:"sampled,omitempty" doc:"How many requests before this one are not in the log, because there were too many. Those that succeeded and those that failed are counted apart." example:"40"`
}

func showRequest(r store.Request, names map[string]string) requestBody {
	b := requestBody{
		ID: r.ID.String(), Method: r.Method, Path: r.Path, Status: r.Status, Error: r.Error, Reason: r.Reason,
		DurationMS: r.Took.Milliseconds(), KeyID: account.PublicKeyID(r.Key), KeyName: names[r.Key], Address: r.Address,
		UserAgent: r.Agent, Replayed: r.Replayed, CreatedAt: stamp(r.At), Sampled: r.Skipped,
	}
	if r.Operation != "" {
		b.Operation = &r.Operation
	}

	return b
}

// TimeRange selects rows of a log by their time.
type TimeRange struct {
	CreatedAfter  string `query:"created_after" format:"iso8601" maxLength:"64" doc:"Only those created at this time or later, ISO 8601 with an offset from UTC." example:"2026-04-25T00:00:00Z"`
	CreatedBefore string `query:"created_before" format:"iso8601" maxLength:"64" doc:"Only those created before this time, ISO 8601 with an offset from UTC." example:"2026-04-26T00:00:00Z"`
}

// Resolve implements huma.Resolver: it adds the faults that no schema finds.
func (in *TimeRange) Resolve(huma.Context) []error {
	_, _, err := in.times()
	return errorList(err)
}

func (in *TimeRange) times() (from, before time.Time, err error) {
	from, errFrom := field.QueryInstant("created_after", in.CreatedAfter)
	before, errBefore := field.QueryInstant("created_before", in.CreatedBefore)
	err = fault.Join(errFrom, errBefore)
	if err == nil && !from.IsZero() && !before.IsZero() && !from.Before(before) {
		err = fault.Invalid("created_before", "created_before must be after created_after")
	}

	return from, before, err
}

type listRequestsInput struct {
	Paging
	TimeRange
	Key       string `query:"key_id" minLength:"1" maxLength:"64" doc:"Only those of this key." example:"key_ab12CD34"`
	Status    string `query:"status" pattern:"^(success|error|[2-5]xx|[1-5][0-9][0-9])$" patternDescription:"success, error, a class such as 4xx, or a status such as 429" doc:"Only those with this status: success, error, a class such as 4xx, or a status such as 429." example:"error"`
	Method    string `query:"method" enum:"GET,POST,PUT,PATCH,DELETE" doc:"Only those with this method." example:"POST"`
	Operation string `query:"operation" minLength:"1" maxLength:"64" doc:"Only those of this operation." example:"send-otp"`
}

// list identifies the list and its filters in cursors.
func (in *listRequestsInput) list(c account.Caller) cursor.List {
	return cursor.List{
		c.Account[:],
		{byte(c.Mode)},
		[]byte("requests"), []byte(in.Key), []byte(in.Status), []byte(in.Method),
		[]byte(in.Operation), []byte(in.CreatedAfter), []byte(in.CreatedBefore),
	}
}

func (s *Server) listRequests(ctx context.Context, c account.Caller, in *listRequestsInput) (page[requestBody], error) {
	var out pageBuilder[requestBody]
	from, before, err := in.times()
	if err != nil {
		return out.page, err
	}

	f := requestlog.Filter{
		Key: strings.TrimPrefix(in.Key, "key_"), Method: in.Method, Operation: in.Operation, Status: in.Status,
		From: from, Before: before,
	}
	var at requestlog.Position
	if in.Cursor != "" {
		p, err := cursor.Open(s.Keys, in.list(c), in.Cursor, len(at))
		if err != nil {
			return out.page, err
		}
		copy(at[:], p)
	}

	lines, next, err := requestlog.List(ctx, s.Admin.Store, c.Account, c.Mode, f, at, in.Limit)
	if err != nil {
		return out.page, err
	}

	names, err := s.Admin.KeyNames(ctx, c.Account)
	for _, line := range lines {
		out.add(showRequest(line, names)) // lines are small, so that a page has room for all
	}
	if next != (requestlog.Position{}) {
		text := cursor.Seal(s.Keys, in.list(c), next[:])
		out.NextCursor = &text
	}

	return out.page, err
}

// auditBody is a row of the audit log.
type auditBody struct {
	ID        string       `json:"id" example:"aud_01HWXYZABC123DEF4560000000"`
	Action    string       `json:"action" doc:"What was done." example:"key.rotated"`
	Object    string       `json:"object" doc:"What it was done to: an id, a name, or a masked number." example:"key_ab12CD34"`
	Actor     actorBody    `json:"actor" doc:"Who did it."`
	Mode      string       `json:"mode,omitempty" enum:"live,test" doc:"Absent for what belongs to both modes, such as credits." example:"test"`
	Changes   []changeBody `json:"changes" doc:"The fields that were changed. Secrets and texts of messages are never shown, numbers are masked, and long values are cut."`
	Address   string       `json:"address,omitempty" doc:"The IP address from which it was done." example:"203.0.113.7"`
	UserAgent string       `json:"user_agent,omitempty" example:"syssecure-go/0.1.0"`
	CreatedAt string       `json:"created_at" format:"date-time"`
}

type actorBody struct {
	Kind string `json:"kind" enum:"user,key,command_line,system" example:"key"`
	ID   string `json:"id,omitempty" example:"key_ef56GH78"`
	Name string `json:"name,omitempty" doc:"The name of a user, the name of a key, or a user of the operating system." example:"Shop backend"`
}

type changeBody struct {
	Field  string `json:"field" example:"expires_at"`
	Before string `json:"before,omitempty" example:"Acme"`
	After  string `json:"after,omitempty" example:"2026-04-26T15:27:00Z"`
}

func showAudit(row store.Audit) auditBody {
	b := auditBody{
		ID: row.ID.String(), Action: row.Action, Object: row.Object, Changes: []changeBody{}, Address: row.Address,
		Actor: actorBody{row.ActorKind, row.ActorID, row.ActorName}, UserAgent: row.Agent, CreatedAt: stamp(row.At),
	}
	if row.Mode != 0 {
		b.Mode = row.Mode.String()
	}
	for _, n := range row.Changes {
		b.Changes = append(b.Changes, changeBody{n.Field, n.Before, n.After})
	}

	return b
}

type listAuditInput struct {
	Paging
	TimeRange
	Of     string `query:"of" enum:"account,installation" doc:"Whose log: that of the account (default), or that of the installation, such as changes of users and carriers, which needs the scope operator." example:"account"`
	Actor  string `query:"actor" minLength:"1" maxLength:"320" doc:"Only those of this actor: its id, its name, or a kind such as command_line." example:"key_ef56GH78"`
	Action string `query:"action" minLength:"1" maxLength:"64" doc:"Only this action, or all actions on a kind of thing, such as key." example:"key.rotated"`
	Object string `query:"object" minLength:"1" maxLength:"100" doc:"Only those done to this." example:"key_ab12CD34"`
}

func (in *listAuditInput) list(c account.Caller) cursor.List {
	return cursor.List{
		c.Account[:],
		{byte(c.Mode)},
		[]byte("audit"), []byte(in.Of), []byte(in.Actor), []byte(in.Action), []byte(in.Object),
		[]byte(in.CreatedAfter), []byte(in.CreatedBefore),
	}
}

// installation is the value of "of" for the log of the installation, whose entries have no account.
const installation = "installation"

// listAudit lists what was done in the mode of the caller's key; live keys also see what belongs to both modes.
func (s *Server) listAudit(ctx context.Context, c account.Caller, in *listAuditInput) (page[auditBody], error) {
	var out pageBuilder[auditBody]
	from, until, err := in.times()
	if err != nil {
		return out.page, err
	}

	f := audit.Filter{
		Modes: []id.Mode{c.Mode}, Actor: in.Actor, Action: in.Action, Object: restorePlus(in.Object), From: from, Before: until,
	}
	if c.Mode == id.Live {
		f.Modes = append(f.Modes, 0)
	}
	of := c.Account
	if in.Of == installation {
		if f := lacks(c, account.ScopeOperator); f != nil {
			return out.page, f
		}
		of, f.Modes = id.Account{}, []id.Mode{id.Live, 0}
	}

	var before id.Audit
	if in.Cursor != "" {
		p, err := cursor.Open(s.Keys, in.list(c), in.Cursor, len(before))
		if err != nil {
			return out.page, err
		}
		before = id.Audit(p)
	}

	rows, next, err := audit.List(ctx, s.Admin.Store, of, f, before, in.Limit)
	for i, row := range rows {
		if !out.add(showAudit(row)) {
			next = rows[i-1].ID
			break
		}
	}
	if !next.IsZero() {
		text := cursor.Seal(s.Keys, in.list(c), next[:])
		out.NextCursor = &text
	}

	return out.page, err
}
