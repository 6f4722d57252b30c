package activity

import (
	"net/http"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/hooks"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/requestlog"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/store"
)

// factsOfRequest say which request made a message: its id for everybody, and what the request log has of it for those
// who may see that. The log keeps a part of the requests, so it may have nothing.
func factsOfRequest(q *screen.Request, r id.Request) ([]screen.Fact, error) {
	if r.IsZero() {
		return nil, nil
	}
	known := []screen.Fact{{Name: q.Text("Request"), ID: r.String()}}
	if !q.May(signin.SeeRequests) {
		return known, nil
	}
	line, err := requestlog.Get(q.Context(), q.Verbs.Admin.Store, q.Account.ID, q.Mode, r)
	if err != nil && fault.From(err).Status == http.StatusNotFound {
		return known, nil
	} else if err != nil {
		return nil, err
	}

	names, err := q.Verbs.Admin.KeyNames(q.Context(), q.Account.ID)
	if err != nil {
		return nil, err
	}
	key := account.PublicKeyID(line.Key)
	_, href := q.Thing(key)
	if name := names[line.Key]; name != "" {
		key = name
	}

	return []screen.Fact{
		{Name: q.Text("Request"), ID: r.String(), Href: q.At("/requests/" + r.String())},
		{Name: q.Text("API key"), Text: key, Href: href},
		{Name: q.Text("Address of the client"), Text: line.Address},
		{Name: q.Text("Program of the client"), Text: line.Agent},
	}, nil
}

// factOfTemplate names a template, and leads there.
func factOfTemplate(q *screen.Request, of string) screen.Fact {
	out := screen.Fact{Name: q.Text("Template"), Text: of}
	_, out.Href = q.Thing(of)
	if t, err := id.ParseTemplate(of); err == nil {
		if row, err := q.Verbs.Admin.Template(q.Context(), q.Caller, t); err == nil && row.Name != "" {
			out.Text = row.Name // one that was deleted has only its id
		}
	}

	return out
}

// textOf is the text of a message by role, or a note in its place. In live mode it is shown with the whole number,
// which the audit log notes, since it may have a name or a code in it.
func textOf(q *screen.Request, m query.Message, whole bool) (text, note string, err error) {
	switch {
	case !m.OTP.IsZero():
		return "", q.Text("The text has the code in it, and is not stored."), nil
	case m.Body == nil:
		return "", q.Text("The text is not stored."), nil
	case !q.May(signin.SeeNumbers):
		return "", q.Text("Your role does not see texts."), nil
	case q.Mode == id.Live && !whole:
		return "", q.Text("The text is shown together with the whole number."), nil
	}
	text, err = q.Verbs.Query.Text(m.Message)

	return text, "", err
}

// told is an event as the screen of what it is about shows it.
type told struct {
	Type, Href string
	At         screen.Moment
	Deliveries []toldTo
}

// toldTo is a delivery of an event; without Href it went to the callback URL of the message.
type toldTo struct{ URL, Href, Status string }

// closeTo is how far the id of an event may be from the time that was stored with it.
const closeTo = time.Second

// spansOf are where the events of messages can be: close to what happened to them. A sandbox, whose clock can be
// moved, has few, and all since its message was made are looked at.
func spansOf(q *screen.Request, list ...store.Message) (out []hooks.Span) {
	for _, m := range list {
		if q.Mode == id.Test {
			out = append(out, hooks.Span{From: m.SandboxAt.Add(-closeTo), To: q.Verbs.Now().Add(closeTo)})
			continue
		}
		for _, at := range []time.Time{m.SentAt, m.DeliveredAt, m.ReadAt, m.FailedAt} {
			if !at.IsZero() {
				out = append(out, hooks.Span{From: at.Add(-closeTo), To: at.Add(closeTo)})
			}
		}
	}

	return out
}

// spansOfOTP are where the events of a verification and its messages can be.
func spansOfOTP(q *screen.Request, o query.OTP) []hooks.Span {
	out := spansOf(q, o.Sent...)
	if q.Mode == id.Test {
		return out
	}
	switch o.State() {
	case "verified":
		out = append(out, hooks.Span{From: o.VerifiedAt.Add(-closeTo), To: o.VerifiedAt.Add(closeTo)})
	case "canceled": // when is not stored
		out = append(out, hooks.Span{From: o.CreatedAt, To: o.ExpiresAt})
	case "expired":
		out = append(out, hooks.Span{From: o.ExpiresAt.Add(-closeTo), To: o.ExpiresAt.Add(time.Minute)})
	}

	return out
}

// eventsAbout are the events about messages and verifications, with where they went, for those who manage webhooks.
func eventsAbout(q *screen.Request, in []hooks.Span, subjects ...[]byte) (out []told, err error) {
	if !q.May(signin.ManageWebhooks) {
		return nil, nil
	}
	list, err := q.Verbs.Hooks.EventsAbout(q.Context(), q.Caller, subjects, in)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	endpoints, err := q.Verbs.Hooks.List(q.Context(), q.Caller, id.Webhook{}, screen.ListSize)
	if err != nil {
		return nil, err
	}

	urls := map[id.Webhook]string{}
	for _, w := range endpoints {
		urls[w.ID] = w.URL
	}
	for _, e := range list {
		row := told{Type: string(e.Type), Href: q.At("/events/" + e.ID.String()), At: q.When(e.CreatedAt)}
		for _, d := range e.Deliveries {
			to, w := toldTo{URL: d.URL, Status: d.State.String()}, id.Webhook(d.Target)
			if to.URL == "" {
				if to.URL = urls[w]; to.URL == "" {
					to.URL = w.String() // it was deleted
				}
				to.Href = q.At("/webhooks/" + w.String() + "/deliveries/" + e.ID.String())
			}
			row.Deliveries = append(row.Deliveries, to)
		}
		out = append(out, row)
	}

	return out, nil
}
