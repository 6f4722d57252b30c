package screen

import (
	"fmt"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/signin"
)

// WithCall adds the call that makes the first thing of an empty list. In test mode it works as it stands. Live mode needs a
// number of the user's, a carrier and credits, and so says that and leads there. body has %s for the number.
func (e Empty) WithCall(q *Request, api, body string) Empty {
	number := "+15005550006"
	if !q.May(signin.ManageKeys) {
		e.Href, e.Action = "", ""
	}
	if q.Mode == id.Live {
		number = "+YOUR_NUMBER"
		e.Text = Sentences(e.Text, q.Text("Put a phone number of yours into it. Live messages need credits, and a carrier that "+
			"an operator of the server configures."))
		switch {
		case q.Visit.Operator:
			e.Href, e.Action = Root+"/carriers", q.Text("Carriers")
		case q.May(signin.SeeCredits):
			e.Href, e.Action = q.At("/credits"), q.Text("Credits")
		}
	}
	e.Code = q.Curl(&Page{API: api, Body: fmt.Sprintf(body, number)})

	return e
}
