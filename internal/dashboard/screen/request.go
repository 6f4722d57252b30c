package screen

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/dashboard/texts"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/field"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/people"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/store"
)

// Request is a request of a user for a screen.
type Request struct {
	*http.Request
	// Verbs are what screens call.
	Verbs  *Verbs
	Writer http.ResponseWriter
	// Visit is the user with the session; zero without one.
	Visit people.Visit
	// Account, Mode, Role and Caller are those of a member's route.
	Account store.Account
	Mode    id.Mode
	Role    signin.Role
	Caller  account.Caller

	// faults are what is wrong with the form of the page that is shown.
	faults []fault.FieldError
	// wrong are the filters that could not be read, by field.
	wrong map[string]*wrongFilter

	// zone is the user's, once it was read.
	zone *time.Location
	// local are the times of the query that were in the user's zone.
	local map[string]time.Time

	// language is what the user reads.
	language *texts.Language

	frame *Frame
	route *Route
	// leave gives back what the request took of the frame's bounds; it is called when it was answered.
	leave func()
}

// At makes the path of a screen of the request's account and mode.
func (q *Request) At(path string) string { return AccountPath(q.Account.ID, q.Mode) + path }

// AccountPath is where the screens of an account and mode begin.
func AccountPath(a id.Account, mode id.Mode) string {
	return Root + "/" + a.String() + "/" + mode.String()
}

// May reports whether the user may do something in the account.
func (q *Request) May(p signin.Permission) bool { return q.Role.May(p) }

// ID is the request's id, as the log and the error pages have it.
func (q *Request) ID() string { return q.Writer.Header().Get("X-Request-Id") }

// Value reads a field of the query or form.
func (q *Request) Value(name string) string { return strings.TrimSpace(q.FormValue(name)) }

// readForm reads the form of a POST within the limit of its route. Large ones, and those that do not say how large they
// are, take a seat until they are answered.
func (q *Request) readForm() error {
	size := q.route.formSize()
	if size > formOfUser && (q.ContentLength < 0 || q.ContentLength > formOfUser) {
		leave, full := q.frame.uploads.Enter(q.Visit.User.String(), q.Account.ID.String(), "large forms")
		if full != "" {
			return fault.Limited("forms", "in_flight", time.Second, "%s", full)
		}
		q.leave = leave
		if err := q.allow(time.Duration(size/slowestForm) * time.Second); err != nil {
			return err
		}
	}

	q.Body = http.MaxBytesReader(q.Writer, q.Body, size)
	err := q.ParseForm()
	if kind := q.Header.Get("Content-Type"); strings.HasPrefix(kind, "multipart/form-data") {
		err = q.ParseMultipartForm(size)
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		q.Request = q.WithContext(context.WithoutCancel(q.Context())) // the server ended it, but the browser still waits
		return fault.New(fault.InvalidParams, "the form did not arrive in time, because the line is slow or broke off; send it again")
	}
	if err != nil {
		return fault.New(fault.InvalidParams, "the form could not be read: it is damaged or larger than %d KB; send it again",
			size>>10)
	}

	return nil
}

// slowestForm is how slowly a large form may come, in bytes a second. Others have the time that the server gives requests.
const slowestForm = 8 << 10

// allow gives the request's form time to arrive, and its answer a minute more.
func (q *Request) allow(d time.Duration) error {
	until := time.Now().Add(d) // the system's clock, which deadlines of connections are in
	control := http.NewResponseController(q.Writer)
	err := errors.Join(control.SetReadDeadline(until), control.SetWriteDeadline(until.Add(time.Minute)))
	if errors.Is(err, errors.ErrUnsupported) { // no connection, in tests
		return nil
	}
	return err
}

// Masked shows a number as lists do: whole numbers of live mode are on the screens of single things only, after the user
// asked for them. Numbers of test mode get no message, and are whole for those who may see numbers.
func (q *Request) Masked(n phone.Number) string {
	if q.Mode == id.Test && q.May(signin.SeeNumbers) {
		return n.E164()
	}
	return n.Masked()
}

// Revealed shows the number of a single thing: masked, or whole after the user asked for it. path is the thing's screen,
// and ask is where the whole number is asked for; empty when it is shown, or not for this user.
func (q *Request) Revealed(n phone.Number, whole bool, path string) (shown, ask string) {
	if whole {
		return n.E164(), ""
	}
	if shown = q.Masked(n); shown != n.E164() && q.May(signin.SeeNumbers) {
		ask = path + "/reveal"
	}

	return shown, ask
}

