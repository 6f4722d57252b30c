package httpapi_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/testworld"
)

// snapshot is everything that a refused request must not change.
func (a *api) snapshot(t *testing.T) string {
	t.Helper()
	list := a.call(t, a.live, "GET", "/v2/otp?limit=100", "").ok().text
	texts := a.get(t, "/v2/sandbox/messages?limit=100").ok().text
	b := a.Balance(t)
	c := a.Contact(t, id.Live, phoneA)
	state, err := json.Marshal([]any{
		list, texts, b, c.Sends, c.FailedGuesses, c.Pending, len(a.sms.Sent()), len(a.wa.Sent()),
	})
	if err != nil {
		t.Fatal(err)
	}

	return string(state)
}

const good = `"to":"` + phoneA + `","channels":["sms"]`

// badInputs are bodies of a send, with the field and status of the error.
var badInputs = map[string]struct {
	body, field string
	status      int
}{
	"empty":                {status: 400},
	"only spaces":          {body: `   `, status: 400},
	"cut":                  {body: `{"to":"+32`, status: 400},
	"two objects":          {body: `{` + good + `}{}`, status: 400},
	"an array":             {body: `[]`, status: 400},
	"an array of one":      {body: `[{` + good + `}]`, status: 400},
	"a string":             {body: `"to"`, status: 400},
	"null":                 {body: `null`, status: 400},
	"a comma too many":     {body: `{` + good + `,}`, status: 400},
	"single quotes":        {body: `{'to':'` + phoneA + `'}`, status: 400},
	"a form":               {body: `to=1&channels=sms`, status: 400},
	"a comment":            {body: `{` + good + `/* */}`, status: 400},
	"a byte order mark":    {body: "\xef\xbb\xbf{" + good + "}", status: 400},
	"UTF-16":               {body: "\xff\xfe{\x00}\x00", status: 400},
	"no UTF-8":             {body: `{` + good + `,"template":"` + "\xff" + `"}`, status: 400},
	"an unknown field":     {body: `{` + good + `,"chanels":[]}`, field: "chanels", status: 400},
	"another case":         {body: `{"To":"` + phoneA + `","channels":["sms"]}`, field: "to", status: 400},
	"a prototype":          {body: `{` + good + `,"__proto__":{}}`, field: "__proto__", status: 400},
	"the same key twice":   {body: `{"to":"` + phoneA + `",` + good + `}`, status: 400},
	"the same key escaped": {body: `{"\u0074o":"` + phoneA + `",` + good + `}`, status: 400},
	"twice in metadata":    {body: `{` + good + `,"metadata":{"a":1,"a":2}}`, status: 400},
	"17 levels": {body: `{` + good + `,"metadata":` + strings.Repeat(`{"a":`, 16) + `1` +
		strings.Repeat(`}`, 16) + `}`, status: 400},
	"6 levels of metadata": {body: `{` + good + `,"metadata":` + strings.Repeat(`{"a":`, 6) + `1` +
		strings.Repeat(`}`, 6) + `}`, field: "metadata", status: 400},
	"arrays count as levels": {body: `{` + good + `,"metadata":{"a":[[[[[1]]]]]}}`, field: "metadata", status: 400},
	"metadata too large": {
		body: `{` + good + `,"metadata":{"a":"` + strings.Repeat("x", 4089) + `"}}`, field: "metadata", status: 400,
	},
	"metadata is an array": {body: `{` + good + `,"metadata":[]}`, field: "metadata", status: 400},
	"metadata is a string": {body: `{` + good + `,"metadata":"{}"}`, field: "metadata", status: 400},
	"no to":                {body: `{"channels":["sms"]}`, field: "to", status: 400},
	"to is a number":       {body: `{"to":32470123456,"channels":["sms"]}`, field: "to", status: 400},
	"to is null":           {body: `{"to":null,"channels":["sms"]}`, field: "to", status: 400},
	"to is an array":       {body: `{"to":["` + phoneA + `"],"channels":["sms"]}`, field: "to", status: 400},
	"to is empty":          {body: `{"to":"","channels":["sms"]}`, field: "to", status: 422},
	"to is national":       {body: `{"to":"0470123456","channels":["sms"]}`, field: "to", status: 422},
	"to has spaces":        {body: `{"to":"+32 470 12 34 56","channels":["sms"]}`, field: "to", status: 422},
	"to has a line break":  {body: `{"to":"+32470123456\n","channels":["sms"]}`, field: "to", status: 422},
	"to in other digits":   {body: `{"to":"+٣٢٤٧٠١٢٣٤٥٦","channels":["sms"]}`, field: "to", status: 422},
	"to is very long": {
		body: `{"to":"+` + strings.Repeat("3", 5000) + `","channels":["sms"]}`, field: "to", status: 422,
	},
	"to is injected": {
		body: `{"to":"+32470123456'; DROP TABLE otp; --","channels":["sms"]}`, field: "to",
		status: 422,
	},
	"no channels":          {body: `{"to":"` + phoneA + `"}`, field: "channels", status: 400},
	"channels is empty":    {body: `{"to":"` + phoneA + `","channels":[]}`, field: "channels", status: 400},
	"channels is null":     {body: `{"to":"` + phoneA + `","channels":null}`, field: "channels", status: 400},
	"channels is a string": {body: `{"to":"` + phoneA + `","channels":"sms"}`, field: "channels", status: 400},
	"a channel is null":    {body: `{"to":"` + phoneA + `","channels":[null]}`, field: "channels[0]", status: 400},
	"a channel twice": {
		body: `{"to":"` + phoneA + `","channels":["sms","sms"]}`, field: "channels",
		status: 400,
	},
	"a channel is an object": {body: `{"to":"` + phoneA + `","channels":[{}]}`, field: "channels[0]", status: 400},
	"a channel is a list": {
		body: `{"to":"` + phoneA + `","channels":["sms",["sms"]]}`, field: "channels[1]", status: 400,
	},
	"an unknown channel":    {body: `{"to":"` + phoneA + `","channels":["fax"]}`, field: "channels[0]", status: 400},
	"a channel in capitals": {body: `{"to":"` + phoneA + `","channels":["SMS"]}`, field: "channels[0]", status: 400},
	"five channels": {body: `{"to":"` + phoneA +
		`","channels":["sms","voice","telegram","whatsapp","sms"]}`, field: "channels", status: 400},
	"no carrier":         {body: `{"to":"` + phoneA + `","channels":["sms","voice"]}`, field: "channels", status: 400},
	"expires_in 0":       {body: `{` + good + `,"expires_in":0}`, field: "expires_in", status: 400},
	"expires_in 3601":    {body: `{` + good + `,"expires_in":3601}`, field: "expires_in", status: 400},
	"expires_in -1":      {body: `{` + good + `,"expires_in":-1}`, field: "expires_in", status: 400},
	"expires_in 300.5":   {body: `{` + good + `,"expires_in":300.5}`, field: "expires_in", status: 400},
	"expires_in as text": {body: `{` + good + `,"expires_in":"300"}`, field: "expires_in", status: 400},
	"expires_in true":    {body: `{` + good + `,"expires_in":true}`, field: "expires_in", status: 400},
	"expires_in 1e400":   {body: `{` + good + `,"expires_in":1e400}`, status: 400},
	"expires_in 2^64":    {body: `{` + good + `,"expires_in":18446744073709551616}`, field: "expires_in", status: 400},
	"length 3":           {body: `{` + good + `,"length":3}`, field: "length", status: 400},
	"length 11":          {body: `{` + good + `,"length":11}`, field: "length", status: 400},
	"length as text":     {body: `{` + good + `,"length":"6"}`, field: "length", status: 400},
	"telegram and 10 digits": {
		body: `{"to":"` + phoneA + `","channels":["telegram"],"length":10}`, field: "length", status: 400,
	},
	"an unknown template": {body: `{` + good + `,"template":"tmpl_x"}`, field: "template", status: 400},
	"a long template": {
		body: `{` + good + `,"template":"` + strings.Repeat("x", 65) + `"}`, field: "template", status: 400,
	},
	"locale is a number":     {body: `{` + good + `,"locale":1}`, field: "locale", status: 400},
	"fallback without after": {body: `{` + good + `,"fallback":{}}`, field: "fallback.after", status: 400},
	"fallback.after 4":       {body: `{` + good + `,"fallback":{"after":4}}`, field: "fallback.after", status: 400},
	"fallback.after 301": {
		body: `{` + good + `,"fallback":{"after":301}}`, field: "fallback.after",
		status: 400,
	},
	"fallback, unknown field": {
		body: `{` + good + `,"fallback":{"after":5,"x":1}}`, field: "fallback.x",
		status: 400,
	},
	"fallback is a number":      {body: `{` + good + `,"fallback":5}`, field: "fallback", status: 400},
	"force_new as text":         {body: `{` + good + `,"force_new":"true"}`, field: "force_new", status: 400},
	"client_ip is no address":   {body: `{` + good + `,"client_ip":"localhost"}`, field: "client_ip", status: 400},
	"client_ip is our own":      {body: `{` + good + `,"client_ip":"127.0.0.1"}`, field: "client_ip", status: 400},
	"no such number":            {body: `{"to":"+32470","channels":["sms"]}`, field: "to", status: 422},
	"a number of the sandbox's": {body: `{"to":"+15005550006","channels":["sms"]}`, field: "to", status: 422},
}

