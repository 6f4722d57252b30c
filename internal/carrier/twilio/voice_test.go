package twilio

import (
	"context"
	"encoding/xml"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/carriertest"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/setting"
)

func newVoice(t testing.TB, base, publicURL string) *Voice {
	t.Helper()
	c := VoiceConfig{Config{AccountSID: sid, AuthToken: secret.NewString(token), APIBase: base}}
	made, err := c.Make(carrier.Common{Name: "twilio-voice", From: "+15005550006", Receipts: true, PublicURL: publicURL},
		slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(made.(*Voice).Close)

	return made.(*Voice)
}

func TestVoice_Suite(t *testing.T) {
	t.Parallel()
	spoken := dialect()
	spoken.Prefix, spoken.Inbound = "CA", nil
	spoken.Read = func(w http.ResponseWriter, r *http.Request, body []byte) (carriertest.Submit, bool) {
		form, err := url.ParseQuery(string(body))
		user, password, _ := r.BasicAuth()
		if err != nil || user != sid || password != token || r.URL.Path != "/2010-04-01/Accounts/"+sid+"/Calls.json" ||
			!strings.Contains(form.Get("Twiml"), "7, 3, 5, 1, 9, 0") {
			w.WriteHeader(http.StatusBadRequest)
			return carriertest.Submit{}, false
		}
		return carriertest.Submit{To: form.Get("To"), From: form.Get("From")}, true
	}
	spoken.Receipt = func(base, id string, s carrier.Status) (*http.Request, error) {
		state := map[carrier.Status]string{carrier.Delivered: "completed", carrier.Failed: "busy"}[s]
		return signedCall(base+"/receipts", url.Values{"CallSid": {id}, "CallStatus": {state}})
	}
	carriertest.RunWeb(t, "twilio-voice", spoken, func(t *testing.T, base, publicURL string) carriertest.WebCarrier {
		return newVoice(t, base, publicURL)
	})
}

// signedCall signs a callback of a call.
func signedCall(address string, form url.Values) (*http.Request, error) {
	r, err := signedRequest(address, form)
	if err != nil {
		return nil, err
	}
	text := address
	for _, name := range []string{"CallSid", "CallStatus", "Digits"} {
		if form.Has(name) {
			text += name + form.Get(name)
		}
	}
	r.Header.Set("X-Twilio-Signature", signature(text))

	return r, nil
}

func TestVoice_Spoken(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, code, want string }{
		"in the text":     {"Your code is 0427.", "0427", "Your code is 0, 4, 2, 7."},
		"not in the text": {"Your code:", "0427", "Your code: 0, 4, 2, 7"},
		"no code":         {"Hello", "", "Hello"},
	} {
		if got := spoken(c.text, c.code); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	for locale, want := range map[string]string{"fr": "fr-FR", "fr-BE": "fr-FR", "pt-BR": "pt-BR", "pt": "pt-PT", "xx": "", "": ""} {
		if got := language(locale); got != want {
			t.Errorf("%s is read as %q, want %q", locale, got, want)
		}
	}
}

// document is what Twilio understands of the TwiML.
type document struct {
	Gather struct {
		Action string `xml:"action,attr"`
		Say    []struct {
			Language string `xml:"language,attr"`
			Text     string `xml:",chardata"`
		}
	}
	Hangup *struct{}
}

// TestVoice_Gather: the address of a key shows nothing of the text, and a 1 has it read again.
func TestVoice_Gather(t *testing.T) {
	t.Parallel()
	const public = "https://otp.example.com"
	c := newVoice(t, "http://127.0.0.1:1", public)
	var first document
	text := `Code <&"> 7, 3`
	if err := xml.Unmarshal([]byte(c.twiml(text, "fr-FR")), &first); err != nil {
		t.Fatal(err)
	}
	say := first.Gather.Say
	if len(say) != 2 || say[0].Text != text || say[1].Text != text || say[0].Language != "fr-FR" {
		t.Errorf("%+v", first)
	}
	action := first.Gather.Action
	if !strings.HasPrefix(action, public+"/carriers/twilio-voice/gather?t=") || strings.Contains(action, "7") && strings.Contains(action, "Code") {
		t.Errorf("action %q", action)
	}

	for _, one := range []struct {
		name, action, digits string
		want                 int
		again                bool
	}{
		{name: "1", action: action, digits: "1", want: 200, again: true},
		{name: "another key", action: action, digits: "2", want: 200},
		{name: "a changed text", action: action[:len(action)-4] + "AAAA", digits: "1", want: 400},
		{name: "no text", action: public + "/carriers/twilio-voice/gather", digits: "1", want: 400},
	} {
		r, err := signedCall(one.action, url.Values{"CallSid": {"CA1"}, "Digits": {one.digits}})
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		status := http.StatusOK
		if f := c.ServeCallback(w, r, gather, carrier.Sink{}); f != nil {
			status = f.Status
		}
		var got document
		if status == http.StatusOK && xml.Unmarshal(w.Body.Bytes(), &got) != nil {
			t.Errorf("%s: %s", one.name, w.Body)
		}
		again := len(got.Gather.Say) == 2 && got.Gather.Say[0].Text == text
		if status != one.want || again != one.again || status == http.StatusOK && (got.Hangup == nil) != one.again {
			t.Errorf("%s: %d %s", one.name, status, w.Body)
		}
	}
}

func TestVoice_Ends(t *testing.T) {
	t.Parallel()
	c := newVoice(t, "http://127.0.0.1:1", "https://otp.example.com")
	for state, want := range map[string]carrier.Receipt{
		"completed":   {Status: carrier.Delivered},
		"busy":        {Status: carrier.Failed, Reason: message.Busy},
		"no-answer":   {Status: carrier.Failed, Reason: message.NoAnswer},
		"failed":      {Status: carrier.Failed, Reason: message.Unreachable},
		"in-progress": {Status: carrier.Buffered},
	} {
		var got carrier.Receipt
		sink := carrier.Sink{Receipt: func(_ context.Context, r carrier.Receipt) (bool, error) { got = r; return true, nil }}
		r, err := signedCall("https://otp.example.com/carriers/twilio-voice/receipts",
			url.Values{"CallSid": {"CA1"}, "CallStatus": {state}})
		if err != nil {
			t.Fatal(err)
		}
		f := c.ServeCallback(httptest.NewRecorder(), r, receipts, sink)
		if f != nil || got.ID != "CA1" || got.Status != want.Status || got.Reason != want.Reason {
			t.Errorf("%s: %+v %v", state, got, f)
		}
	}

	forged := httptest.NewRequest(http.MethodPost, "https://otp.example.com/carriers/twilio-voice/receipts",
		strings.NewReader("CallSid=CA1&CallStatus=completed"))
	if f := c.ServeCallback(httptest.NewRecorder(), forged, receipts, carrier.Sink{}); f == nil || f.Status != 401 {
		t.Errorf("forged: %v", f)
	}
}

func TestVoiceConfig_Problems(t *testing.T) {
	t.Parallel()
	for want, common := range map[string]carrier.Common{
		"":                      {Name: "a", From: "+1", PublicURL: "https://otp.example.com"},
		"from is missing":       {Name: "a", PublicURL: "https://otp.example.com"},
		"public_url is missing": {Name: "a", From: "+1"},
	} {
		c := VoiceConfig{Config{AccountSID: sid, AuthToken: secret.NewString(token), APIBase: defaultBase}}
		var found setting.Findings
		c.Check(&common, &found)
		if err := found.Err(""); want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v", want, err)
		}
	}
}

func FuzzVoice_Open(f *testing.F) {
	c := newVoice(f, "http://127.0.0.1:1", "https://otp.example.com")
	f.Add("AAAA")
	f.Fuzz(func(t *testing.T, token string) {
		if text, _, ok := c.open(token); ok {
			t.Errorf("%q opens %q", token, text)
		}
	})
}
