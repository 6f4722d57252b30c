package httpapi_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/testworld"
)

// goodText has the required fields of a send.
const goodText = `"to":"` + phoneA + `","body":"Hello"`

func (a *api) liveText(t testing.TB, rest string) answer {
	t.Helper()
	return a.call(t, a.live, "POST", "/v2/sms/send", `{`+goodText+rest+`}`).ok()
}

// TestSMS_Published compares the whole answer and the whole message.
func TestSMS_Published(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 100})
	w := a.liveText(t, `,"from":"Acme","metadata":{"order":5},"callback_url":"https://example.com/s"`)
	want := `{"message_id":"` + w.str("message_id") +
		`","status":"sent","channel":"sms","to":"+32470123456","from":"Acme","segments":1,"encoding":"gsm7",` +
		`"credits":8,"created_at":"2026-04-25T15:27:00Z"}`
	if strings.TrimSpace(w.text) != want || !strings.HasPrefix(w.str("message_id"), "msg_") {
		t.Errorf("answered %s, want %s", w.text, want)
	}

	object := func(id string) string {
		t.Helper()
		return strings.TrimSpace(a.call(t, a.live, "GET", "/v2/messages/"+id, "").ok().text)
	}
	if got, want := object(w.str("message_id")),
		`{"message_id":"`+w.str("message_id")+
			`","status":"sent","channel":"sms","to":"+32470123456","from":"Acme","segments":1,"encoding":"gsm7",`+
			`"credits":8,"carrier":"smsc","metadata":{"order":5},"attempts":[{"channel":"sms","carrier":"smsc",`+
			`"status":"sent","segments":1,"credits":8,"chosen":"no route, order","at":"2026-04-25T15:27:00Z"}],`+
			`"created_at":"2026-04-25T15:27:00Z","sent_at":"2026-04-25T15:27:00Z"}`; got != want {
		t.Errorf("reads  %s\nwant %s", got, want)
	}

	w = a.liveText(t, `,"scheduled_at":"2026-04-26T11:00:00+02:00"`)
	if w.str("status") != "scheduled" || w.str("scheduled_at") != "2026-04-26T09:00:00Z" || w.json["credits"] != 8.0 {
		t.Errorf("scheduled: %s", w.text)
	}

	a.sms.Script(testworld.Throttles(time.Minute))
	if w = a.liveText(t, ``); w.str("status") != "pending" || w.json["credits"] != 8.0 {
		t.Errorf("throttled: %s", w.text)
	}

	a.sms.Script(testworld.AnswersWith(carrier.Result{
		Outcome: carrier.Rejected, Reason: message.Unreachable, CarrierCode: "0x0b",
	}))
	w = a.liveText(t, ``)
	a.Clock.Add(3 * time.Second)
	a.until(t, func() bool {
		return !strings.Contains(object(w.str("message_id")), `"status":"pending","channel":"sms","to"`)
	})
	if got := object(w.str("message_id")); !strings.Contains(got, `"status":"failed"`) || !strings.Contains(got,
		`"credits":0,"reason":"unreachable"`) || !strings.Contains(got, `"carrier_code":"0x0b"`) {
		t.Errorf("failed: %s", got)
	}
}

// until runs the engine's loops until the condition holds.
func (a *api) until(t testing.TB, holds func() bool) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); _ = a.Dispatcher.Run(ctx) }()
	for deadline := time.Now().Add(time.Minute); !holds() && time.Now().Before(deadline); {
		time.Sleep(5 * time.Millisecond)
	}
	stop()
	<-done
}

func TestSMS_SegmentsAndEncoding(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	for i, c := range []struct {
		body     string
		segments float64
		encoding string
	}{
		{body: strings.Repeat("a", 160), segments: 1, encoding: "gsm7"},
		{body: strings.Repeat("a", 161), segments: 2, encoding: "gsm7"},
		{body: strings.Repeat("a", 158) + "€", segments: 1, encoding: "gsm7"},
		{body: strings.Repeat("a", 159) + "€", segments: 2, encoding: "gsm7"},
		{body: strings.Repeat("[", 80), segments: 1, encoding: "gsm7"},
		{body: strings.Repeat("|", 81), segments: 2, encoding: "gsm7"},
		{body: strings.Repeat("ж", 70), segments: 1, encoding: "ucs2"},
		{body: strings.Repeat("ж", 71), segments: 2, encoding: "ucs2"},
		{body: strings.Repeat("😀", 35), segments: 1, encoding: "ucs2"},
		{body: strings.Repeat("😀", 36), segments: 2, encoding: "ucs2"},
		{body: strings.Repeat("a", 1600), segments: 11, encoding: "gsm7"},
		{body: strings.Repeat("😀", 1600), segments: 49, encoding: "ucs2"},
		{body: "`", segments: 1, encoding: "ucs2"},
	} {
		w := a.post(t, "/v2/sms/send", `{"to":"`+testworld.Number(i)+`","body":"`+c.body+`"}`).ok()
		if w.json["segments"] != c.segments || w.str("encoding") != c.encoding {
			t.Errorf("%d: %s", i, w.text)
		}

		shown := a.get(t, "/v2/sandbox/messages?limit=1&to=%2B"+
			testworld.Number(i)[1:]).ok().json["data"].([]any)[0].(map[string]any)
		if shown["body"] != c.body || shown["channel"] != "sms" {
			t.Errorf("%d: the phone shows %.80v", i, shown)
		}
	}
}