// TestSendOTP_BadInput: each body is refused, the error names the field, and nothing changes.
func TestSendOTP_BadInput(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{
		Credits: 100, Limits: engine.Limits{SendsPerNumber: []guard.Rate{{N: 3, Per: 3600e9}}},
	})
	a.call(t, a.live, "POST", "/v2/otp/send", `{`+good+`,"metadata":{"n":1}}`).ok()
	before := a.snapshot(t)
	for name, c := range badInputs {
		w := a.call(t, a.live, "POST", "/v2/otp/send", c.body, "Idempotency-Key", "bad")
		code := map[int]string{400: "invalid_params", 422: "invalid_phone"}[c.status]
		if w.Code != c.status || w.detail("field") != c.field {
			t.Errorf("%s: %d about %q, want %d about %q: %s", name, w.Code, w.detail("field"), c.status, c.field,
				w.text)
			continue
		}

		w.refusal(c.status, code)
		elsewhere := c.field == "to" || c.field == "channels" || c.field == "length"
		if !elsewhere && !strings.Contains(w.str("message"), strings.TrimSuffix(c.field, "[0]")) {
			t.Errorf("%s: the message does not name the field: %s", name, w.text)
		}
		if strings.Contains(w.text, "DROP TABLE") {
			t.Errorf("%s: the value is repeated: %s", name, w.text)
		}
	}
	if after := a.snapshot(t); after != before {
		t.Errorf("refusals changed something:\n%s\n%s", before, after)
	}
	// No answer was stored under the key: the corrected request succeeds.
	a.call(t, a.live, "POST", "/v2/otp/send", `{`+good+`}`, "Idempotency-Key", "bad").ok()
}

