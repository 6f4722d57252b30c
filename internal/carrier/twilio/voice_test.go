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
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/carriertest"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/setting"
)

func newVoice(t testing.TB, base, publicURL string) *Voice {
	t.Helper()
	c := VoiceConfig{
		Config: Config{AccountSID: sid, AuthToken: secret.NewString(token), APIBase: base}, DetectVoicemail: true,
	}
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
	for _, name := range []string{"AnsweredBy", "CallDuration", "CallSid", "CallStatus", "Digits"} {
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

// TestVoice_ReadOnce: no voice reads a code faster.
func TestVoice_ReadOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text, code string
		want       time.Duration
	}{
		"at the end":     {"Your code is 042719", "042719", time.Second + 13*50*time.Millisecond + 6*400*time.Millisecond},
		"in the middle":  {"Code 0427. It is valid for 5 minutes.", "0427", time.Second + 5*50*time.Millisecond + 4*400*time.Millisecond},
		"without a code": {"Hello", "", time.Second + 5*50*time.Millisecond},
		"not Latin":      {"Код 0427", "0427", time.Second + 4*50*time.Millisecond + 4*400*time.Millisecond},
	} {
		if got := readOnce(spoken(c.text, c.code), c.code); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// TestVoice_Detection: who answers is found out beside the reading, and only where receipts come.
func TestVoice_Detection(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ receipts, detect, want bool }{
		"with receipts":    {true, true, true},
		"switched off":     {true, false, false},
		"without receipts": {false, true, false},
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
			config := VoiceConfig{
				Config:          Config{AccountSID: sid, AuthToken: secret.NewString(token), APIBase: server.URL},
				DetectVoicemail: c.detect,
			}
			made, err := config.Make(carrier.Common{
				Name: "v", From: "+15005550006", Receipts: c.receipts, PublicURL: "https://otp.example.com",
			}, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			got := made.Send(t.Context(), carrier.Message{
				To: "+32470000001", Body: secret.NewString("Your code is 042719"), Code: secret.NewString("042719"), Ref: "msg_1",
			})
			if got.Outcome != carrier.Accepted {
				t.Fatalf("%+v", got)
			}

			const address = "https://otp.example.com/carriers/v/receipts"
			detects := form.Get("MachineDetection") == "Enable" && form.Get("AsyncAmd") == "true" &&
				form.Get("AsyncAmdStatusCallback") == address+"?ref=msg_1"
			if detects != c.want || form.Has("MachineDetection") != c.want {
				t.Errorf("%v", form)
			}
			if has := form.Get("StatusCallback") == address+"?ref=msg_1&after=4"; has != c.receipts {
				t.Errorf("%v", form)
			}
		})
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
	if err := xml.Unmarshal([]byte(c.twiml(text, "fr-FR", time.Now().Add(time.Minute))), &first); err != nil {
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
	for name, one := range map[string]struct {
		query string
		form  url.Values
		want  carrier.Receipt
	}{
		"completed":   {"", url.Values{"CallStatus": {"completed"}}, carrier.Receipt{Status: carrier.Delivered}},
		"busy":        {"", url.Values{"CallStatus": {"busy"}}, carrier.Receipt{Status: carrier.Failed, Reason: message.Busy}},
		"no answer":   {"", url.Values{"CallStatus": {"no-answer"}}, carrier.Receipt{Status: carrier.Failed, Reason: message.NoAnswer}},
		"failed":      {"", url.Values{"CallStatus": {"failed"}}, carrier.Receipt{Status: carrier.Failed, Reason: message.Unreachable}},
		"in progress": {"", url.Values{"CallStatus": {"in-progress"}}, carrier.Receipt{Status: carrier.Buffered}},
		"long enough": {
			"?after=5", url.Values{"CallStatus": {"completed"}, "CallDuration": {"5"}}, carrier.Receipt{Status: carrier.Delivered},
		},
		"hung up": {
			"?after=5",
			url.Values{"CallStatus": {"completed"}, "CallDuration": {"4"}},
			carrier.Receipt{Status: carrier.Failed, Reason: message.NoAnswer, CarrierCode: "hung_up"},
		},
		"no duration": {"?after=5", url.Values{"CallStatus": {"completed"}}, carrier.Receipt{Status: carrier.Delivered}},
		"no number":   {"?after=x", url.Values{"CallStatus": {"completed"}, "CallDuration": {"2"}}, carrier.Receipt{Status: carrier.Delivered}},
		"hung up at once": {
			"",
			url.Values{"CallStatus": {"completed"}, "CallDuration": {"1"}},
			carrier.Receipt{Status: carrier.Failed, Reason: message.NoAnswer, CarrierCode: "hung_up"},
		},
		"a person":  {"", url.Values{"AnsweredBy": {"human"}}, carrier.Receipt{Status: carrier.Buffered}},
		"not known": {"", url.Values{"AnsweredBy": {"unknown"}}, carrier.Receipt{Status: carrier.Buffered}},
		"a machine": {
			"",
			url.Values{"AnsweredBy": {"machine_start"}},
			carrier.Receipt{Status: carrier.Failed, Reason: message.NoAnswer, CarrierCode: "voicemail"},
		},
		"a fax": {
			"",
			url.Values{"AnsweredBy": {"fax"}},
			carrier.Receipt{Status: carrier.Failed, Reason: message.NoAnswer, CarrierCode: "voicemail"},
		},
		"a machine to the end": {
			"?after=5",
			url.Values{"CallStatus": {"completed"}, "CallDuration": {"40"}, "AnsweredBy": {"machine_end_beep"}},
			carrier.Receipt{Status: carrier.Failed, Reason: message.NoAnswer, CarrierCode: "voicemail"},
		},
		"a person to the end": {
			"?after=5",
			url.Values{"CallStatus": {"completed"}, "CallDuration": {"40"}, "AnsweredBy": {"human"}},
			carrier.Receipt{Status: carrier.Delivered},
		},
	} {
		var got carrier.Receipt
		sink := carrier.Sink{Receipt: func(_ context.Context, r carrier.Receipt) (bool, error) { got = r; return true, nil }}
		one.form.Set("CallSid", "CA1")
		r, err := signedCall("https://otp.example.com/carriers/twilio-voice/receipts"+one.query, one.form)
		if err != nil {
			t.Fatal(err)
		}
		f := c.ServeCallback(httptest.NewRecorder(), r, receipts, sink)
		if f != nil || got.ID != "CA1" || got.Status != one.want.Status || got.Reason != one.want.Reason ||
			got.CarrierCode != one.want.CarrierCode {
			t.Errorf("%s: %+v %v", name, got, f)
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
		"":                      {Name: "a", From: "+3221234567", PublicURL: "https://otp.example.com"},
		"from must be a number": {Name: "a", PublicURL: "https://otp.example.com"},
		"number of the account": {Name: "a", From: "Acme", PublicURL: "https://otp.example.com"},
		"public_url is missing": {Name: "a", From: "+3221234567"},
	} {
		c := VoiceConfig{Config: Config{AccountSID: sid, AuthToken: secret.NewString(token), APIBase: defaultBase}}
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
		if r, ok := c.open(token); ok {
			t.Errorf("%q opens %q", token, r.text)
		}
	})
}