// badSMS are bodies of a send, with the field and status of the error.
var badSMS = map[string]struct {
	body, field string
	status      int
}{
	"nothing":          {status: 400},
	"an empty object":  {body: `{}`, field: "body", status: 400},
	"no body":          {body: `{"to":"` + phoneA + `"}`, field: "body", status: 400},
	"an empty body":    {body: `{"to":"` + phoneA + `","body":""}`, field: "body", status: 400},
	"body is null":     {body: `{"to":"` + phoneA + `","body":null}`, field: "body", status: 400},
	"body is a number": {body: `{"to":"` + phoneA + `","body":5}`, field: "body", status: 400},
	"1601 characters": {
		body: `{"to":"` + phoneA + `","body":"` + strings.Repeat("é", 1601) + `"}`, field: "body", status: 400,
	},
	"no to":                  {body: `{"body":"x"}`, field: "to", status: 400},
	"to is national":         {body: `{"to":"0470123456","body":"x"}`, field: "to", status: 422},
	"to in other digits":     {body: `{"to":"+٣٢٤٧٠١٢٣٤٥٦","body":"x"}`, field: "to", status: 422},
	"premium":                {body: `{"to":"+32903123456","body":"x"}`, field: "to", status: 422},
	"an unknown field":       {body: `{` + goodText + `,"channel":"sms"}`, field: "channel", status: 400},
	"from of 12 letters":     {body: `{` + goodText + `,"from":"TwelveLetter"}`, field: "from", status: 400},
	"from of 17 characters":  {body: `{` + goodText + `,"from":"+1234567890123456"}`, field: "from", status: 400},
	"from without a letter":  {body: `{` + goodText + `,"from":"12-34"}`, field: "from", status: 400},
	"from of two digits":     {body: `{` + goodText + `,"from":"12"}`, field: "from", status: 400},
	"from with a line break": {body: `{` + goodText + `,"from":"Ac\nme"}`, field: "from", status: 400},
	"from with an accent":    {body: `{` + goodText + `,"from":"Élan"}`, field: "from", status: 400},
	"from is a number":       {body: `{` + goodText + `,"from":1234}`, field: "from", status: 400},
	"callback without scheme": {
		body: `{` + goodText + `,"callback_url":"example.com/s"}`, field: "callback_url", status: 400,
	},
	"callback to a file": {
		body:  `{` + goodText + `,"callback_url":"file:///etc/passwd"}`,
		field: "callback_url", status: 400,
	},
	"callback with a password": {
		body:  `{` + goodText + `,"callback_url":"https://u:p@example.com/"}`,
		field: "callback_url", status: 400,
	},
	"callback too long": {body: `{` + goodText + `,"callback_url":"https://example.com/` +
		strings.Repeat("a", 2048) + `"}`, field: "callback_url", status: 400},
	"callback with a fragment": {
		body:  `{` + goodText + `,"callback_url":"https://example.com/#x"}`,
		field: "callback_url", status: 400,
	},
	"scheduled, empty": {body: `{` + goodText + `,"scheduled_at":""}`, field: "scheduled_at", status: 400},
	"callback empty":   {body: `{` + goodText + `,"callback_url":""}`, field: "callback_url", status: 400},
	"scheduled in words": {
		body: `{` + goodText + `,"scheduled_at":"tomorrow"}`, field: "scheduled_at", status: 400,
	},
	"scheduled, no offset": {
		body: `{` + goodText + `,"scheduled_at":"2026-04-26T09:00:00"}`, field: "scheduled_at", status: 400,
	},
	"scheduled, a day only": {
		body: `{` + goodText + `,"scheduled_at":"2026-04-26"}`, field: "scheduled_at", status: 400,
	},
	"scheduled, a number": {
		body: `{` + goodText + `,"scheduled_at":1777200000}`, field: "scheduled_at", status: 400,
	},
	"scheduled in the past": {
		body: `{` + goodText + `,"scheduled_at":"2026-04-25T15:27:00Z"}`, field: "scheduled_at", status: 400,
	},
	"scheduled in 31 days": {
		body: `{` + goodText + `,"scheduled_at":"2026-05-26T16:00:00Z"}`, field: "scheduled_at", status: 400,
	},
	"scheduled on no day": {
		body: `{` + goodText + `,"scheduled_at":"2026-04-31T16:00:00Z"}`, field: "scheduled_at", status: 400,
	},
	"scheduled in year 0": {
		body: `{` + goodText + `,"scheduled_at":"0001-01-01T00:00:00Z"}`, field: "scheduled_at", status: 400,
	},
	"metadata too large": {
		body:  `{` + goodText + `,"metadata":{"a":"` + strings.Repeat("x", 4089) + `"}}`,
		field: "metadata", status: 400,
	},
	"metadata too deep": {
		body: `{` + goodText + `,"metadata":{"a":[[[[[1]]]]]}}`, field: "metadata",
		status: 400,
	},
	"metadata is an array": {body: `{` + goodText + `,"metadata":[]}`, field: "metadata", status: 400},
	"a key twice":          {body: `{` + goodText + `,"to":"` + phoneA + `"}`, status: 400},
}

