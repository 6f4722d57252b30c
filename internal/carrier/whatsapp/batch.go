package whatsapp

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/secret"
)

// payload is the body of a callback.
type payload struct {
	Entry []struct {
		Changes []struct {
			Field string          `json:"field"`
			Value json.RawMessage `json:"value"`
		} `json:"changes"`
	} `json:"entry"`
}

// change is the value of a change whose field is "messages".
type change struct {
	Metadata struct {
		Number   string `json:"display_phone_number"`
		NumberID string `json:"phone_number_id"`
	} `json:"metadata"`
	Contacts contacts  `json:"contacts"`
	Statuses []status  `json:"statuses"`
	Messages []written `json:"messages"`
	Errors   []problem `json:"errors"`
}

// contacts are the people whom a change is about. A person's number may be missing, the user id is not.
type contacts []struct {
	Number string `json:"wa_id"`
	User   string `json:"user_id"`
}

// of finds the user id of a number. An only contact is the one that is meant, also without a number.
func (c contacts) of(number string) string {
	for _, one := range c {
		if one.Number == number && number != "" || len(c) == 1 && (number == "" || one.Number == "") {
			return one.User
		}
	}
	return ""
}

// status is what became of a message.
type status struct {
	ID     string    `json:"id"`
	Status string    `json:"status"` // sent, delivered, read, played, failed
	Number string    `json:"recipient_id"`
	User   string    `json:"recipient_user_id"`
	Ref    string    `json:"biz_opaque_callback_data"`
	Errors []problem `json:"errors"`
}

// written is what a person wrote or pressed.
type written struct {
	From   string `json:"from"`
	User   string `json:"from_user_id"`
	ID     string `json:"id"`
	Type   string `json:"type"`
	Text   struct{ Body string }
	Button struct{ Text, Payload string }
	Press  struct {
		Button struct{ Title string } `json:"button_reply"`
		List   struct{ Title string } `json:"list_reply"`
	} `json:"interactive"`
}

// batch is what a callback reports.
type batch struct {
	receipts [][]carrier.Receipt // of each message, in the order of the callback
	inbound  []carrier.Inbound
	problems []reported
	// others are changes of other numbers, unreadable is what cannot be read: a repetition would not help.
	others, unreadable int

	byID map[string]int // in receipts
}

// reported is a problem of the operator's, each once.
type reported struct{ code, cause string }

// parse reads the body of a callback for the number with an id.
func parse(body []byte, numberID string) (batch, *fault.Fault) {
	var p payload
	if json.Unmarshal(body, &p) != nil {
		return batch{}, fault.New(fault.InvalidParams, "the body must be one JSON object, as Meta sends it")
	}

	b := batch{byID: map[string]int{}}
	for _, entry := range p.Entry {
		for _, one := range entry.Changes {
			if one.Field != "messages" {
				continue
			}
			var c change
			unread := json.Unmarshal(one.Value, &c) != nil // then everything else of it was read
			switch {
			case unread:
				b.unreadable++
			case c.Metadata.NumberID != numberID:
				b.others++
			}
			if c.Metadata.NumberID == numberID {
				b.add(c)
			}
		}
	}

	return b, nil
}

func (b *batch) add(c change) {
	for _, e := range c.Errors {
		_, cause := failure(e.Code)
		b.report(e.Code, cmp.Or(cause, "an error that concerns the whole number"))
	}

	for _, s := range c.Statuses {
		if s.ID == "" {
			b.unreadable++
			continue
		}
		i, known := b.byID[s.ID]
		if !known {
			i = len(b.receipts)
			b.byID[s.ID], b.receipts = i, append(b.receipts, nil)
		}
		b.receipts[i] = append(b.receipts[i], b.receiptOf(s, c.Contacts))
	}

	for _, m := range c.Messages {
		body, readable := m.body()
		from := m.sender(c.Contacts)
		switch {
		case !readable: // a picture, a reaction, a change of number
		case from == "":
			b.unreadable++
		default:
			b.inbound = append(b.inbound, carrier.Inbound{
				From: from, To: withPlus(c.Metadata.Number), Body: secret.NewString(body), ID: m.ID,
			})
		}
	}
}

// report notes a problem, each code once.
func (b *batch) report(code int, cause string) {
	r := reported{strconv.Itoa(code), cause}
	for _, known := range b.problems {
		if known == r {
			return
		}
	}
	b.problems = append(b.problems, r)
}

// statuses are those of Meta's reference of the webhook "messages". sent is on the way, played is of voice messages.
var statuses = map[string]carrier.Status{
	"sent": carrier.Buffered, "played": carrier.Buffered, "deleted": carrier.Buffered,
	"delivered": carrier.Delivered, "read": carrier.Read, "failed": carrier.Failed,
}

func (b *batch) receiptOf(s status, known contacts) carrier.Receipt {
	r := carrier.Receipt{ID: s.ID, Ref: s.Ref, User: person(cmp.Or(s.User, known.of(s.Number)))}
	r.Status, r.Unknown = carrier.ReadStatus(statuses, s.Status)
	if r.Status != carrier.Failed {
		return r
	}

	code := 0
	if len(s.Errors) > 0 {
		code = s.Errors[0].Code
	}
	var cause string
	if r.Reason, cause = failure(code); cause != "" {
		b.report(code, cause)
	}
	if code > 0 {
		r.CarrierCode = strconv.Itoa(code)
	}

	return r
}

// body is what the person wrote, or the text of the button that was pressed.
func (m written) body() (body string, ok bool) {
	switch m.Type {
	case "text":
		return m.Text.Body, true
	case "button":
		return cmp.Or(m.Button.Text, m.Button.Payload), true
	case "interactive":
		title := cmp.Or(m.Press.Button.Title, m.Press.List.Title)
		return title, title != ""
	}
	return "", false
}

// person writes a user id as it takes the place of a number; empty when it is none.
func person(userID string) phone.Number {
	if user, ok := phone.ParseUser("whatsapp:" + userID); ok {
		return user
	}
	return ""
}

// sender is the number of the person who wrote, or "whatsapp:" and the user id where the number is not visible; empty when
// there is neither.
func (m written) sender(known contacts) string {
	if m.From != "" && digits(m.From) {
		return withPlus(m.From)
	}
	return person(cmp.Or(m.User, known.of(""), m.From)).E164()
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// withPlus adds the plus that Meta leaves out of numbers.
func withPlus(number string) string {
	if number != "" && digits(number) {
		return "+" + number
	}
	return number
}
