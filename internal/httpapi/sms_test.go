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

// goodText is what a send of a text has to have.
const goodText = `"to":"` + phoneA + `","body":"Hello"`

func (a *api) liveText(t testing.TB, rest string) answer {
	t.Helper()
	return a.call(t, a.live, "POST", "/v2/sms/send", `{`+goodText+rest+`}`).ok()
}

// TestASentTextIsAsPublished holds the answer and the object to their fields.
func TestASentTextIsAsPublished(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 100})
	w := a.liveText(t, `,"from":"Acme","metadata":{"order":5},"callback_url":"https://example.com/s"`)
	want := `{"message_id":"` + w.str("message_id") + `","status":"sent","channel":"sms","to":"+32470123456","from":"Acme","segments":1,"encoding":"gsm7","credits":8,"created_at":"2026-04-25T15:27:00Z"}`
	if strings.TrimSpace(w.text) != want || !strings.HasPrefix(w.str("message_id"), "msg_") {
		t.Errorf("answered %s, want %s", w.text, want)
	}

	object := func(id string) string {
		t.Helper()
		return strings.TrimSpace(a.call(t, a.live, "GET", "/v2/messages/"+id, "").ok().text)
	}
	if got, want := object(w.str("message_id")), `{"message_id":"`+w.str("message_id")+`","status":"sent","channel":"sms","to":"+32470123456","from":"Acme","segments":1,"encoding":"gsm7","credits":8,"carrier":"smsc","metadata":{"order":5},"attempts":[{"channel":"sms","carrier":"smsc","status":"sent","segments":1,"credits":8,"at":"2026-04-25T15:27:00Z"}],"created_at":"2026-04-25T15:27:00Z","sent_at":"2026-04-25T15:27:00Z"}`; got != want {
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

	a.sms.Script(testworld.AnswersWith(carrier.Result{Outcome: carrier.Rejected, Reason: message.Unreachable, CarrierCode: "0x0b"}))
	w = a.liveText(t, ``)
	a.Clock.Add(3 * time.Second)
	a.until(t, func() bool {
		return !strings.Contains(object(w.str("message_id")), `"status":"pending","channel":"sms","to"`)
	})
	if got := object(w.str("message_id")); !strings.Contains(got, `"status":"failed"`) || !strings.Contains(got, `"credits":0,"reason":"unreachable"`) || !strings.Contains(got, `"carrier_code":"0x0b"`) {
		t.Errorf("failed: %s", got)
	}
}

// until runs the engine's loops until the condition holds.
func (a *api) until(t testing.TB, holds func() bool) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); _ = a.Dispatcher.Run(ctx) }()
	for deadline := time.Now().Add(10 * time.Second); !holds() && time.Now().Before(deadline); {
		time.Sleep(5 * time.Millisecond)
	}
	stop()
	<-done
}

func TestSegmentsAndEncodingInTheAnswer(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	for i, c := range []struct {
		body     string
		segments float64
		encoding string
	}{
		{strings.Repeat("a", 160), 1, "gsm7"},
		{strings.Repeat("a", 161), 2, "gsm7"},
		{strings.Repeat("a", 158) + "€", 1, "gsm7"},
		{strings.Repeat("a", 159) + "€", 2, "gsm7"},
		{strings.Repeat("[", 80), 1, "gsm7"},
		{strings.Repeat("|", 81), 2, "gsm7"},
		{strings.Repeat("ж", 70), 1, "ucs2"},
		{strings.Repeat("ж", 71), 2, "ucs2"},
		{strings.Repeat("😀", 35), 1, "ucs2"},
		{strings.Repeat("😀", 36), 2, "ucs2"},
		{strings.Repeat("a", 1600), 11, "gsm7"},
		{strings.Repeat("😀", 1600), 49, "ucs2"},
		{"`", 1, "ucs2"},
	} {
		w := a.post(t, "/v2/sms/send", `{"to":"`+testworld.Number(i)+`","body":"`+c.body+`"}`).ok()
		if w.json["segments"] != c.segments || w.str("encoding") != c.encoding {
			t.Errorf("%d: %s", i, w.text)
		}

		shown := a.get(t, "/v2/sandbox/messages?limit=1&to=%2B"+testworld.Number(i)[1:]).ok().json["data"].([]any)[0].(map[string]any)
		if shown["body"] != c.body || shown["channel"] != "sms" {
			t.Errorf("%d: the phone shows %.80v", i, shown)
		}
	}
}