// TestSMS_BadInput: each body is refused, the error names the field, and nothing is sent.
func TestSMS_BadInput(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 100})
	for name, c := range badSMS {
		w := a.call(t, a.live, "POST", "/v2/sms/send", c.body, "Idempotency-Key", "bad")
		if w.Code != c.status || w.detail("field") != c.field {
			t.Errorf("%s: %d about %q, want %d about %q: %s", name, w.Code, w.detail("field"), c.status, c.field,
				w.text)
			continue
		}

		w.refusal(c.status, map[int]string{400: "invalid_params", 422: "invalid_phone"}[c.status])
		if strings.Contains(w.text, "passwd") || strings.Contains(w.text, "u:p") {
			t.Errorf("%s: the value is repeated: %s", name, w.text)
		}
	}
	if n := len(a.sms.Sent()); n != 0 {
		t.Errorf("%d texts were sent", n)
	}
	// No answer was stored under the key: the corrected request succeeds. Null means that a field is not set.
	a.call(t, a.live, "POST", "/v2/sms/send",
		`{`+goodText+`,"from":null,"callback_url":null,"scheduled_at":null,"metadata":null}`, "Idempotency-Key",
		"bad").ok()
}

// TestSandbox_NumbersBySMS tests the published table for SMS.
func TestSandbox_NumbersBySMS(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		number              string
		status              int
		code, reason        string
		answer, end, failed string
		shown               int
	}{
		{number: "06", answer: "sent", end: "delivered", shown: 1},
		{number: "01", status: 422, code: "invalid_phone", reason: "impossible"},
		{number: "02", answer: "pending", end: "failed", failed: "unreachable"},
		{number: "03", status: 422, code: "invalid_phone", reason: "country_not_allowed"},
		{number: "04", status: 422, code: "invalid_phone", reason: "opted_out"},
		{number: "09", answer: "pending", end: "failed", failed: "not_on_channel"},
		{number: "10", answer: "sent", end: "sent", shown: 1},
		{number: "11", status: 422, code: "invalid_phone", reason: "invalid_destination"},
		{number: "12", answer: "sent", end: "delivered", shown: 1},
		{number: "14", status: 402, code: "insufficient_credits"},
		{number: "15", status: 429, code: "rate_limit_exceeded"},
		{number: "16", status: 500, code: "internal_error"},
		{number: "18", answer: "sent", end: "delivered", shown: 1},
		{number: "19", answer: "sent", end: "delivered", shown: 1},
	} {
		t.Run(c.number, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, testworld.Options{})
			to := "+150055500" + c.number
			w := a.post(t, "/v2/sms/send", `{"to":"`+to+`","body":"Hi"}`)
			if c.status != 0 {
				if w.refusal(c.status, c.code); c.reason != "" && w.detail("reason") != c.reason {
					t.Errorf("reason %q, want %q", w.detail("reason"), c.reason)
				}
				return
			}
			if w.ok().str("status") != c.answer {
				t.Errorf("answered %s", w.text)
			}

			a.post(t, "/v2/sandbox/clock", `{"advance":"5s"}`).ok()
			got := a.get(t, "/v2/messages/"+w.str("message_id")).ok()
			if got.str("status") != c.end || got.str("reason") != c.failed {
				t.Errorf("reads %s", got.text)
			}
			if n := len(a.get(t, "/v2/sandbox/messages?to=%2B"+to[1:]).ok().json["data"].([]any)); n != c.shown {
				t.Errorf("%d texts on the phone, want %d", n, c.shown)
			}
		})
	}

	// A number that replied STOP gets no more messages.
	a := newAPI(t, testworld.Options{})
	a.post(t, "/v2/sms/send", `{"to":"+15005550018","body":"Hi"}`).ok()
	w := a.post(t, "/v2/sms/send", `{"to":"+15005550018","body":"Hi"}`).refusal(422, "invalid_phone")
	if w.detail("reason") != "opted_out" {
		t.Errorf("answered %s", w.text)
	}
}