// TestBody_NullFields: SDKs send null for optional fields that were not set.
func TestBody_NullFields(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	w := a.post(t, "/v2/otp/send",
		`{`+good+`,"expires_in":null,"length":null,"template":null,"locale":null,"metadata":null,"fallback":null,`+
			`"force_new":null,"client_ip":null}`).ok()
	if w.str("created_at") != "2026-04-25T15:27:00Z" || w.str("expires_at") != "2026-04-25T15:32:00Z" {
		t.Errorf("answered %s", w.text)
	}
	if got := a.get(t, "/v2/otp/"+w.str("otp_id")).ok().text; !strings.Contains(got, `"metadata":{}`) {
		t.Errorf("reads %s", got)
	}
}

func TestVerify_BadInput(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	o := a.send(t, phoneA, `"sms"`)
	for name, c := range map[string]struct{ body, field string }{
		"no code":           {body: `{"otp_id":"` + o + `"}`, field: "code"},
		"no id":             {body: `{"code":"000000"}`, field: "otp_id"},
		"code is a number":  {body: `{"otp_id":"` + o + `","code":0}`, field: "code"},
		"code is null":      {body: `{"otp_id":"` + o + `","code":null}`, field: "code"},
		"too short":         {body: `{"otp_id":"` + o + `","code":"000"}`, field: "code"},
		"another length":    {body: `{"otp_id":"` + o + `","code":"00000"}`, field: "code"},
		"too long":          {body: `{"otp_id":"` + o + `","code":"00000000000"}`, field: "code"},
		"letters":           {body: `{"otp_id":"` + o + `","code":"00000O"}`, field: "code"},
		"a sign":            {body: `{"otp_id":"` + o + `","code":"+000000"}`, field: "code"},
		"only spaces":       {body: `{"otp_id":"` + o + `","code":"      "}`, field: "code"},
		"very long":         {body: `{"otp_id":"` + o + `","code":"` + strings.Repeat("0 ", 40) + `"}`, field: "code"},
		"an unknown field":  {body: `{"otp_id":"` + o + `","code":"000000","x":1}`, field: "x"},
		"the code is twice": {body: `{"otp_id":"` + o + `","code":"111111","code":"000000"}`},
	} {
		t.Run(name, func(t *testing.T) {
			w := a.post(t, "/v2/otp/verify", c.body).refusal(400, "invalid_params")
			text := strings.ReplaceAll(w.text, "otp_01HWXYZABC123DEF4560000000", "")
			if w.detail("field") != c.field || strings.Contains(text, "000000") || strings.Contains(text, "00000O") {
				t.Errorf("about %q: %s", w.detail("field"), w.text)
			}
		})
	}
	if w := a.get(t, "/v2/otp/"+o).ok(); w.json["attempts_remaining"] != float64(5) {
		t.Errorf("bad verifies cost attempts: %s", w.text)
	}
	a.post(t, "/v2/otp/verify", `{"otp_id":"`+o+`","code":"000000"}`).ok()
}

