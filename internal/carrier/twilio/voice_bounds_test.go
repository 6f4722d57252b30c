package twilio

import (
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/carriertest"
	"github.com/syssecure/syssecure/internal/secret"
)

// TestVoice_Life: no phone rings, and no code is read, for longer than the code is valid.
func TestVoice_Life(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		life        time.Duration
		ring, limit string
	}{
		"five minutes":      {5 * time.Minute, "30", "300"},
		"eight seconds":     {8500 * time.Millisecond, "8", "8"},
		"almost over":       {time.Millisecond, "1", "1"},
		"without an expiry": {0, "30", "14400"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var form url.Values
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_ = r.ParseForm()
				form = r.PostForm
				carriertest.AnswerJSON(w, http.StatusCreated, `{"sid":"CA1"}`)
			}))
			defer server.Close()
			v := newVoice(t, server.URL, "https://otp.example.com")
			v.Send(t.Context(), carrier.Message{
				To: "+32470000001", Body: secret.NewString("Code 0427"),
				Code: secret.NewString("0427"), Validity: c.life, Ref: "msg_1",
			})
			if form.Get("Timeout") != c.ring || form.Get("TimeLimit") != c.limit {
				t.Errorf("rings for %s s, lasts %s s", form.Get("Timeout"), form.Get("TimeLimit"))
			}
		})
	}

	c := newVoice(t, "http://127.0.0.1:1", "https://otp.example.com")
	var old document
	if err := xml.Unmarshal([]byte(c.twiml("Code 7, 3", "", time.Now().Add(-time.Second))), &old); err != nil {
		t.Fatal(err)
	}
	r, err := signedCall(old.Gather.Action, url.Values{"CallSid": {"CA1"}, "Digits": {"1"}})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	if f := c.ServeCallback(w, r, gather, carrier.Sink{}); f != nil || !strings.Contains(w.Body.String(), "Hangup") {
		t.Errorf("a code that has expired is read again: %v %s", f, w.Body)
	}
}

// TestVoice_Length: a document that Twilio would refuse is made shorter.
func TestVoice_Length(t *testing.T) {
	t.Parallel()
	c := newVoice(t, "http://127.0.0.1:1", "https://otp.example.com")
	for name, w := range map[string]struct {
		text        string
		says        int
		gathers, ok bool
	}{
		"short":              {"Your code is 7, 3", 2, true, true},
		"read twice":         {strings.Repeat("x", 1700), 2, false, true},
		"read once":          {strings.Repeat("x", 3000), 1, false, true},
		"escaped, read once": {strings.Repeat("&", 700), 1, false, true},
		"too long":           {strings.Repeat("x", 5000), 0, false, false},
	} {
		got, ok := c.fitting(w.text, "en-US", time.Now().Add(time.Minute))
		if ok != w.ok || strings.Count(got, "<Say") != w.says || strings.Contains(got, "<Gather") != w.gathers || len(got) > longestTwiml {
			t.Errorf("%s: %v, %d characters, %.60s", name, ok, len(got), got)
		}
	}
}

// TestVoice_Revoke ends the call, whatever its state.
func TestVoice_Revoke(t *testing.T) {
	t.Parallel()
	id := "CA" + strings.Repeat("0", 32)
	for name, c := range map[string]struct {
		id     string
		status int
		asked  bool
		fails  bool
	}{
		"under way":        {id: id, status: 200, asked: true},
		"over":             {id: id, status: 404, asked: true, fails: true},
		"not answered":     {id: ""},
		"an id of no call": {id: "../Messages/SM1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := ""
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_ = r.ParseForm()
				asked = r.Method + " " + r.URL.Path + " " + r.PostForm.Get("Status")
				carriertest.AnswerJSON(w, c.status, `{}`)
			}))
			defer server.Close()
			err := newVoice(t, server.URL, "https://otp.example.com").Revoke(t.Context(), c.id, "msg_1")
			if (err != nil) != c.fails {
				t.Errorf("%v", err)
			}
			if want := "POST /2010-04-01/Accounts/" + sid + "/Calls/" + id + ".json completed"; (asked == want) != c.asked {
				t.Errorf("asked %q", asked)
			}
		})
	}
}
