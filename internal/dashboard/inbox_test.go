package dashboard_test

import (
	"bufio"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/signin"
)

// outcomePath is where the form of a message's outcome sends.
var outcomePath = regexp.MustCompile(`/dashboard/[^"]*/outcome`)

func TestInbox_States(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	path := w.at(id.Test, "/inbox")
	owner.get(t, path).shows(t, 200, "The inbox is empty", "+15005550010").lacks(t, "Clear the inbox")
	owner.get(t, w.at(id.Live, "/inbox")).shows(t, 404, "test mode only")

	w.sendCode(t, id.Test, "+32470123456")
	owner.get(t, path).shows(t, 200, `data-copy="000000"`, "+32470123456", "1 segment · 8 credits in live mode", "data-live").
		lacks(t, "The inbox is empty")

	const script = `<script>alert(1)</script>`
	r := engine.SMSRequest{To: "+32470123457", Body: script}
	if _, _, err := w.SendSMS(t.Context(), w.Test, r, nil); err != nil {
		t.Fatal(err)
	}
	if p := owner.get(t, path).shows(t, 200, script); strings.Contains(p.raw, script) {
		t.Error("a text is not escaped")
	}

	owner.post(t, path+"/clear", url.Values{}).shows(t, 303)
	owner.get(t, path).shows(t, 200, "2 texts were removed", "The inbox is empty")
}

func TestInbox_Forms(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	path := w.at(id.Test, "/inbox")
	for name, c := range map[string]struct {
		path  string
		form  url.Values
		want  int
		shows string
	}{
		"no number":         {"/send", url.Values{}, 422, `aria-invalid="true"`},
		"a script":          {"/send", url.Values{"to": {"\"><script>"}}, 422, `aria-invalid="true"`},
		"a refusing number": {"/send", url.Values{"to": {"+15005550014"}}, 402, "no credits"},
		"a failing number":  {"/send", url.Values{"to": {"+15005550016"}}, 500, "simulated"},
		"no time":           {"/clock", url.Values{}, 400, "30s, 5m or 2h"},
		"backwards":         {"/clock", url.Values{"advance": {"-5m"}}, 400, "forward only"},
		"too far":           {"/clock", url.Values{"advance": {"9000h"}}, 400, "720h"},
		"a number to clear": {"/clear", url.Values{"number": {"abc"}}, 422, "number"},
		"no such message":   {"/messages/msg_none/outcome", url.Values{"outcome": {"read"}}, 404, "message"},
	} {
		t.Run(name, func(t *testing.T) {
			p := owner.post(t, path+c.path, c.form).shows(t, c.want, c.shows)
			if strings.Contains(p.raw, "><script>") {
				t.Error("what was typed is not escaped")
			}
			owner.post(t, w.at(id.Live, "/inbox"+c.path), c.form).shows(t, 404)
		})
	}
}

// TestInbox_Pages: what does not fit on the page is on the next one.
func TestInbox_Pages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	path := w.at(id.Test, "/inbox")
	for n := range screen.ListSize + 1 {
		r := engine.SMSRequest{To: fmt.Sprintf("+32470123%03d", 100+n), Body: "Hello"}
		if _, _, err := w.SendSMS(t.Context(), w.Test, r, nil); err != nil {
			t.Fatal(err)
		}
		w.Clock.Add(time.Second)
	}
	newest := owner.get(t, path).shows(t, 200, "+32470123150", "+32470123101", "Older", "data-live=").
		lacks(t, "+32470123100", ">Newest<")
	older := olderLink.FindStringSubmatch(newest.text)
	if older == nil {
		t.Fatal("no page is older")
	}
	owner.get(t, older[1]).shows(t, 200, "+32470123100", ">Newest<").lacks(t, "+32470123101", "Older", "data-live=")
	owner.get(t, path+"?before=x").shows(t, 400, "Before is no position")
}

// TestInbox_Outcome: a message that reports nothing gets the outcome that is chosen, once.
func TestInbox_Outcome(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	path := w.at(id.Test, "/inbox")
	owner.post(t, path+"/send", url.Values{"to": {"+15005550010"}}).shows(t, 303)
	to := outcomePath.FindString(owner.get(t, path).shows(t, 200, "A code was sent to +15005550010").text)
	for _, bad := range []string{"", "lost", "read:busy", "failed", "failed:bored"} {
		owner.post(t, to, url.Values{"outcome": {bad}}).shows(t, 400, "choose an outcome")
	}
	owner.post(t, to, url.Values{"outcome": {"read"}}).shows(t, 303)
	owner.get(t, path).shows(t, 200, "The message has its outcome: read", ">read<")
	owner.post(t, to, url.Values{"outcome": {"failed:busy"}}).shows(t, 400, "cannot change any more")
}

// TestInbox_Clock: the clock is moved, shown, and set back.
func TestInbox_Clock(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	path := w.at(id.Test, "/inbox")
	owner.get(t, path).shows(t, 200, "data-relative").lacks(t, "Ahead of real time")
	owner.post(t, path+"/clock", url.Values{"advance": {"5m"}}).shows(t, 303)
	// What has just happened by the sandbox's clock is not "in 5 min".
	owner.get(t, path).shows(t, 200, "is 5 min ahead", "Ahead of real time by").lacks(t, "data-relative")
	support := w.user(t, w.Account, signin.Support)

	const says = "s clock is <strong>5 min</strong> ahead."
	for screen, status := range map[string]int{"/overview": 200, "/settings": 200, "/messages/none": 404} {
		if p := owner.get(t, w.at(id.Test, screen)).shows(t, status); !strings.Contains(p.raw, says) {
			t.Errorf("%s does not say that the clock was moved", screen)
		}
		if p := owner.get(t, w.at(id.Live, screen)); strings.Contains(p.raw, "clock is") {
			t.Errorf("live mode speaks of the sandbox's clock: %s", screen)
		}
	}
	seen := support.get(t, w.at(id.Test, "/verifications")).raw
	if !strings.Contains(seen, says) || strings.Contains(seen, path) {
		t.Error("support is not told of the clock, or led to a screen that it may not open")
	}
	owner.post(t, path+"/clock", url.Values{"advance": {"24h25s"}}).shows(t, 303)
	keys := owner.get(t, w.at(id.Test, "/keys")).raw
	if !strings.Contains(keys, "clock is <strong>1 d 5 min 25 s</strong> ahead") {
		t.Error("the time is not written in units")
	}
	owner.post(t, path+"/clock", url.Values{"reset": {"yes"}}).shows(t, 303)
	owner.get(t, path).shows(t, 200, "at real time").lacks(t, "Ahead of real time by")
}

// TestInbox_Live: a phone appears in the open page by itself.
func TestInbox_Live(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	answer, err := owner.Do(owner.request(t, "GET", w.at(id.Test, "/inbox/live"), "", "Accept", "text/event-stream"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()

	w.sendCode(t, id.Test, "+32470123456")
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() {
		if strings.Contains(lines.Text(), `id="to-32470123456"`) {
			return
		}
	}
	t.Errorf("the stream ended without the phone: %v", lines.Err())
}