func TestBody_Refused(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	if _, err := z.Write([]byte(`{` + good + `}`)); err != nil || z.Close() != nil {
		t.Fatal(err)
	}

	for name, c := range map[string]struct {
		body    string
		status  int
		headers []string
	}{
		"70 KB":           {body: `{` + good + strings.Repeat(" ", 70<<10) + `}`, status: 413},
		"a byte too many": {body: `{` + good + strings.Repeat(" ", 64<<10-len(good)-1) + `}`, status: 413},
		"gzip":            {body: zipped.String(), status: 415, headers: []string{"Content-Encoding", "gzip"}},
		"gzip, not said":  {body: zipped.String(), status: 400},
		"a form": {
			body: "to=1", status: 415,
			headers: []string{"Content-Type", "application/x-www-form-urlencoded"},
		},
		"text": {body: `{` + good + `}`, status: 415, headers: []string{"Content-Type", "text/plain"}},
		"multipart": {
			body: `{` + good + `}`, status: 415, headers: []string{"Content-Type", "multipart/form-data; boundary=x"},
		},
		"a broken content type": {body: `{` + good + `}`, status: 415, headers: []string{"Content-Type", ";;"}},
		"another kind of JSON": {
			body: `{` + good + `}`, status: 415, headers: []string{"Content-Type", "application/jsonp"},
		},
		"a long Idempotency-Key": {
			body: `{` + good + `}`, status: 400, headers: []string{"Idempotency-Key", strings.Repeat("k", 256)},
		},
	} {
		w := a.post(t, "/v2/otp/send", c.body, c.headers...)
		if w.Code != c.status {
			t.Errorf("%s: %d %s", name, w.Code, w.text)
			continue
		}
		w.refusal(c.status, "invalid_params")
	}

	for name, headers := range map[string][]string{
		"a charset":                   {"Content-Type", "application/json; charset=utf-8"},
		"capitals":                    {"Content-Type", "Application/JSON"},
		"none":                        {"Content-Type", ""},
		"another Accept":              {"Accept", "text/html"},
		"the longest Idempotency-Key": {"Idempotency-Key", strings.Repeat("k", 255)},
	} {
		t.Run(name, func(t *testing.T) {
			if w := a.post(t, "/v2/otp/send", `{`+good+`}`, headers...); w.Code != 200 ||
				w.Header().Get("Content-Type") != "application/json" {
				t.Errorf("%d %s %s", w.Code, w.Header().Get("Content-Type"), w.text)
			}
		})
	}
	exact := `{` + good + strings.Repeat(" ", 64<<10-len(good)-2) + `}`
	a.post(t, "/v2/otp/send", exact).ok()
}

