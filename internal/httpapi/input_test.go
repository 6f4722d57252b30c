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

// snapshot is everything that a refused request must leave as it is.
func (a *api) snapshot(t *testing.T) string {
	t.Helper()
	list := a.call(t, a.live, "GET", "/v2/otp?limit=100", "").ok().text
	texts := a.get(t, "/v2/sandbox/messages?limit=100").ok().text
	b := a.Balance(t)
	c := a.Contact(t, id.Live, phoneA)
	state, err := json.Marshal([]any{list, texts, b, c.Sends, c.FailedGuesses, c.Pending, len(a.sms.Sent()), len(a.wa.Sent())})
	if err != nil {
		t.Fatal(err)
	}

	return string(state)
}

const good = `"to":"` + phoneA + `","channels":["sms"]`

// badInputs are bodies of a send, the field that the refusal names, and its status.
var badInputs = map[string]struct {
	body, field string
	status      int
}{
	"empty":                     {``, "", 400},
	"only spaces":               {`   `, "", 400},
	"cut":                       {`{"to":"+32`, "", 400},
	"two objects":               {`{` + good + `}{}`, "", 400},
	"an array":                  {`[]`, "", 400},
	"an array of one":           {`[{` + good + `}]`, "", 400},
	"a string":                  {`"to"`, "", 400},
	"null":                      {`null`, "", 400},
	"a comma too many":          {`{` + good + `,}`, "", 400},
	"single quotes":             {`{'to':'` + phoneA + `'}`, "", 400},
	"a form":                    {`to=1&channels=sms`, "", 400},
	"a comment":                 {`{` + good + `/* */}`, "", 400},
	"a byte order mark":         {"\xef\xbb\xbf{" + good + "}", "", 400},
	"UTF-16":                    {"\xff\xfe{\x00}\x00", "", 400},
	"no UTF-8":                  {`{` + good + `,"template":"` + "\xff" + `"}`, "", 400},
	"an unknown field":          {`{` + good + `,"chanels":[]}`, "chanels", 400},
	"another case":              {`{"To":"` + phoneA + `","channels":["sms"]}`, "to", 400},
	"a prototype":               {`{` + good + `,"__proto__":{}}`, "__proto__", 400},
	"the same key twice":        {`{"to":"` + phoneA + `",` + good + `}`, "", 400},
	"the same key escaped":      {`{"\u0074o":"` + phoneA + `",` + good + `}`, "", 400},
	"twice in metadata":         {`{` + good + `,"metadata":{"a":1,"a":2}}`, "", 400},
	"17 levels":                 {`{` + good + `,"metadata":` + strings.Repeat(`{"a":`, 16) + `1` + strings.Repeat(`}`, 16) + `}`, "", 400},
	"6 levels of metadata":      {`{` + good + `,"metadata":` + strings.Repeat(`{"a":`, 6) + `1` + strings.Repeat(`}`, 6) + `}`, "metadata", 400},
	"arrays count as levels":    {`{` + good + `,"metadata":{"a":[[[[[1]]]]]}}`, "metadata", 400},
	"metadata too large":        {`{` + good + `,"metadata":{"a":"` + strings.Repeat("x", 4089) + `"}}`, "metadata", 400},
	"metadata is an array":      {`{` + good + `,"metadata":[]}`, "metadata", 400},
	"metadata is a string":      {`{` + good + `,"metadata":"{}"}`, "metadata", 400},
	"no to":                     {`{"channels":["sms"]}`, "to", 400},
	"to is a number":            {`{"to":32470123456,"channels":["sms"]}`, "to", 400},
	"to is null":                {`{"to":null,"channels":["sms"]}`, "to", 400},
	"to is an array":            {`{"to":["` + phoneA + `"],"channels":["sms"]}`, "to", 400},
	"to is empty":               {`{"to":"","channels":["sms"]}`, "to", 422},
	"to is national":            {`{"to":"0470123456","channels":["sms"]}`, "to", 422},
	"to has spaces":             {`{"to":"+32 470 12 34 56","channels":["sms"]}`, "to", 422},
	"to has a line break":       {`{"to":"+32470123456\n","channels":["sms"]}`, "to", 422},
	"to in other digits":        {`{"to":"+٣٢٤٧٠١٢٣٤٥٦","channels":["sms"]}`, "to", 422},
	"to is very long":           {`{"to":"+` + strings.Repeat("3", 5000) + `","channels":["sms"]}`, "to", 422},
	"to is injected":            {`{"to":"+32470123456'; DROP TABLE otp; --","channels":["sms"]}`, "to", 422},
	"no channels":               {`{"to":"` + phoneA + `"}`, "channels", 400},
	"channels is empty":         {`{"to":"` + phoneA + `","channels":[]}`, "channels", 400},
	"channels is null":          {`{"to":"` + phoneA + `","channels":null}`, "channels", 400},
	"channels is a string":      {`{"to":"` + phoneA + `","channels":"sms"}`, "channels", 400},
	"a channel is null":         {`{"to":"` + phoneA + `","channels":[null]}`, "channels[0]", 400},
	"a channel twice":           {`{"to":"` + phoneA + `","channels":["sms","sms"]}`, "channels", 400},
	"a channel is an object":    {`{"to":"` + phoneA + `","channels":[{}]}`, "channels[0]", 400},
	"a channel is a list":       {`{"to":"` + phoneA + `","channels":["sms",["sms"]]}`, "channels[1]", 400},
	"an unknown channel":        {`{"to":"` + phoneA + `","channels":["fax"]}`, "channels[0]", 400},
	"a channel in capitals":     {`{"to":"` + phoneA + `","channels":["SMS"]}`, "channels[0]", 400},
	"five channels":             {`{"to":"` + phoneA + `","channels":["sms","voice","telegram","whatsapp","sms"]}`, "channels", 400},
	"no carrier":                {`{"to":"` + phoneA + `","channels":["sms","voice"]}`, "channels", 400},
	"expires_in 0":              {`{` + good + `,"expires_in":0}`, "expires_in", 400},
	"expires_in 3601":           {`{` + good + `,"expires_in":3601}`, "expires_in", 400},
	"expires_in -1":             {`{` + good + `,"expires_in":-1}`, "expires_in", 400},
	"expires_in 300.5":          {`{` + good + `,"expires_in":300.5}`, "expires_in", 400},
	"expires_in as text":        {`{` + good + `,"expires_in":"300"}`, "expires_in", 400},
	"expires_in true":           {`{` + good + `,"expires_in":true}`, "expires_in", 400},
	"expires_in 1e400":          {`{` + good + `,"expires_in":1e400}`, "", 400},
	"expires_in 2^64":           {`{` + good + `,"expires_in":18446744073709551616}`, "expires_in", 400},
	"length 3":                  {`{` + good + `,"length":3}`, "length", 400},
	"length 11":                 {`{` + good + `,"length":11}`, "length", 400},
	"length as text":            {`{` + good + `,"length":"6"}`, "length", 400},
	"telegram and 10 digits":    {`{"to":"` + phoneA + `","channels":["telegram"],"length":10}`, "length", 400},
	"an unknown template":       {`{` + good + `,"template":"tmpl_x"}`, "template", 400},
	"a long template":           {`{` + good + `,"template":"` + strings.Repeat("x", 65) + `"}`, "template", 400},
	"locale is a number":        {`{` + good + `,"locale":1}`, "locale", 400},
	"fallback without after":    {`{` + good + `,"fallback":{}}`, "fallback.after", 400},
	"fallback.after 4":          {`{` + good + `,"fallback":{"after":4}}`, "fallback.after", 400},
	"fallback.after 301":        {`{` + good + `,"fallback":{"after":301}}`, "fallback.after", 400},
	"fallback, unknown field":   {`{` + good + `,"fallback":{"after":5,"x":1}}`, "fallback.x", 400},
	"fallback is a number":      {`{` + good + `,"fallback":5}`, "fallback", 400},
	"force_new as text":         {`{` + good + `,"force_new":"true"}`, "force_new", 400},
	"client_ip is no address":   {`{` + good + `,"client_ip":"localhost"}`, "client_ip", 400},
	"client_ip is our own":      {`{` + good + `,"client_ip":"127.0.0.1"}`, "client_ip", 400},
	"no such number":            {`{"to":"+32470","channels":["sms"]}`, "to", 422},
	"a number of the sandbox's": {`{"to":"+15005550006","channels":["sms"]}`, "to", 422},
}