// Moment is a time as a page shows it.
type Moment struct {
	// ISO is the time in UTC, Text in the user's zone.
	ISO, Text string
	// Exact says that it is not written as a time from now: it may be one of the sandbox's clock, which is ahead.
	Exact bool
}

// WhenLayout is how times are written. It is a text, so that a language can have its own order of day and month.
var WhenLayout = Text("2 Jan 2006 15:04:05 MST")

// When shows a time; the zero time is shown as nothing.
func (q *Request) When(t time.Time) Moment {
	if t.IsZero() {
		return Moment{}
	}
	return Moment{t.UTC().Format(time.RFC3339), t.In(q.Zone()).Format(q.Text(WhenLayout)), q.SandboxAhead() > 0}
}

// rfc3339 finds the times in sentences of the API.
var rfc3339 = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`)

// Sentence makes one sentence of what is wrong with a thing, in clauses of the API, with times in the user's zone.
func (q *Request) Sentence(clauses []string) string {
	return rfc3339.ReplaceAllStringFunc(strings.Join(clauses, "; "), func(text string) string {
		t, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return text
		}
		return q.When(t).Text
	})
}

// Zone is the user's time zone; UTC without one. Reading one takes longer than all else of a row with a time.
func (q *Request) Zone() *time.Location {
	if q.zone == nil {
		var err error
		if q.zone, err = time.LoadLocation(q.Visit.Zone); err != nil {
			q.zone = time.UTC
		}
	}
	return q.zone
}

// With changes parameters of the request's query: name, value, name, value. An empty value removes one. The position in
// a list is removed, too.
func (q *Request) With(pairs ...string) string {
	values := url.Values{}
	for name, v := range q.URL.Query() {
		values[name] = v
	}
	values.Del("before")
	for i := 0; i+1 < len(pairs); i += 2 {
		if values.Del(pairs[i]); pairs[i+1] != "" {
			values.Set(pairs[i], pairs[i+1])
		}
	}
	if len(values) == 0 {
		return q.URL.Path
	}

	return q.URL.Path + "?" + values.Encode()
}

// universal is the page's address with every time in UTC, so that it shows the same list to readers in other zones;
// empty when it is so already.
func (q *Request) universal() string {
	if len(q.local) == 0 || q.Method != http.MethodGet || len(q.wrong) > 0 {
		return ""
	}
	values := q.URL.Query()
	for name, t := range q.local {
		values.Set(name, Stamp(t))
	}

	return q.URL.Path + "?" + values.Encode()
}

// RawQuery is the request's query with its question mark.
func (q *Request) RawQuery() string {
	if q.URL.RawQuery == "" {
		return ""
	}
	return "?" + q.URL.RawQuery
}

// localLayouts are how fields of the kind datetime-local write a time, the first without seconds.
var localLayouts = []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02"}

// Instant reads a time of the browser's field datetime-local, which is in the user's zone, or one with an offset.
func (q *Request) Instant(name string) (time.Time, error) {
	text := q.Value(name)
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range localLayouts {
		if t, err := time.ParseInLocation(layout, text, q.Zone()); err == nil {
			if q.local == nil {
				q.local = map[string]time.Time{}
			}
			q.local[name] = t

			return t, nil
		}
	}

	return field.QueryInstant(name, text)
}

// MaySend reports whether the user may send in the request's mode.
func (q *Request) MaySend() bool {
	if q.Mode == id.Test {
		return q.May(signin.SendTest)
	}
	return q.May(signin.SendLive)
}

// NoteReveal writes into the audit log that the user saw a whole number. It is written before the number is shown.
func (q *Request) NoteReveal(object string) error {
	row := audit.Note(q.Context(), q.Verbs.Now(), q.Account.ID, q.Mode, "number.revealed", object)
	return q.Verbs.Admin.Store.Update(q.Context(), q.Account.ID, nil, func(tx *store.Tx) error {
		tx.Insert(row)
		return nil
	})
}

// SandboxAhead is how far the clock of the request's mode is ahead: that of the sandbox can be moved.
func (q *Request) SandboxAhead() time.Duration {
	if q.Mode == id.Test {
		return q.Account.SandboxOffset
	}
	return 0
}