// TestBadTexts: each is refused, says which field, and costs nothing.
func TestBadTexts(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 100})
	for name, c := range map[string]struct {
		body, field string
		status      int
	}{
		"nothing":                  {``, "", 400},
		"an empty object":          {`{}`, "body", 400},
		"no body":                  {`{"to":"` + phoneA + `"}`, "body", 400},
		"an empty body":            {`{"to":"` + phoneA + `","body":""}`, "body", 400},
		"body is null":             {`{"to":"` + phoneA + `","body":null}`, "body", 400},
		"body is a number":         {`{"to":"` + phoneA + `","body":5}`, "body", 400},
		"1601 characters":          {`{"to":"` + phoneA + `","body":"` + strings.Repeat("é", 1601) + `"}`, "body", 400},
		"no to":                    {`{"body":"x"}`, "to", 400},
		"to is national":           {`{"to":"0470123456","body":"x"}`, "to", 422},
		"to in other digits":       {`{"to":"+٣٢٤٧٠١٢٣٤٥٦","body":"x"}`, "to", 422},
		"premium":                  {`{"to":"+32903123456","body":"x"}`, "to", 422},
		"an unknown field":         {`{` + goodText + `,"channel":"sms"}`, "channel", 400},
		"from of 12 letters":       {`{` + goodText + `,"from":"TwelveLetter"}`, "from", 400},
		"from of 17 characters":    {`{` + goodText + `,"from":"+1234567890123456"}`, "from", 400},
		"from without a letter":    {`{` + goodText + `,"from":"12-34"}`, "from", 400},
		"from of two digits":       {`{` + goodText + `,"from":"12"}`, "from", 400},
		"from with a line break":   {`{` + goodText + `,"from":"Ac\nme"}`, "from", 400},
		"from with an accent":      {`{` + goodText + `,"from":"Élan"}`, "from", 400},
		"from is a number":         {`{` + goodText + `,"from":1234}`, "from", 400},
		"callback without scheme":  {`{` + goodText + `,"callback_url":"example.com/s"}`, "callback_url", 400},
		"callback to a file":       {`{` + goodText + `,"callback_url":"file:///etc/passwd"}`, "callback_url", 400},
		"callback with a password": {`{` + goodText + `,"callback_url":"https://u:p@example.com/"}`, "callback_url", 400},
		"callback too long":        {`{` + goodText + `,"callback_url":"https://example.com/` + strings.Repeat("a", 2048) + `"}`, "callback_url", 400},
		"callback with a fragment": {`{` + goodText + `,"callback_url":"https://example.com/#x"}`, "callback_url", 400},
		"scheduled, empty":         {`{` + goodText + `,"scheduled_at":""}`, "scheduled_at", 400},
		"callback empty":           {`{` + goodText + `,"callback_url":""}`, "callback_url", 400},
		"scheduled in words":       {`{` + goodText + `,"scheduled_at":"tomorrow"}`, "scheduled_at", 400},
		"scheduled, no offset":     {`{` + goodText + `,"scheduled_at":"2026-04-26T09:00:00"}`, "scheduled_at", 400},
		"scheduled, a day only":    {`{` + goodText + `,"scheduled_at":"2026-04-26"}`, "scheduled_at", 400},
		"scheduled, a number":      {`{` + goodText + `,"scheduled_at":1777200000}`, "scheduled_at", 400},
		"scheduled in the past":    {`{` + goodText + `,"scheduled_at":"2026-04-25T15:27:00Z"}`, "scheduled_at", 400},
		"scheduled in 31 days":     {`{` + goodText + `,"scheduled_at":"2026-05-26T16:00:00Z"}`, "scheduled_at", 400},
		"scheduled on no day":      {`{` + goodText + `,"scheduled_at":"2026-04-31T16:00:00Z"}`, "scheduled_at", 400},
		"scheduled in year 0":      {`{` + goodText + `,"scheduled_at":"0001-01-01T00:00:00Z"}`, "scheduled_at", 400},
		"metadata too large":       {`{` + goodText + `,"metadata":{"a":"` + strings.Repeat("x", 4089) + `"}}`, "metadata", 400},
		"metadata too deep":        {`{` + goodText + `,"metadata":{"a":[[[[[1]]]]]}}`, "metadata", 400},
		"metadata is an array":     {`{` + goodText + `,"metadata":[]}`, "metadata", 400},
		"a key twice":              {`{` + goodText + `,"to":"` + phoneA + `"}`, "", 400},
	} {
		w := a.call(t, a.live, "POST", "/v2/sms/send", c.body, "Idempotency-Key", "bad")
		if w.Code != c.status || w.detail("field") != c.field {
			t.Errorf("%s: %d about %q, want %d about %q: %s", name, w.Code, w.detail("field"), c.status, c.field, w.text)
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
	// No answer was stored under the key: the request, once mended, succeeds. Null is as good as nothing.
	a.call(t, a.live, "POST", "/v2/sms/send", `{`+goodText+`,"from":null,"callback_url":null,"scheduled_at":null,"metadata":null}`, "Idempotency-Key", "bad").ok()
}

// TestTheSandboxesNumbersByText holds the published table for texts.
func TestTheSandboxesNumbersByText(t *testing.T) {
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

	// Who replied STOP gets no more.
	a := newAPI(t, testworld.Options{})
	a.post(t, "/v2/sms/send", `{"to":"+15005550018","body":"Hi"}`).ok()
	w := a.post(t, "/v2/sms/send", `{"to":"+15005550018","body":"Hi"}`).refusal(422, "invalid_phone")
	if w.detail("reason") != "opted_out" {
		t.Errorf("answered %s", w.text)
	}
}

// TestACarriersOwnSender is shown when nobody names one.
func TestACarriersOwnSender(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 100})
	a.sms.Named("8080")
	for body, want := range map[string]string{``: "8080", `,"from":"Acme"`: "Acme", `,"from":"+32470000000"`: "+32470000000"} {
		if got := a.liveText(t, body).str("from"); got != want {
			t.Errorf("%s: from %q, want %q", body, got, want)
		}
	}
}

