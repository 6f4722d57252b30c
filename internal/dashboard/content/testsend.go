package content

import (
	"strings"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/template"
)

// testForm sends a code with the stored template.
type testForm struct {
	To, Channel, Locale string
	Channels            []message.Channel
	Locales             []string
	// Send is where the form sends.
	Send string
	// Cost is what a live code costs; empty before it is known. Confirm is what the form sends back with the user's yes: it
	// is of this number, channel and cost only.
	Cost, Confirm string
	// Sent is the screen of the code that was sent, and Inbox the phone that received it in test mode.
	Sent, Inbox string
}

// testPurpose keeps the codes of tests apart: a test does not cancel the code that the number's user waits for.
const testPurpose = "test"

// complete fills in what the form offers.
func (f *testForm) complete(q *screen.Request, p editorPage) {
	f.Channels, f.Send = message.Channels, q.At("/templates/"+p.ID+"/test")
	if f.Channel == "" {
		f.Channel = message.SMS.String()
	}
	for _, l := range p.Languages {
		f.Locales = append(f.Locales, l.Tag)
	}
	if q.Mode == id.Test {
		f.Inbox = q.At("/inbox")
	}
}

// sendTest sends a code with the stored template, by the verb of the API. In live mode it asks first, with the cost.
func sendTest(q *screen.Request) (screen.Answer, error) {
	t, err := findTemplate(q)
	if err != nil {
		return nil, err
	}
	form := editorOf(t)
	form.Test = &testForm{
		To: strings.ReplaceAll(q.Value("to"), " ", ""), Channel: q.Value("channel"), Locale: q.Value("locale"),
	}
	channel, err := message.ParseChannel(form.Test.Channel)
	if err != nil {
		return showEditor(q, form, fault.Invalid("channel", "%v", err))
	}
	if q.Mode == id.Live {
		cost, err := costOfTest(q, t, channel, form.Test)
		if err != nil {
			return showEditor(q, form, err)
		}
		form.Test.Cost = q.Count(int(cost), "%d credit", "%d credits")
		form.Test.Confirm = strings.Join([]string{form.Test.To, form.Test.Channel, form.Test.Locale, form.Test.Cost}, " ")
		if q.Value("yes") != form.Test.Confirm {
			return showEditor(q, form, nil)
		}
	}

	sent, err := sendOnce(q, t, channel, form.Test)
	if err != nil && (screen.FormFault(err) || form.Test.To == simulatedFailure) {
		return showEditor(q, form, err)
	} else if err != nil {
		return nil, err
	}

	return screen.Redirect{
		To:     q.At("/templates/"+form.ID) + "?sent=" + sent + "#test",
		Notice: q.Textf("A code was sent to %s.", form.Test.To),
	}, nil
}

// sendOnce sends the code once for each form, and gives the id of its verification.
func sendOnce(q *screen.Request, t store.Template, channel message.Channel, f *testForm) (string, error) {
	once, err := q.Once(func(result any) (string, secret.String) {
		sent, _ := result.(engine.OTPSent)
		return sent.OTP.ID.String(), secret.String{}
	})
	if err != nil {
		return "", err
	}
	if err := q.Verbs.Admin.NoteTest(q.Context(), q.Caller, t.ID, channel.String()); err != nil {
		return "", err
	}
	sent, replay, err := q.Verbs.Engine.SendOTP(q.Context(), q.Caller, engine.OTPRequest{
		To: f.To, Channels: []message.Channel{channel}, Template: t.ID.String(), Locale: f.Locale, Purpose: testPurpose,
		ForceNew: true,
	}, once)
	if err != nil || replay == nil {
		return sent.OTP.ID.String(), err
	}
	first, err := screen.SecretOf(replay)

	return first.ID, err
}

// costOfTest is what the code will cost: the price of the channel to the number, for each segment of an SMS.
func costOfTest(q *screen.Request, t store.Template, channel message.Channel, f *testForm) (int64, error) {
	to, err := phone.ParseFormat(f.To)
	if err != nil {
		return 0, fault.Number("to", err)
	}
	price := pricesOf(q.Verbs.Engine).Price(channel, to)
	if channel != message.SMS {
		return price, nil
	}

	o := template.Occasion{Locale: f.Locale, Values: template.Values{Code: sampleCode, Minutes: 5}}
	p, err := q.Verbs.Admin.ShowTemplate(q.Context(), q.Caller, t.ID, o, nothingStored)

	return price * int64(p.Segments), err
}
