package screen

import (
	"errors"
	"strconv"
	"time"

	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/people"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/signin"
)

// Cookies of the ways in: the browser's device, the right password that waits for its second factor, and a passkey's
// ceremony that has begun. Each value is sealed or a token, and no script reads it.
const (
	deviceCookie   = "ss-device"
	pendingCookie  = "ss-pending"
	ceremonyCookie = "ss-ceremony"
)

// Client is the browser as package people sees it.
func (q *Request) Client() people.Client {
	return people.Client{Address: q.Verbs.Address(q.Request), Agent: q.UserAgent(), Device: q.kept(deviceCookie)}
}

// kept is the value of a cookie that the server gave the browser; empty when there is none.
func (q *Request) kept(name string) secret.String {
	c, err := q.Cookie(name)
	if err != nil {
		return secret.String{}
	}
	return secret.NewString(c.Value)
}

// Enter gives the browser its session.
func (q *Request) Enter(in people.SignedIn) {
	q.SetSession(in.Token)
	q.SetCookie(deviceCookie, in.Device.Reveal(), int(signin.DeviceValid/time.Second))
	q.SetCookie(pendingCookie, "", -1)
	q.SetCookie(ceremonyCookie, "", -1)
}

// Wait keeps a right password until its second factor is entered.
func (q *Request) Wait(in people.SignedIn) {
	q.SetCookie(pendingCookie, in.Pending.Reveal(), int(signin.PendingValid/time.Second))
}

// Waiting is what Wait kept.
func (q *Request) Waiting() secret.String { return q.kept(pendingCookie) }

// Ceremony gives a script what the browser needs for a passkey, and keeps the state for the answer.
func (q *Request) Ceremony(c people.Challenge) Answer {
	q.SetCookie(ceremonyCookie, c.State.Reveal(), int(signin.PendingValid/time.Second))
	return Stream(func(*Request) error {
		q.Writer.Header().Set("Content-Type", "application/json")
		_, err := q.Writer.Write(c.Options)
		return err
	})
}

// CeremonyState is what Ceremony kept. It is used once.
func (q *Request) CeremonyState() secret.String {
	state := q.kept(ceremonyCookie)
	if !state.Empty() {
		q.SetCookie(ceremonyCookie, "", -1)
	}
	return state
}

// Next is where a form of the ways in leads: back to the page that asked for it.
func (q *Request) Next() string {
	if to := q.FormValue("next"); LocalPath(to) {
		return to
	}
	return Root
}

// Refused shows a form again with what was wrong. What is no fault of the form is passed on.
func (q *Request) Refused(err error, form func(*Request, error, int) (Answer, error)) (Answer, error) {
	if !FormFault(err) || errors.Is(err, people.ErrStepUp) {
		return nil, err
	}
	f := fault.From(err)
	if f.RetryAfter > 0 {
		q.Writer.Header().Set("Retry-After", seconds(f.RetryAfter))
	}

	return form(q, err, f.Status)
}

// seconds writes a wait for Retry-After, rounded up.
func seconds(d time.Duration) string {
	return strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10)
}

// idle is how many seconds the page may be left alone before its session ends. When it was used last is stored once a
// minute, so the session may end a minute sooner than the rules say. The overall end is not put off by any request.
func (q *Request) idle() (idle int, last bool) {
	now := q.Verbs.Now()
	rest, overall := signin.SessionIdle-time.Minute, q.Visit.Session.EndsAt.Sub(now)
	return int(max(0, min(rest, overall)) / time.Second), overall <= rest
}
