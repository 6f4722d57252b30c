package activity

import (
	"encoding/json"
	"net/url"
	"strings"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/phone"
)

// found is a screen that the search field leads to.
type found struct {
	Title string `json:"title"`
	Hint  string `json:"hint"`
	Href  string `json:"href"`
}

// find opens what was typed or pasted into the search field: an id, a number, or an API key by its beginning. A script
// gets the same as JSON.
func find(q *screen.Request) (screen.Answer, error) {
	typed := strings.TrimSpace(q.Value("q"))
	hits := lookUp(q, typed)
	if strings.Contains(q.Header.Get("Accept"), "application/json") {
		return screen.Stream(func(*screen.Request) error {
			q.Writer.Header().Set("Content-Type", "application/json")
			return json.NewEncoder(q.Writer).Encode(hits)
		}), nil
	}
	if len(hits) > 0 {
		return screen.Redirect{To: hits[0].Href}, nil
	}

	return nil, fault.Invalid("q",
		"%q is no id and no number; paste an id such as otp_…, or a number with its country code such as +32470123456", typed)
}

// lookUp is what a text can mean. It looks nothing up: the screen says when there is no such thing.
func lookUp(q *screen.Request, typed string) []found {
	out := []found{}
	prefix, rest, _ := strings.Cut(typed, "_")
	if name, href := q.Thing(typed); href != "" {
		out = append(out, found{name, typed, href})
	}
	if prefix == "sk" { // only the public part of a key is looked at
		if parts := strings.Split(rest, "_"); len(parts) > 1 && len(parts[1]) >= 8 {
			out = append(out, found{q.Text("API key"), "key_" + parts[1][:8], q.At("/keys/key_" + url.PathEscape(parts[1][:8]))})
		}
	}
	if n, err := phone.ParseFormat(strings.ReplaceAll(typed, " ", "")); err == nil {
		query := url.Values{"to": {n.E164()}}.Encode()
		out = append(
			out, found{q.Text("The last 24 hours of this number"), n.E164(), q.At("/history?" + query)},
			found{q.Text("Verifications of this number"), n.E164(), q.At("/verifications?" + query)},
		)
	}

	return out
}
