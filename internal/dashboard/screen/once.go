package screen

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/idempotency"
	"github.com/syssecure/syssecure/internal/people"
	"github.com/syssecure/syssecure/internal/secret"
)

// onceField is the hidden field by which a form is recognised that was sent twice; keepOnce is for how long. It is short,
// because the answers have secrets: long enough for a double click, and for a page that is loaded again at once.
const (
	onceField = "once"
	keepOnce  = 5 * time.Minute
)

// NewOnce makes the value of a form's hidden field "once".
func NewOnce() string { return rand.Text() }

// Secret is what an answer shows once: a key or a signing secret, and the id of what it belongs to.
type Secret struct {
	ID, Text string
}

// Once gives a form its effect once: the same form sent again gets the first answer, whose secret is kept sealed for some
// minutes. One that comes while the first is answered waits for it. show takes the secret out of what the verb returns.
func (q *Request) Once(show func(result any) (of string, text secret.String)) (*idempotency.Request, error) {
	once := q.Value(onceField)
	if once == "" || len(once) > 64 {
		return nil, fault.Invalid("", "the form was not complete; send it once more")
	}

	// The whole form is part of its name: a form that was changed after it was sent is another one. So is the session,
	// since no other one is shown the secret. Keys of the API have no zero bytes, so the names are never theirs.
	name := "dashboard\x00" + string(q.Visit.SessionID[:]) + "\x00" + q.PostForm.Encode()
	if err := q.inTurn(sha256.Sum256([]byte(name))); err != nil {
		return nil, err
	}
	r := q.Verbs.Answers.Request(q.Caller, name, q.Method, q.URL.Path, nil,
		func(result any, _ *fault.Fault) idempotency.Answer {
			of, text := show(result)
			body, _ := json.Marshal(Secret{of, text.Reveal()}) //nolint:errchkjson // two strings
			return idempotency.Answer{Status: http.StatusOK, Body: body}
		})
	r.KeepFor(keepOnce)

	return r, nil
}

// inTurn waits until no other request of this node has the same form, and lets others wait until this one is answered.
func (q *Request) inTurn(form [sha256.Size]byte) error {
	for {
		ticket, first := q.frame.once.Begin(form)
		if first {
			leave := q.leave
			q.leave = func() {
				q.frame.once.End(form, ticket)
				leave()
			}
			return nil
		}

		select {
		case <-q.frame.once.Ended(form):
		case <-q.Context().Done():
			return q.Context().Err()
		}
	}
}

// OnceLink makes a one-time link. A form that is sent twice gets the link of the first.
func (q *Request) OnceLink(make func() (people.Link, error)) (people.Link, error) {
	made, err := onceSecret(q, make, func(l people.Link) Secret {
		return Secret{l.EndsAt.Format(time.RFC3339Nano), l.Token.Reveal()}
	})
	if err != nil {
		return people.Link{}, err
	}
	ends, err := time.Parse(time.RFC3339Nano, made.ID)

	return people.Link{Token: secret.NewString(made.Text), EndsAt: ends}, err
}

// OnceCodes makes recovery codes. A form that is sent twice gets the codes of the first.
func (q *Request) OnceCodes(make func() ([]string, error)) ([]string, error) {
	made, err := onceSecret(q, make, func(codes []string) Secret { return Secret{Text: strings.Join(codes, " ")} })
	return strings.Fields(made.Text), err
}

// onceSecret runs what makes a secret once, and shows the first one to a form that is sent again.
func onceSecret[R any](q *Request, make func() (R, error), show func(R) Secret) (s Secret, err error) {
	once, err := q.Once(func(result any) (string, secret.String) {
		made, _ := result.(R)
		shown := show(made)
		return shown.ID, secret.NewString(shown.Text)
	})
	if err != nil {
		return s, err
	}
	_, answer, err := idempotency.Steps(q.Context(), q.Caller, once, make)
	if err != nil {
		return s, err
	}

	return SecretOf(answer)
}

// SecretOf reads what Once remembered.
func SecretOf(a *idempotency.Answer) (s Secret, err error) {
	err = json.Unmarshal(a.Body, &s)
	return s, err
}
