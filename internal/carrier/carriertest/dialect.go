package carriertest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
)

// Dialect is the wire format of a provider: how it reads a submit, what it answers, and how it calls back. The Gateway
// has the
// rest, which is the same for all providers.
type Dialect struct {
	// Prefix begins the ids that it gives.
	Prefix string
	// CodeOnly: it gets only the code of a message, see Peer.
	CodeOnly bool
	// NoIDs is set when answers have no ids: receipts name our reference.
	NoIDs bool
	// Rejects is the reason of a rejected number; empty = invalid_destination, for those that say so.
	Rejects message.Reason
	// Read reads a submit. When it cannot, it has answered and returns false.
	Read func(w http.ResponseWriter, r *http.Request, body []byte) (Submit, bool)
	// Accept, Reject and Throttle answer a submit: accepted under this id, a number that does not exist, too many.
	Accept           func(w http.ResponseWriter, id string)
	Reject, Throttle func(w http.ResponseWriter)
	// Receipt and Inbound make the request of a callback to an address below base. Nil when the provider has none.
	Receipt func(base, id string, s carrier.Status) (*http.Request, error)
	Inbound func(base, from, to, body string) (*http.Request, error)
	// Old makes the request of a delivered receipt that was signed at a time; nil when the provider signs none.
	Old func(base, id string, at time.Time) (*http.Request, error)
}

func (d Dialect) id(n int64) string { return d.Prefix + strconv.FormatInt(n, 10) }

// AnswerJSON writes an answer of a dialect that speaks JSON.
func AnswerJSON(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

var statusNames = map[carrier.Status]string{
	carrier.Buffered: "buffered", carrier.Delivered: "delivered", carrier.Read: "read", carrier.Failed: "failed",
}

// PlainDialect is that of the kind "http", see docs/gateway.md. The token is required on submits when it is set.
func PlainDialect(token string) Dialect {
	callback := func(url string, body map[string]string) (*http.Request, error) {
		data, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		request, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(data))
		if err != nil {
			return nil, err
		}

		request.Header.Set("Authorization", "Bearer "+token)
		request.Header.Set("Content-Type", "application/json")

		return request, nil
	}

	return Dialect{
		Prefix: "g-",
		Read: func(w http.ResponseWriter, r *http.Request, body []byte) (Submit, bool) {
			return readPlain(w, r, body, token)
		},
		Accept: func(w http.ResponseWriter, id string) { AnswerJSON(w, http.StatusOK, `{"id":"`+id+`"}`) },
		Reject: func(w http.ResponseWriter) {
			AnswerJSON(w, http.StatusBadRequest, `{"reason":"invalid_destination","code":"E21"}`)
		},
		Throttle: func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", "1")
			AnswerJSON(w, http.StatusTooManyRequests, `{}`)
		},
		Receipt: func(base, id string, s carrier.Status) (*http.Request, error) {
			body := map[string]string{"id": id, "status": statusNames[s]}
			if s == carrier.Failed {
				body["reason"], body["code"] = "unreachable", "E7"
			}
			return callback(base+"/receipts", body)
		},
		Inbound: func(base, from, to, body string) (*http.Request, error) {
			return callback(base+"/inbound", map[string]string{"from": from, "to": to, "body": body})
		},
	}
}

func readPlain(w http.ResponseWriter, r *http.Request, body []byte, token string) (Submit, bool) {
	if token != "" && r.Header.Get("Authorization") != "Bearer "+token {
		AnswerJSON(w, http.StatusUnauthorized, `{"code":"token"}`)
		return Submit{}, false
	}

	var in struct{ ID, Channel, To, From, Body string }
	if json.Unmarshal(body, &in) != nil || r.Method != http.MethodPost {
		AnswerJSON(w, http.StatusBadRequest, `{"code":"request"}`)
		return Submit{}, false
	}

	return Submit{Ref: in.ID, To: in.To, From: in.From, Body: in.Body}, true
}
