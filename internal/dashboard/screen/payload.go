package screen

import (
	"bytes"
	"encoding/json"

	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/webhook"
)

// PayloadOf reads the body of an event; what cannot be read is left out.
func PayloadOf(body []byte) (p webhook.Payload) {
	_ = json.Unmarshal(body, &p)
	return p
}

// Written is what a phone wrote. It may be a code, or have a number in it, so it is left to those who may see numbers.
func (q *Request) Written(text string) string {
	if q.May(signin.SeeNumbers) {
		return text
	}
	return q.Text("(hidden)")
}

// Payload is the body of an event for people, with numbers as lists show them.
func (q *Request) Payload(body []byte) string {
	p := PayloadOf(body)
	mask := func(text string) string {
		if n, err := phone.ParseFormat(text); err == nil {
			return q.Masked(n)
		}
		return text
	}
	p.From, p.Metadata, p.Purpose = mask(p.From), q.Metadata(p.Metadata), q.WithoutNumbers(p.Purpose)
	if p.To != nil {
		to := mask(*p.To)
		p.To = &to
	}
	if !q.May(signin.SeeCredits) { // the balance of the account
		p.Credits, p.Threshold = nil, nil
	}
	if p.Text != nil {
		text := q.Written(*p.Text)
		p.Text = &text
	}

	return Indented(p)
}

// Indented is JSON for people.
func Indented(body any) string {
	var out bytes.Buffer
	write := json.NewEncoder(&out)
	write.SetEscapeHTML(false) // the template escapes it
	write.SetIndent("", "  ")
	_ = write.Encode(body) // published bodies always encode, into memory

	return string(bytes.TrimSpace(out.Bytes()))
}
