package screen

import (
	"net/url"
	"strings"

	"github.com/syssecure/syssecure/internal/signin"
)

// thing is a kind of things that have screens of their own.
type thing struct {
	path, name string
	may        signin.Permission
}

// things are those kinds, by the prefix of their ids.
var things = map[string]thing{
	"otp":  {"/verifications/", Text("Verification"), signin.SeeMessages},
	"msg":  {"/messages/", Text("Message"), signin.SeeMessages},
	"tmpl": {"/templates/", Text("Template"), signin.ManageTemplates},
	"whe":  {"/webhooks/", Text("Webhook endpoint"), signin.ManageWebhooks},
	"key":  {"/keys/", Text("API key"), signin.ManageKeys},
	"evt":  {"/events/", Text("Event"), signin.SeeMessages},
	"req":  {"/requests/", Text("Request"), signin.SeeRequests},
	"aud":  {"/audit/", Text("Entry of the audit log"), signin.SeeAudit},
}

// Thing is the screen of what has an id, and what it is called; empty when there is none, or not for this user. It looks
// nothing up.
func (q *Request) Thing(of string) (name, href string) {
	prefix, rest, _ := strings.Cut(of, "_")
	t, ok := things[prefix]
	if !ok || rest == "" || !q.May(t.may) {
		return "", ""
	}

	return q.Text(t.name), q.At(t.path + url.PathEscape(of))
}