// TestBadInput sends what clients send by mistake or on purpose. Each is refused, says which field, and costs nothing.
func TestBadInput(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 100, Limits: engine.Limits{SendsPerNumber: []guard.Rate{{N: 3, Per: 3600e9}}}})
	a.call(t, a.live, "POST", "/v2/otp/send", `{`+good+`,"metadata":{"n":1}}`).ok()
	before := a.snapshot(t)
	for name, c := range badInputs {
		w := a.call(t, a.live, "POST", "/v2/otp/send", c.body, "Idempotency-Key", "bad")
		code := map[int]string{400: "invalid_params", 422: "invalid_phone"}[c.status]
		if w.Code != c.status || w.detail("field") != c.field {
			t.Errorf("%s: %d about %q, want %d about %q: %s", name, w.Code, w.detail("field"), c.status, c.field, w.text)
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
	// Nor was an answer stored under the key: the request, once mended, succeeds.
	a.call(t, a.live, "POST", "/v2/otp/send", `{`+good+`}`, "Idempotency-Key", "bad").ok()
}

// TestNullIsAsGoodAsNothing, for fields that need not be there: SDKs send it for what was not set.
func TestNullIsAsGoodAsNothing(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	w := a.post(t, "/v2/otp/send", `{`+good+`,"expires_in":null,"length":null,"template":null,"locale":null,"metadata":null,"fallback":null,"force_new":null,"client_ip":null}`).ok()
	if w.str("created_at") != "2026-04-25T15:27:00Z" || w.str("expires_at") != "2026-04-25T15:32:00Z" {
		t.Errorf("answered %s", w.text)
	}
	if got := a.get(t, "/v2/otp/"+w.str("otp_id")).ok().text; !strings.Contains(got, `"metadata":{}`) {
		t.Errorf("reads %s", got)
	}
}

func TestBadVerifies(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	o := a.send(t, phoneA, `"sms"`)
	for name, c := range map[string]struct{ body, field string }{
		"no code":           {`{"otp_id":"` + o + `"}`, "code"},
		"no id":             {`{"code":"000000"}`, "otp_id"},
		"code is a number":  {`{"otp_id":"` + o + `","code":0}`, "code"},
		"code is null":      {`{"otp_id":"` + o + `","code":null}`, "code"},
		"too short":         {`{"otp_id":"` + o + `","code":"000"}`, "code"},
		"another length":    {`{"otp_id":"` + o + `","code":"00000"}`, "code"},
		"too long":          {`{"otp_id":"` + o + `","code":"00000000000"}`, "code"},
		"letters":           {`{"otp_id":"` + o + `","code":"00000O"}`, "code"},
		"a sign":            {`{"otp_id":"` + o + `","code":"+000000"}`, "code"},
		"only spaces":       {`{"otp_id":"` + o + `","code":"      "}`, "code"},
		"very long":         {`{"otp_id":"` + o + `","code":"` + strings.Repeat("0 ", 40) + `"}`, "code"},
		"an unknown field":  {`{"otp_id":"` + o + `","code":"000000","x":1}`, "x"},
		"the code is twice": {`{"otp_id":"` + o + `","code":"111111","code":"000000"}`, ""},
	} {
		w := a.post(t, "/v2/otp/verify", c.body).refusal(400, "invalid_params")
		told := strings.ReplaceAll(w.text, "otp_01HWXYZABC123DEF4560000000", "")
		if w.detail("field") != c.field || strings.Contains(told, "000000") || strings.Contains(told, "00000O") {
			t.Errorf("%s: about %q: %s", name, w.detail("field"), w.text)
		}
	}
	if w := a.get(t, "/v2/otp/"+o).ok(); w.json["attempts_remaining"] != float64(5) {
		t.Errorf("bad verifies cost attempts: %s", w.text)
	}
	a.post(t, "/v2/otp/verify", `{"otp_id":"`+o+`","code":"000000"}`).ok()
}

func TestBodiesThatAreNotTaken(t *testing.T) {
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
		"70 KB":                  {`{` + good + strings.Repeat(" ", 70<<10) + `}`, 413, nil},
		"a byte too many":        {`{` + good + strings.Repeat(" ", 64<<10-len(good)-1) + `}`, 413, nil},
		"gzip":                   {zipped.String(), 415, []string{"Content-Encoding", "gzip"}},
		"gzip, not said":         {zipped.String(), 400, nil},
		"a form":                 {"to=1", 415, []string{"Content-Type", "application/x-www-form-urlencoded"}},
		"text":                   {`{` + good + `}`, 415, []string{"Content-Type", "text/plain"}},
		"multipart":              {`{` + good + `}`, 415, []string{"Content-Type", "multipart/form-data; boundary=x"}},
		"a broken content type":  {`{` + good + `}`, 415, []string{"Content-Type", ";;"}},
		"another kind of JSON":   {`{` + good + `}`, 415, []string{"Content-Type", "application/jsonp"}},
		"a long Idempotency-Key": {`{` + good + `}`, 400, []string{"Idempotency-Key", strings.Repeat("k", 256)}},
	} {
		w := a.post(t, "/v2/otp/send", c.body, c.headers...)
		if w.Code != c.status {
			t.Errorf("%s: %d %s", name, w.Code, w.text)
			continue
		}
		w.refusal(c.status, "invalid_params")
	}

	for name, headers := range map[string][]string{
		"a charset": {"Content-Type", "application/json; charset=utf-8"}, "capitals": {"Content-Type", "Application/JSON"}, "none": {"Content-Type", ""},
		"another Accept": {"Accept", "text/html"}, "the longest Idempotency-Key": {"Idempotency-Key", strings.Repeat("k", 255)},
	} {
		if w := a.post(t, "/v2/otp/send", `{`+good+`}`, headers...); w.Code != 200 || w.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%s: %d %s %s", name, w.Code, w.Header().Get("Content-Type"), w.text)
		}
	}
	exact := `{` + good + strings.Repeat(" ", 64<<10-len(good)-2) + `}`
	a.post(t, "/v2/otp/send", exact).ok()
}

