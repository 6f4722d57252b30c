package activity

import (
	"context"
	"fmt"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/query"
)

// messageStatuses as the API names them.
var messageStatuses = []string{"scheduled", "pending", "sent", "delivered", "read", "failed", "canceled", "unknown"}

// messageRow is a row of the list of messages.
type messageRow struct {
	ID, Href, To, From, Status, Country, Carrier, Reason string
	Segments                                             int
	Credits                                              int64
	At                                                   screen.Moment
}

// messageList is what the screen shows.
type messageList struct {
	Filters screen.Filters
	Rows    []messageRow
	Pages   screen.Pager
	Empty   *screen.Empty
	Live    string
}

// messages is the list of texts that were sent. Messages with codes belong to their verifications.
func messages(q *screen.Request) (screen.Answer, error) {
	f, err := messageFilter(q)
	if err != nil {
		return nil, err
	}
	below, err := screen.Position(id.ParseMessage, q.Value("before"))
	if err != nil {
		return nil, err
	}
	rows, next, err := q.Verbs.Query.ListMessages(q.Context(), q.Caller, f, below, screen.ListSize)
	if err != nil {
		return nil, err
	}

	out := messageList{Filters: messageFields(q, q.At("/messages.csv"), messageStatuses)}
	for _, m := range rows {
		out.Rows = append(out.Rows, rowOfMessage(q, m))
	}
	out.Pages = q.Pages(id.Message(next).String())
	if q.Value("before") == "" {
		out.Live = q.At("/messages/live") + q.RawQuery()
	}
	out.Empty = q.EmptyList(out.Filters, out.Pages.Older, len(out.Rows), q.Text("There are no messages with these filters."), screen.Empty{
		Icon: "send", Title: q.Text("No message yet"),
		Text: q.Text("Send a text with this call, and it appears here by itself."),
		Href: q.At("/keys"), Action: q.Text("API keys"),
	}.WithCall(q, "POST /v2/sms/send", `{"to": "%s", "body": "Your table is ready"}`))

	return screen.Page{
		Template: "messages", Title: q.Text("Messages"), Data: out, Scripts: []string{"live.js"},
		API: apiOf("GET /v2/messages", f),
	}, nil
}

func rowOfMessage(q *screen.Request, m query.Message) messageRow {
	step := m.ShownStep()
	return messageRow{
		ID: m.ID.String(), Href: q.At("/messages/" + m.ID.String()), To: q.Masked(m.To), From: m.Sender,
		Status: m.State.String(), Country: phone.Locate(m.To).Country, Carrier: step.Carrier, Reason: string(m.Reason),
		Segments: step.Segments, Credits: m.Credits(), At: q.When(m.CreatedAt),
	}
}

// messagesLive is the stream of the list's first page.
func messagesLive(q *screen.Request) (screen.Answer, error) {
	f, err := messageFilter(q)
	if err != nil {
		return nil, err
	}

	return q.Live("messages", func(ctx context.Context) (rows []screen.LiveRow, err error) {
		list, _, err := q.Verbs.Query.ListMessages(ctx, q.Caller, f, [16]byte{}, screen.ListSize)
		for _, m := range list {
			r := rowOfMessage(q, m)
			rows = append(rows, screen.LiveRow{ID: r.ID, State: r.Status + r.Carrier, View: r})
		}
		return rows, err
	}), nil
}

// messagesCSV is the list as a file, with the same filters.
func messagesCSV(q *screen.Request) (screen.Answer, error) {
	f, err := messageFilter(q)
	if err != nil {
		return nil, err
	}

	columns := []string{
		"message_id", "to", "from", "status", "reason", "country", "carrier", "segments", "credits", "metadata",
		"created_at",
	}

	return q.CSV("messages", columns, func(below [16]byte) (rows [][]any, next [16]byte, err error) {
		list, next, err := q.Verbs.Query.ListMessages(q.Context(), q.Caller, f, below, screen.CSVPage)
		for _, m := range list {
			r := rowOfMessage(q, m)
			rows = append(rows, []any{
				r.ID, r.To, r.From, r.Status, r.Reason, r.Country, r.Carrier, r.Segments,
				r.Credits, string(q.Metadata(m.Metadata)), m.CreatedAt,
			})
		}
		return rows, next, err
	}), nil
}

