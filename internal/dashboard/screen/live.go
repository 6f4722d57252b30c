package screen

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/web"
)

// liveEvery is how often the newest rows are read for an open page. A row is on the screen within a second.
const liveEvery = 700 * time.Millisecond

// restsFor is how many times as long as it reads a stream rests, and longestRest is how old its rows can be at most.
const (
	restsFor    = 20
	longestRest = 10 * time.Second
)

// LiveRow is a row of a live list: its id, what of it can change, and how it is rendered.
type LiveRow struct {
	ID, State string
	View      any
}

// Live is the stream of a list: the rows that are new or have changed, oldest first, each as HTML. read returns the
// newest rows of the list. First come all of them, since some may have come after the page was made. When one is not in
// the list any more, as a code that does not match the filter after it was verified, an event has the ids of those that
// are. The database is asked, and not this process, since other nodes send, too.
func (q *Request) Live(template string, read func(context.Context) ([]LiveRow, error)) Answer {
	return Stream(func(*Request) error {
		q.frame.streams.Stream(q.Writer, q.Request, web.Reader{
			User: q.Visit.User.String(), Account: q.Account.ID.String(), Check: q.stillSignedIn,
		},
			func(ctx context.Context, send func(web.Event) error) error {
				return q.follow(ctx, template, read, send)
			})
		return nil
	})
}

func (q *Request) follow(
	ctx context.Context, template string, read func(context.Context) ([]LiveRow, error), send func(web.Event) error,
) error {
	var shown map[string]string
	for {
		rows, took, err := q.readLive(ctx, read)
		if err != nil {
			q.brokeOff(ctx, err)
			return err
		}

		now := make(map[string]string, len(rows))
		ids := make([]string, 0, len(rows))
		var fresh []LiveRow
		for _, r := range slices.Backward(rows) {
			ids = append(ids, r.ID)
			now[r.ID] = r.State
			if state, known := shown[r.ID]; !known || state != r.State {
				fresh = append(fresh, r)
			}
		}
		// A role that was taken away is noticed before the next row, and not at the next heartbeat only.
		if len(fresh) > 0 {
			if err := q.stillSignedIn(ctx); err != nil {
				return errors.Join(err, send(web.Ended))
			}
		}
		if shown == nil || hasOther(shown, now) {
			if err := send(web.Event{Name: "only", Data: strings.Join(ids, " ")}); err != nil {
				return err
			}
		}
		for _, r := range fresh {
			html, err := q.templates().part(template, "row", r.View)
			if err != nil {
				return err
			}
			if err := send(web.Event{Name: "row", Data: html}); err != nil {
				return err
			}
		}
		shown = now

		select {
		case <-ctx.Done():
			return nil
		case <-time.After(restAfter(took)):
		}
	}
}

// readLive reads the rows of a stream in its turn, and says how long that took.
func (q *Request) readLive(
	ctx context.Context, read func(context.Context) ([]LiveRow, error),
) (rows []LiveRow, took time.Duration, err error) {
	err = q.frame.streams.InTurn(ctx, func() (err error) {
		began := time.Now() // what it takes is in the system's time
		rows, err = read(ctx)
		took = time.Since(began)
		return err
	})

	return rows, took, err
}

// restAfter is how long a stream rests after a read. A filter that has to search makes it rest longer.
func restAfter(took time.Duration) time.Duration {
	return min(longestRest, max(liveEvery, restsFor*took))
}

// hasOther reports whether there were rows that are not in the list any more.
func hasOther(before, now map[string]string) bool {
	for id := range before {
		if _, still := now[id]; !still {
			return true
		}
	}
	return false
}

// part renders one block of a screen's template.
func (t *templates) part(template, block string, data any) (string, error) {
	one, err := t.find(template)
	if err != nil {
		return "", err
	}

	var out bytes.Buffer
	err = one.ExecuteTemplate(&out, block, data)

	return out.String(), err
}

// stillSignedIn checks during a stream that the session has not ended, and that the role is still that of its beginning.
func (q *Request) stillSignedIn(ctx context.Context) error {
	c, err := q.Cookie(q.frame.sessionCookie(q.Request))
	if err != nil {
		return fault.New(fault.Unauthorized, "your session has ended; sign in again")
	}
	v, err := q.Verbs.People.Look(ctx, secret.NewString(c.Value))
	if err != nil {
		return err
	}
	allowed := true
	switch q.route.Access {
	case Member:
		role, _ := v.Role(q.Account.ID) // another one may see less of each row
		allowed = role == q.Role && role.May(q.route.Needs(q.Mode))
	case Operator:
		allowed = v.Operator
	case Anyone, SignedIn:
	}
	if !allowed {
		return Forbidden("your role was changed")
	}

	return nil
}
