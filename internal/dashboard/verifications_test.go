package dashboard_test

import (
	"bufio"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/signin"
)

func TestVerifications_States(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	list := w.at(id.Test, "/verifications")
	owner.get(t, list).shows(t, 200, "No verification yet", "/v2/otp/send", "Test mode")

	o := w.sendCode(t, id.Test, "+32470123456")
	owner.get(t, list).shows(t, 200, o.String(), "+32470123456", ">sms<", "data-live").lacks(t, "No verification yet")
	owner.get(t, list+"?status=verified").shows(t, 200, "Nothing matches", "Clear the filters").lacks(t, o.String())
	owner.get(t, list+"?status=verified", "X-Fragment", "rows").shows(t, 200, "Nothing matches").lacks(t, "<html")
	owner.get(t, w.at(id.Live, "/verifications")).shows(t, 200, "No verification yet").lacks(t, o.String(), "Test mode")
	owner.get(t, list+"?before=x").shows(t, 400, "no position of this list")

	one := owner.get(t, list+"/"+o.String()).shows(t, 200, "Given to", o.String())
	if strings.Contains(one.text, "000000") {
		t.Error("the page shows the code")
	}
	owner.get(t, w.at(id.Live, "/verifications/"+o.String())).shows(t, 404)
	owner.get(t, list+"/otp_none").shows(t, 404)
}

// TestNumbers_Masked: whole numbers of live mode are shown to those who may see them, after they asked, and that is noted.
func TestNumbers_Masked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, support := w.user(t, w.Account, signin.Owner), w.user(t, w.Account, signin.Support)
	const number = "+32470987654"
	o := w.sendCode(t, id.Live, number)
	path := w.at(id.Live, "/verifications")
	for _, b := range []*browser{owner, support} {
		b.get(t, path).shows(t, 200, o.String()).lacks(t, number)
		b.get(t, path+".csv").shows(t, 200, o.String()).lacks(t, number)
		b.get(t, path+"/"+o.String()).shows(t, 200).lacks(t, number)
	}

	w.Clock.Add(time.Second)
	owner.post(t, path+"/"+o.String()+"/reveal", url.Values{}).shows(t, 200, number)
	support.post(t, path+"/"+o.String()+"/reveal", url.Values{}).shows(t, 403).lacks(t, number)
	rows := w.audits(t)
	if len(rows) == 0 || rows[0].Action != "number.revealed" || rows[0].Object != o.String() || rows[0].ActorKind != "user" {
		t.Errorf("the audit log has %+v", rows)
	}

	test := w.sendCode(t, id.Test, "+32470999999")
	support.get(t, w.at(id.Test, "/verifications/"+test.String())).shows(t, 200).lacks(t, "+32470999999")
}

// TestVerifications_Live: a code appears in an open list by itself, and again when its state changes.
func TestVerifications_Live(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	r := owner.request(t, "GET", w.at(id.Test, "/verifications/live"), "", "Accept", "text/event-stream")
	answer, err := owner.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()

	o := w.sendCode(t, id.Test, "+32470123456")
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() {
		if strings.Contains(lines.Text(), `id="`+o.String()+`"`) {
			return
		}
	}
	t.Errorf("the stream ended without the code: %v", lines.Err())
}
