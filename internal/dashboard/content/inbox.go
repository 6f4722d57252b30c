package content

import (
	"context"
	"regexp"
	"strings"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/route"
)

// bubble is one text on a phone.
type bubble struct {
	Channel, Body, Status string
	At                    screen.Moment
	// Code is what the copy button copies; empty for a text without a code.
	Code string
	// Size says how many segments it has, and what it would have cost in live mode.
	Size string
	// Of is the message or verification; Outcome is where its form sends, empty when the message is gone.
	Of, Outcome string
	Reasons     []message.Reason
	// Label names the form for those who do not see where it stands.
	Label string
}

// thread are the texts to one number, newest first.
type thread struct {
	ID, To  string
	Bubbles []bubble
	state   string
}

// try is a number that simulates something.
type try struct{ To, Text string }

// inboxPage is what the screen shows.
type inboxPage struct {
	Threads []thread
	Pages   screen.Pager
	Empty   *screen.Empty
	Live    string
	Faults  []fault.FieldError
	Tries   []try
	// To is the number that was filled in, and Advance the move of the clock.
	To, Advance string
	// Now is the sandbox's time, and Ahead how far it is ahead; empty when its clock was not moved.
	Now   screen.Moment
	Ahead string
	// Send, Clear and Clock are where the forms send.
	Send, Clear, Clock string
}

// reasons are why a message can fail, as the form offers them; the first is the usual one.
var reasons = []message.Reason{
	message.Unreachable, message.InvalidDestination, message.NotOnChannel, message.CarrierRejected,
	message.BlockedByRecipient, message.OptedOut, message.ExpiredInTransit, message.TemplateRejected,
	message.SenderNotAllowed, message.CarrierError, message.CarrierTimeout, message.NoAnswer, message.Busy,
	message.UnknownReason,
}

// outcomes are what can be chosen for a message.
var outcomes = map[string]carrier.Status{
	"delivered": carrier.Delivered, "read": carrier.Read, "failed": carrier.Failed,
}

// inbox is the screen of what the sandbox's phones received.
func inbox(q *screen.Request) (screen.Answer, error) { return showInbox(q, nil) }

// showInbox shows the inbox, with what was wrong with a form that was sent from it.
func showInbox(q *screen.Request, wrong error) (screen.Answer, error) {
	if err := inTest(q); err != nil {
		return nil, err
	}
	before, err := screen.Position(id.ParseMessage, q.URL.Query().Get("before"))
	if err != nil {
		return nil, err
	}
	threads, next, err := readThreads(q.Context(), q, before)
	if err != nil {
		return nil, err
	}

	out := inboxPage{
		Threads: threads, Pages: q.Pages(next), Faults: q.FaultsOf(wrong), To: q.Value("to"),
		Advance: q.Value("advance"), Send: q.At("/inbox/send"), Clear: q.At("/inbox/clear"), Clock: q.At("/inbox/clock"),
		Now: q.When(q.Verbs.Now().Add(q.SandboxAhead())),
	}
	for i, f := range out.Faults {
		if f.Field != "to" && f.Field != "advance" { // the forms of messages have no field that a link could lead to
			out.Faults[i].Field = ""
		}
	}
	if before.IsZero() {
		out.Live = q.At("/inbox/live")
	}
	if ahead := q.SandboxAhead(); ahead > 0 {
		out.Ahead = q.Took(ahead)
	}
	for _, n := range engine.SandboxNumbers {
		out.Tries = append(out.Tries, try{n.Number, q.Text(strings.ReplaceAll(n.Text, "`", ""))})
	}
	if len(threads) == 0 {
		out.Empty = &screen.Empty{
			Icon: "inbox", Title: q.Text("The inbox is empty"),
			Text: q.Text("Send a code to one of the numbers on this page, or with this call. It appears here by itself."),
			Code: q.Curl(&screen.Page{API: "POST /v2/otp/send", Body: `{"to": "+15005550006", "channels": ["sms"]}`}),
		}
	}

	p := screen.Page{
		Template: "inbox", Title: q.Text("Sandbox inbox"), Data: out, Scripts: []string{"live.js"},
		API: "GET /v2/sandbox/messages", Section: q.At("/inbox"),
	}
	if wrong != nil {
		p.Status = fault.From(wrong).Status
	}

	return p, nil
}