// messagePage is what the screen of one message shows.
type messagePage struct {
	ID, To, Status, Metadata, Reveal, Cancel, History string
	// List leads back; the screen is shown at two addresses.
	List     string
	Facts    []screen.Fact
	Timeline []screen.Event
	// Text is what was sent, or TextNote says why it is not shown. Events are what webhooks were told of it, and JSON
	// is what the API answers, with the number as it is shown.
	Text, TextNote, JSON string
	Events               []told
}

// oneMessage is the screen of one message, also of one with a code.
func oneMessage(q *screen.Request) (screen.Answer, error) { return showMessage(q, false) }

// revealMessage is the same screen with the whole number. Who saw it is in the audit log.
func revealMessage(q *screen.Request) (screen.Answer, error) { return showMessage(q, true) }

func showMessage(q *screen.Request, whole bool) (screen.Answer, error) {
	m, err := findMessage(q)
	if err != nil {
		return nil, err
	}
	if whole {
		if err := q.NoteReveal(m.ID.String()); err != nil {
			return nil, err
		}
	}

	m.Metadata = q.Metadata(m.Metadata)
	path := q.At("/messages/" + m.ID.String())
	out := messagePage{
		ID: m.ID.String(), Status: m.State.String(), Metadata: string(m.Metadata),
		History: q.At("/history/" + m.ID.String()), List: q.At("/messages"),
		Timeline: q.Timeline(append([]screen.Event{{When: m.CreatedAt, Class: screen.MeansInfo, Title: q.Text("Requested")}}, eventsOf(q, m)...)),
	}
	out.To, out.Reveal = q.Revealed(m.To, whole, path)
	out.JSON = screen.Indented(q.Verbs.MessageBody(m, out.To))
	if out.Facts, err = factsOfMessage(q, m); err != nil {
		return nil, err
	}
	if out.Text, out.TextNote, err = textOf(q, m, whole); err != nil {
		return nil, err
	}
	if out.Events, err = eventsAbout(q, spansOf(q, m.Message), m.ID[:]); err != nil {
		return nil, err
	}
	if out.Status == "scheduled" && q.MaySend() {
		out.Cancel = path + "/cancel"
	}

	return screen.Page{
		Template: "message", Title: q.Text("Message"), Data: out, API: "GET /v2/messages/" + out.ID, Section: q.At("/messages"),
	}, nil
}

func findMessage(q *screen.Request) (query.Message, error) {
	m, err := id.ParseMessage(q.PathValue("id"))
	if err != nil {
		return query.Message{}, fault.NoSuch("message")
	}
	return q.Verbs.Query.GetMessage(q.Context(), q.Caller, m)
}

func factsOfMessage(q *screen.Request, m query.Message) ([]screen.Fact, error) {
	step := m.ShownStep()
	facts := []screen.Fact{
		{Name: q.Text("Id"), ID: m.ID.String()},
		{Name: q.Text("Sender"), Text: m.Sender},
		{Name: q.Text("Country"), Text: phone.Locate(m.To).Country},
		{Name: q.Text("Channel"), Text: step.Channel.String()},
		{Name: q.Text("Carrier"), Text: step.Carrier},
		{Name: q.Text("Language"), Text: m.Locale},
		{Name: q.Text("Created"), When: q.When(m.CreatedAt)},
		{Name: q.Text("Scheduled for"), When: q.When(m.ScheduledAt)},
		{Name: q.Text("Credits"), Text: fmt.Sprint(m.Credits())},
	}
	if step.Segments > 0 {
		facts = append(facts, screen.Fact{
			Name: q.Text("Segments"), Text: fmt.Sprintf("%d (%s)", step.Segments, step.Encoding),
		})
	}
	if !m.OTP.IsZero() {
		facts = append(facts, screen.Fact{
			Name: q.Text("Verification"), ID: m.OTP.String(), Href: q.At("/verifications/" + m.OTP.String()),
		})
	}
	more, err := factsOfRequest(q, m.Request)

	return append(facts, more...), err
}

// cancelMessage cancels a scheduled message.
func cancelMessage(q *screen.Request) (screen.Answer, error) {
	m, err := findMessage(q)
	if err != nil {
		return nil, err
	}
	if _, _, err := q.Verbs.Engine.CancelMessage(q.Context(), q.Caller, m.ID, nil); err != nil {
		return nil, err
	}

	return screen.Redirect{To: q.At("/messages/" + m.ID.String()), Notice: q.Text("The message was canceled and is not sent.")}, nil
}
