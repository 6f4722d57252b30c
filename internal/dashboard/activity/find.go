package activity

import (
	"encoding/json"
	"net/url"
	"strings"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/signin"
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
	hits := append(lookUp(q, typed), lookUpInstallation(q, typed)...)

	return answerFind(q, typed, hits)
}

// mostPlaces are in how many accounts a text is looked up outside of an account.
const mostPlaces = 5

// findAnywhere is find on a page that belongs to no account: it leads into each of the user's accounts.
func findAnywhere(q *screen.Request) (screen.Answer, error) {
	typed := strings.TrimSpace(q.Value("q"))
	hits := append([]found{}, lookUpInstallation(q, typed)...)
	for _, m := range q.Visit.Accounts[:min(mostPlaces, len(q.Visit.Accounts))] {
		for _, mode := range []id.Mode{id.Live, id.Test} {
			in := *q
			in.Account.ID, in.Mode, in.Role = m.Account, mode, m.Role
			for _, f := range lookUp(&in, typed) {
				f.Hint = m.Name + ", " + mode.String() + ": " + f.Hint
				hits = append(hits, f)
			}
		}
	}

	return answerFind(q, typed, hits)
}

// lookUpInstallation is what a text can mean to an operator in the whole installation.
func lookUpInstallation(q *screen.Request, typed string) (out []found) {
	if !q.Visit.Operator {
		return nil
	}
	if a, err := id.ParseAccount(typed); err == nil {
		out = append(out, found{q.Text("Account"), typed, screen.AccountPath(a, id.Live) + "/overview"})
	}
	if strings.Contains(typed, "@") {
		out = append(out, found{q.Text("Users"), typed, screen.Root + "/users?" + url.Values{"q": {typed}}.Encode()})
	}

	return out
}

func answerFind(q *screen.Request, typed string, hits []found) (screen.Answer, error) {
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
	if prefix == "sk" && q.May(signin.ManageKeys) { // only the public part of a key is looked at
		if parts := strings.Split(rest, "_"); len(parts) > 1 && len(parts[1]) >= 8 {
			out = append(out, found{q.Text("API key"), "key_" + parts[1][:8], q.At("/keys/key_" + url.PathEscape(parts[1][:8]))})
		}
	}
	if n, err := phone.ParseFormat(screen.ReadNumber(typed)); err == nil && q.May(signin.SeeMessages) {
		query := url.Values{"to": {n.E164()}}.Encode()
		out = append(
			out, found{q.Text("The last 24 hours of this number"), n.E164(), q.At("/history?" + query)},
			found{q.Text("Verifications of this number"), n.E164(), q.At("/verifications?" + query)},
		)
	}

	return out
}