func TestQuery_Refused(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	for _, path := range []string{
		"/v2/otp?limit=0", "/v2/otp?limit=101", "/v2/otp?limit=ten", "/v2/otp?limit=1.5", "/v2/otp?cursor=x",
		"/v2/otp?foo=1",
		"/v2/otp?cursor=msg_01KQ2M0MGVX78FP3C9QB3CV89S", "/v2/otp?limit=", "/v2/sandbox/messages?to=",
		"/v2/sandbox/messages?limit=1000", "/v2/balance?x=1",
	} {
		a.get(t, path).refusal(400, "invalid_params")
	}
	a.get(t, "/v2/sandbox/messages?to=0470").refusal(422, "invalid_phone")
	a.get(t, "/v2/otp?cursor=").ok()
}

func TestLists_Pages(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	var want []string
	for i := range 7 {
		want = append([]string{a.send(t, testworld.Number(i), `"sms"`)}, want...)
		a.Clock.Add(2e6)
	}

	var got []string
	for path := "/v2/otp?limit=3"; path != ""; {
		w := a.get(t, path).ok()
		for _, o := range w.json["data"].([]any) {
			got = append(got, o.(map[string]any)["otp_id"].(string))
		}

		path = ""
		if next := w.str("next_cursor"); next != "" {
			path = "/v2/otp?limit=3&cursor=" + next
		} else if v, present := w.json["next_cursor"]; !present || v != nil {
			t.Errorf("the last page has next_cursor %v", v)
		}
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("listed %v, want %v", got, want)
	}
	if w := a.call(t, a.live, "GET", "/v2/otp", "").ok(); len(w.json["data"].([]any)) != 0 {
		t.Errorf("the other mode lists %s", w.text)
	}
}

func TestMetadata_Unchanged(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	for i, m := range []string{
		`{"user_id":"usr_abc123","action":"login"}`, `{"n":12345678901234567890,"f":1.10,"e":1E3}`,
		`{"html":"<b>&</b>","u":"é😀\u2028","s":"\u003c"}`,
		`{"z":1,"a":[true,null,{"b":{"c":{}}}]}`, `{}`,
	} {
		w := a.post(t, "/v2/otp/send", `{"to":"`+testworld.Number(i)+`","channels":["sms"],"metadata":`+m+`}`).ok()
		if got := a.get(t, "/v2/otp/"+w.str("otp_id")).ok().text; !strings.Contains(got, `"metadata":`+m) {
			t.Errorf("sent %s, got %s", m, got)
		}
	}
	a.post(t, "/v2/otp/send", `{`+good+`,"metadata":{"a":"`+strings.Repeat("x", 4088)+`"}}`).ok()
}

// TestContract_PublishedExamples sends the bodies of the API reference unchanged.
func TestContract_PublishedExamples(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 100})
	body, err := os.ReadFile("testdata/send_otp.json")
	if err != nil {
		t.Fatal(err)
	}

	var want struct{ Send, Verify map[string]any }
	answers, err := os.ReadFile("testdata/answers.json")
	if err != nil || json.Unmarshal(answers, &want) != nil {
		t.Fatal(err)
	}

	same := func(name string, got, want map[string]any) {
		t.Helper()
		for field := range want {
			if _, ok := got[field]; !ok {
				t.Errorf("%s: %s is missing", name, field)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s: answered %v, published %v", name, got, want)
		}
	}

	for mode, key := range map[string]string{"live": a.live, "test": a.test} {
		w := a.call(t, key, "POST", "/v2/otp/send", string(body)).ok()
		same("send, "+mode, w.json, want.Send)
		for _, field := range []string{"status", "channel", "to"} {
			if w.json[field] != want.Send[field] {
				t.Errorf("%s: %s is %v", mode, field, w.json[field])
			}
		}

		code := "000000"
		if mode == "live" {
			sent := a.wa.Sent()
			code = sent[len(sent)-1].Code.Reveal()
		}
		w = a.call(t, key, "POST", "/v2/otp/verify", `{"otp_id":"`+w.str("otp_id")+`","code":"`+code+`"}`).ok()
		same("verify, "+mode, w.json, want.Verify)
	}
}