// TestRepeatedTextsOverHTTP: under one key a text goes once, and every repeat gets the first answer, byte for byte.
func TestRepeatedTextsOverHTTP(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 100})
	for i, rest := range []string{``, `,"scheduled_at":"2026-04-26T09:00:00Z"`} {
		key := []string{"Idempotency-Key", "k" + string(rune('a'+i))}
		first := a.call(t, a.live, "POST", "/v2/sms/send", `{`+goodText+rest+`}`, key...).ok()
		a.Clock.Add(time.Hour)
		if again := a.call(t, a.live, "POST", "/v2/sms/send", `{`+goodText+rest+`}`, key...).ok(); again.text != first.text {
			t.Errorf("first %s, again %s", first.text, again.text)
		}

		a.call(t, a.live, "POST", "/v2/sms/send", `{`+goodText+rest+`,"from":"X1"}`, key...).refusal(400, "invalid_params")
		if i == 1 {
			path := "/v2/messages/" + first.str("message_id") + "/cancel"
			canceled := a.call(t, a.live, "POST", path, "", "Idempotency-Key", "c").ok()
			if again := a.call(t, a.live, "POST", path, "", "Idempotency-Key", "c").ok(); again.text != canceled.text || canceled.str("status") != "canceled" {
				t.Errorf("canceled %s, again %s", canceled.text, again.text)
			}
			if w := a.call(t, a.live, "POST", path, "").refusal(400, "invalid_params"); w.detail("reason") != "not_scheduled" {
				t.Errorf("canceled twice: %s", w.text)
			}
		}
	}
	if n := len(a.sms.Sent()); n != 1 {
		t.Errorf("%d submits", n)
	}
}

// TestAMessageOfAnotherAccountOrModeNeverExisted: each answer is the same but for the request's id.
func TestAMessageOfAnotherAccountOrModeNeverExisted(t *testing.T) {
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
		"another account's": {foreign.Reveal(), mine}, "the other mode's": {a.test, live}, "the sandbox's": {a.live, mine},
		"never made": {a.test, id.NewMessage(time.Now()).String()}, "malformed": {a.test, "msg_x"}, "another kind": {a.test, "otp" + mine[3:]},
		"lower case": {a.test, strings.ToLower(mine)}, "very long": {a.test, "msg_" + strings.Repeat("0", 300)},
	} {
		for _, w := range []answer{a.call(t, c[0], "GET", "/v2/messages/"+c[1], ""), a.call(t, c[0], "POST", "/v2/messages/"+c[1]+"/cancel", "")} {
			w.refusal(404, "not_found")
			texts[strings.Replace(w.text, w.str("request_id"), "", 1)] = what
		}
	}
	if len(texts) != 1 {
		t.Errorf("answers can be told apart: %v", texts)
	}
	a.get(t, "/v2/messages/"+mine).ok()
}

// TestACodesMessageIsRead: by its id, without the code, and in no list.
func TestACodesMessageIsRead(t *testing.T) {
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
	if w.str("status") != "delivered" || w.str("channel") != "whatsapp" || w.json["segments"] != 0.0 || strings.Contains(w.text, "000000") {
		t.Errorf("reads %s", w.text)
	}
	if list := a.get(t, "/v2/messages").ok().json["data"].([]any); len(list) != 0 {
		t.Errorf("listed %v", list)
	}
}