// TestSMS_CarrierSender: the carrier's sender is shown when no other is set.
func TestSMS_CarrierSender(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 100})
	a.sms.Named("8080")
	for body, want := range map[string]string{
		``: "8080", `,"from":"Acme"`: "Acme", `,"from":"+32470000000"`: "+32470000000",
	} {
		if got := a.liveText(t, body).str("from"); got != want {
			t.Errorf("%s: from %q, want %q", body, got, want)
		}
	}
}

// TestSMS_Repeats: with one key a message is sent once, and every repeat gets exactly the first answer.
func TestSMS_Repeats(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 100})
	for i, rest := range []string{``, `,"scheduled_at":"2026-04-26T09:00:00Z"`} {
		key := []string{"Idempotency-Key", "k" + string(rune('a'+i))}
		first := a.call(t, a.live, "POST", "/v2/sms/send", `{`+goodText+rest+`}`, key...).ok()
		a.Clock.Add(time.Hour)
		again := a.call(t, a.live, "POST", "/v2/sms/send", `{`+goodText+rest+`}`, key...).ok()
		if again.text != first.text {
			t.Errorf("first %s, again %s", first.text, again.text)
		}

		a.call(t, a.live, "POST", "/v2/sms/send", `{`+goodText+rest+`,"from":"X1"}`, key...).refusal(400,
			"invalid_params")
		if i == 1 {
			path := "/v2/messages/" + first.str("message_id") + "/cancel"
			canceled := a.call(t, a.live, "POST", path, "", "Idempotency-Key", "c").ok()
			if again := a.call(t, a.live, "POST", path, "", "Idempotency-Key", "c").ok(); again.text != canceled.text ||
				canceled.str("status") != "canceled" {
				t.Errorf("canceled %s, again %s", canceled.text, again.text)
			}
			w := a.call(t, a.live, "POST", path, "").refusal(400, "invalid_params")
			if w.detail("reason") != "not_scheduled" {
				t.Errorf("canceled twice: %s", w.text)
			}
		}
	}
	if n := len(a.sms.Sent()); n != 1 {
		t.Errorf("%d submits", n)
	}
}

// TestMessages_OtherAccountOrMode: each answer is the same but for the request's id.
func TestMessages_OtherAccountOrMode(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 100})
	mine := a.post(t, "/v2/sms/send", `{`+goodText+`}`).ok().str("message_id")
	live := a.liveText(t, ``).str("message_id")
	other, err := a.Admin.CreateAccount(t.Context(), "Other", 0)
	if err != nil {
		t.Fatal(err)
	}

	_, foreign, err := a.Admin.CreateKey(t.Context(), other.ID, id.Test, nil)
	if err != nil {
		t.Fatal(err)
	}

	texts := map[string]string{}
	for what, c := range map[string][2]string{
		"another account's": {foreign.Reveal(), mine},
		"the other mode's":  {a.test, live},
		"the sandbox's":     {a.live, mine},
		"never made":        {a.test, id.NewMessage(time.Now()).String()},
		"malformed":         {a.test, "msg_x"},
		"another kind":      {a.test, "otp" + mine[3:]},
		"lower case":        {a.test, strings.ToLower(mine)},
		"very long":         {a.test, "msg_" + strings.Repeat("0", 300)},
	} {
		for _, w := range []answer{
			a.call(t, c[0], "GET", "/v2/messages/"+c[1], ""),
			a.call(t, c[0], "POST", "/v2/messages/"+c[1]+"/cancel", ""),
		} {
			w.refusal(404, "not_found")
			texts[strings.Replace(w.text, w.str("request_id"), "", 1)] = what
		}
	}
	if len(texts) != 1 {
		t.Errorf("answers can be told apart: %v", texts)
	}
	a.get(t, "/v2/messages/"+mine).ok()
}

// TestMessages_OfOTP: it can be read by its id, without the code, and is in no list.
func TestMessages_OfOTP(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	o, err := id.ParseOTP(a.send(t, phoneA, `"whatsapp","sms"`))
	if err != nil {
		t.Fatal(err)
	}

	row, err := a.Dispatcher.Query.GetOTP(t.Context(), a.Test, o)
	if err != nil {
		t.Fatal(err)
	}

	w := a.get(t, "/v2/messages/"+row.Sent[0].ID.String()).ok()
	if w.str("status") != "delivered" || w.str("channel") != "whatsapp" || w.json["segments"] != 0.0 ||
		strings.Contains(w.text, "000000") {
		t.Errorf("reads %s", w.text)
	}
	if list := a.get(t, "/v2/messages").ok().json["data"].([]any); len(list) != 0 {
		t.Errorf("listed %v", list)
	}
}