func TestBadQueries(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	for _, path := range []string{
		"/v2/otp?limit=0", "/v2/otp?limit=101", "/v2/otp?limit=ten", "/v2/otp?limit=1.5", "/v2/otp?cursor=x", "/v2/otp?foo=1",
		"/v2/otp?cursor=msg_01KQ2M0MGVX78FP3C9QB3CV89S", "/v2/otp?limit=", "/v2/sandbox/messages?to=", "/v2/sandbox/messages?limit=1000", "/v2/balance?x=1",
	} {
		a.get(t, path).refusal(400, "invalid_params")
	}
	a.get(t, "/v2/sandbox/messages?to=0470").refusal(422, "invalid_phone")
	a.get(t, "/v2/otp?cursor=").ok()
}

func TestListsArePaged(t *testing.T) {
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
		} else if v, there := w.json["next_cursor"]; !there || v != nil {
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

func TestMetadataComesBackAsItWas(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	for i, m := range []string{
		`{"user_id":"usr_abc123","action":"login"}`, `{"n":12345678901234567890,"f":1.10,"e":1E3}`, `{"html":"<b>&</b>","u":"é😀\u2028","s":"\u003c"}`,
		`{"z":1,"a":[true,null,{"b":{"c":{}}}]}`, `{}`,
	} {
		w := a.post(t, "/v2/otp/send", `{"to":"`+testworld.Number(i)+`","channels":["sms"],"metadata":`+m+`}`).ok()
		if got := a.get(t, "/v2/otp/"+w.str("otp_id")).ok().text; !strings.Contains(got, `"metadata":`+m) {
			t.Errorf("sent %s, got %s", m, got)
		}
	}
	a.post(t, "/v2/otp/send", `{`+good+`,"metadata":{"a":"`+strings.Repeat("x", 4088)+`"}}`).ok()
}

// TestThePublishedExamples sends the bodies of the API reference as they stand there.
func TestThePublishedExamples(t *testing.T) {
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