// inTest refuses the screen in live mode, which has no phones to look into.
func inTest(q *screen.Request) error {
	if q.Mode != id.Test {
		return fault.New(fault.NotFound, "%s", q.Text("there is an inbox in test mode only; switch to Test"))
	}
	return nil
}

// readThreads reads as many texts as a list has rows, by number; the number with the newest text is the first. next is where
// the next page begins, empty after the last.
func readThreads(ctx context.Context, q *screen.Request, before id.Message) (out []thread, next string, err error) {
	list, err := q.Verbs.Engine.Inbox(ctx, q.Caller, "", before, screen.ListSize+1)
	if err != nil {
		return nil, "", err
	}
	list, next, err = screen.PageOf(list, "", func(text engine.InboxText) string { return text.ID.String() })
	if err != nil {
		return nil, "", err
	}

	prices := pricesOf(q.Verbs.Engine)
	at := map[phone.Number]int{}
	for _, text := range list {
		i, known := at[text.To]
		if !known {
			i = len(out)
			at[text.To], out = i, append(out, thread{ID: "to-" + text.To.E164()[1:], To: text.To.E164()})
		}
		b := bubbleOf(q, text, prices)
		out[i].Bubbles = append(out[i].Bubbles, b)
		out[i].state += text.Message.String() + b.Channel + b.Status
	}

	return out, next, nil
}

// pricesOf are the prices of live messages as a table.
func pricesOf(e *engine.Engine) (t route.Table) {
	for _, p := range e.Prices() {
		t.Prices = append(t.Prices, p.Price)
	}
	return t
}

// Codes stand alone, and last in a line "@host #code", by which phones fill them in.
var (
	codeInText = regexp.MustCompile(`\b[0-9]{4,10}\b`)
	codeAtEnd  = regexp.MustCompile(`(?m)^@\S+ #([0-9]{4,10})\s*$`)
)

// codeOf finds the code in the text of a verification.
func codeOf(body string) string {
	if m := codeAtEnd.FindStringSubmatch(body); m != nil {
		return m[1]
	}
	return codeInText.FindString(body)
}

func bubbleOf(q *screen.Request, text engine.InboxText, prices route.Table) bubble {
	b := bubble{
		Channel: text.Channel.String(), Body: text.Body, Status: text.State.String(), At: q.When(text.At),
		Of: q.At("/messages/" + text.Message.String()), Reasons: reasons,
		Label: q.Textf("Outcome of the message to %s", text.To.E164()),
	}
	if !text.OTP.IsZero() {
		b.Code, b.Of = codeOf(text.Body), q.At("/verifications/"+text.OTP.String())
	}
	if text.State != 0 {
		b.Outcome = q.At("/inbox/messages/" + text.Message.String() + "/outcome")
	}

	var size []string
	units := 1
	if text.Channel == message.SMS {
		_, units = message.Segments(text.Body)
		size = append(size, q.Count(units, "%d segment", "%d segments"))
	}
	if cost := int(prices.Price(text.Channel, text.To)) * units; cost > 0 {
		size = append(size, q.Count(cost, "%d credit in live mode", "%d credits in live mode"))
	}
	b.Size = strings.Join(size, " · ")

	return b
}

// inboxLive is the stream of the threads: one comes when its number gets a text, and again when something changes in it.
func inboxLive(q *screen.Request) (screen.Answer, error) {
	if err := inTest(q); err != nil {
		return nil, err
	}
	return q.Live("inbox", func(ctx context.Context) (rows []screen.LiveRow, err error) {
		threads, _, err := readThreads(ctx, q, id.Message{})
		for _, t := range threads {
			rows = append(rows, screen.LiveRow{ID: t.ID, State: t.state, View: t})
		}
		return rows, err
	}), nil
}
