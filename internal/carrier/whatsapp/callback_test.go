package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/syssecure/syssecure/internal/carrier"
)

// recorder is a sink that keeps what it gets as one line each. It fails for the ids in failing.
type recorder struct {
	mu      sync.Mutex
	got     []string
	failing string
}

var errOut = errors.New("the database is out")

func (r *recorder) note(id, line string) (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if id == r.failing {
		return false, errOut
	}
	r.got = append(r.got, line)
	return true, nil
}

func (r *recorder) sink() carrier.Sink {
	return carrier.Sink{
		Receipt: func(_ context.Context, m carrier.Receipt) (bool, error) {
			name := map[carrier.Status]string{
				carrier.Buffered: "buffered", carrier.Delivered: "delivered", carrier.Read: "read", carrier.Failed: "failed",
			}[m.Status]
			return r.note(m.ID, strings.Join(strings.Fields(
				fmt.Sprint(m.Carrier, " ", m.ID, " ", m.Ref, " ", name, " ", m.Reason, " ", m.CarrierCode, " ", m.User.E164())), " "))
		},
		Inbound: func(_ context.Context, m carrier.Inbound) (bool, error) {
			return r.note(m.ID, fmt.Sprintf("%s>%s %s: %s", m.From, m.To, m.ID, m.Body.Reveal()))
		},
	}
}

// posted is the status of a callback with a body, after spoil changed the request.
func (c *Carrier) posted(t testing.TB, sink carrier.Sink, body string, spoil func(*http.Request)) int {
	t.Helper()
	r, err := signedRequest("https://otp.example.com/carriers/whatsapp/callback", body)
	if err != nil {
		t.Fatal(err)
	}
	if spoil != nil {
		spoil(r)
	}
	w := httptest.NewRecorder()
	if f := c.ServeCallback(w, r, callback, sink); f != nil {
		return f.Status
	}
	return w.Code
}

func TestCallback_Batch(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body string
		want []string
	}{
		"delivered, with our reference": {
			body: changed(`"statuses":[{"id":"w1","status":"delivered","biz_opaque_callback_data":"ref"}]`),
			want: []string{"whatsapp w1 ref delivered"},
		},
		"of people with user ids": {
			body: changed(`"contacts":[{"wa_id":"1","user_id":"US.1"},{"wa_id":"2","user_id":"US.2"}],"statuses":[` +
				`{"id":"w1","status":"read","recipient_id":"2"},{"id":"w2","status":"read","recipient_id":"3"},` +
				`{"id":"w3","status":"read","recipient_user_id":"US.4"}]`),
			want: []string{"whatsapp w1 read whatsapp:US.2", "whatsapp w2 read", "whatsapp w3 read whatsapp:US.4"},
		},
		"of the only person, without a number": {
			body: changed(`"contacts":[{"user_id":"US.1"}],"statuses":[{"id":"w1","status":"read"}]`),
			want: []string{"whatsapp w1 read whatsapp:US.1"},
		},
		"of the only person, whose id is none": {
			body: changed(`"contacts":[{"wa_id":"1","user_id":"STOP"}],"statuses":[{"id":"w1","status":"read","recipient_id":"1"}]`),
			want: []string{"whatsapp w1 read"},
		},
		"the states of one message": {
			body: changed(`"statuses":[{"id":"w1","status":"sent"},{"id":"w1","status":"delivered"},{"id":"w1","status":"read"},` +
				`{"id":"w1","status":"played"}]`),
			want: []string{"whatsapp w1 buffered", "whatsapp w1 delivered", "whatsapp w1 read", "whatsapp w1 buffered"},
		},
		"not on WhatsApp": {
			body: changed(`"statuses":[{"id":"w1","status":"failed","errors":[{"code":131026,"title":"t"}]}]`),
			want: []string{"whatsapp w1 failed not_on_channel 131026"},
		},
		"failed without a code": {
			body: changed(`"statuses":[{"id":"w1","status":"failed"}]`), want: []string{"whatsapp w1 failed unknown"},
		},
		"a text": {
			body: changed(`"contacts":[{"wa_id":"32470000001","user_id":"BE.1"}],"messages":[{"from":"32470000001","id":"m1",` +
				`"type":"text","text":{"body":"STOP"}}]`),
			want: []string{"+32470000001>+15550783881 m1: STOP"},
		},
		"a quick reply, a button and a line of a list": {
			body: changed(`"messages":[{"from":"1","id":"m1","type":"button","button":{"payload":"p","text":"Stop"}},` +
				`{"from":"1","id":"m2","type":"button","button":{"payload":"p"}},` +
				`{"from":"1","id":"m3","type":"interactive","interactive":{"type":"button_reply","button_reply":{"id":"i","title":"Help"}}},` +
				`{"from":"1","id":"m4","type":"interactive","interactive":{"type":"list_reply","list_reply":{"id":"i","title":"No"}}}]`),
			want: []string{"+1>+15550783881 m1: Stop", "+1>+15550783881 m2: p", "+1>+15550783881 m3: Help", "+1>+15550783881 m4: No"},
		},
		"what is no text": {
			body: changed(`"messages":[{"from":"1","id":"m1","type":"image","image":{"id":"i"}},{"from":"1","id":"m2","type":"reaction"},` +
				`{"from":"1","id":"m3","type":"system","system":{"type":"user_changed_number"}},` +
				`{"from":"1","id":"m4","type":"interactive","interactive":{"type":"nfm_reply"}}]`),
		},
		"a person without a visible number": {
			body: changed(`"contacts":[{"user_id":"US.13491208655302741918"}],"messages":[{"from_user_id":"US.13491208655302741918",` +
				`"id":"m1","type":"text","text":{"body":"STOP"}}]`),
			want: []string{"whatsapp:US.13491208655302741918>+15550783881 m1: STOP"},
		},
		"one who is named only among the contacts": {
			body: changed(`"contacts":[{"profile":{"username":"u"},"user_id":"US.ENT.118"}],"messages":[{"id":"m1","type":"text",` +
				`"text":{"body":"STOP"}}]`),
			want: []string{"whatsapp:US.ENT.118>+15550783881 m1: STOP"},
		},
		"one whose id is in the place of the number": {
			body: changed(`"messages":[{"from":"US.118","id":"m1","type":"text","text":{"body":"STOP"}}]`),
			want: []string{"whatsapp:US.118>+15550783881 m1: STOP"},
		},
		"nobody": {body: changed(`"messages":[{"from":"a b","id":"m1","type":"text","text":{"body":"STOP"}}]`)},
		"another number of the app": {
			body: strings.Replace(changed(`"statuses":[{"id":"w1","status":"read"}]`), number, "7", 1),
		},
		"another field": {
			body: strings.Replace(changed(`"statuses":[{"id":"w1","status":"read"}]`), `"messages"`, `"account_update"`, 1),
		},
		"a part that cannot be read": {
			body: changed(`"statuses":[{"id":7,"status":"read"},{"id":"w1","status":"read"},{"status":"read"}]`),
			want: []string{"whatsapp w1 read"},
		},
		"a value that is none": {body: `{"entry":[{"changes":[{"field":"messages","value":7}]}]}`},
		"errors of the number": {body: changed(`"errors":[{"code":131042},{"code":131999}]`)},
		"empty":                {body: `{"object":"whatsapp_business_account","entry":[]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sink := &recorder{}
			made := newTest(t, carrier.Common{}, Config{})
			if got := made.posted(t, sink.sink(), c.body, nil); got != 200 {
				t.Errorf("answered %d", got)
			}
			slices.Sort(sink.got) // statuses of several messages are stored in parallel
			slices.Sort(c.want)
			if !slices.Equal(sink.got, c.want) {
				t.Errorf("got  %q\nwant %q", sink.got, c.want)
			}
		})
	}
}

func TestCallback_Refusals(t *testing.T) {
	t.Parallel()
	body := changed(`"statuses":[{"id":"w1","status":"read"}]`)
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	for name, c := range map[string]struct {
		body  string
		spoil func(*http.Request)
		want  int
	}{
		"unsigned":         {body: body, spoil: func(r *http.Request) { r.Header.Del("X-Hub-Signature-256") }, want: 401},
		"forged":           {body: body, spoil: header("X-Hub-Signature-256", "sha256="+strings.Repeat("0", 64)), want: 401},
		"another hash":     {body: body, spoil: header("X-Hub-Signature-256", "sha1="+strings.Repeat("0", 40)), want: 401},
		"cut":              {body: body, spoil: header("X-Hub-Signature-256", "sha256=98"), want: 401},
		"no JSON":          {body: `entry=1`, want: 400},
		"PUT":              {body: body, spoil: func(r *http.Request) { r.Method = http.MethodPut }, want: 405},
		"oversized":        {body: strings.Repeat(" ", maxBody) + body, want: 413},
		"large":            {body: strings.Repeat(" ", maxBody-len(body)) + body, want: 200},
		"of unknown size":  {body: body, spoil: func(r *http.Request) { r.ContentLength = -1 }, want: 200},
		"larger than said": {body: strings.Repeat(" ", smallBody) + body, spoil: func(r *http.Request) { r.ContentLength = 7 }, want: 413},
	} {
		sink := &recorder{}
		made := newTest(t, carrier.Common{}, Config{})
		if got := made.posted(t, sink.sink(), c.body, c.spoil); got != c.want || (len(sink.got) > 0) != (c.want == 200) {
			t.Errorf("%s: %d, stored %q, want %d", name, got, sink.got, c.want)
		}
	}

	made := newTest(t, carrier.Common{}, Config{})
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	if f := made.ServeCallback(httptest.NewRecorder(), r, "receipts", carrier.Sink{}); f == nil || f.Status != 404 {
		t.Errorf("another address: %v", f)
	}
}

// While as many large bodies are read as may be, others are asked to come again, and small ones are read.
func TestCallback_LargeBodies(t *testing.T) {
	t.Parallel()
	made, sink := newTest(t, carrier.Common{}, Config{}), &recorder{}
	small := changed(`"statuses":[{"id":"w1","status":"read"}]`)
	large := strings.Repeat(" ", smallBody) + small
	for range maxLarge {
		made.large <- struct{}{}
	}
	if got := made.posted(t, sink.sink(), large, nil); got != 503 {
		t.Errorf("a large body is answered %d", got)
	}
	if got := made.posted(t, sink.sink(), small, nil); got != 200 {
		t.Errorf("a small body is answered %d", got)
	}
	<-made.large
	if got := made.posted(t, sink.sink(), large, nil); got != 200 || len(made.large) != maxLarge-1 {
		t.Errorf("a large body is answered %d later, %d are read", got, len(made.large))
	}
}

// A batch is acknowledged only when all of it was stored, in the order that counts.
func TestCallback_AllOrNothing(t *testing.T) {
	t.Parallel()
	const many = 1000
	var statuses, texts []string
	for n := range many {
		statuses = append(statuses, fmt.Sprintf(`{"id":"w%d","status":"delivered"}`, n), fmt.Sprintf(`{"id":"w%d","status":"read"}`, n))
		texts = append(texts, fmt.Sprintf(`{"from":"1","id":"m%d","type":"text","text":{"body":"t"}}`, n))
	}
	body := changed(`"statuses":[` + strings.Join(statuses, ",") + `],"messages":[` + strings.Join(texts, ",") + `]`)

	for _, failing := range []string{"w0", "w512", fmt.Sprint("w", many-1), "m0", fmt.Sprint("m", many-1)} {
		sink := &recorder{failing: failing}
		if got := newTest(t, carrier.Common{}, Config{}).posted(t, sink.sink(), body, nil); got != 503 {
			t.Errorf("%s was not stored: %d", failing, got)
		}
	}

	sink := &recorder{}
	if got := newTest(t, carrier.Common{}, Config{}).posted(t, sink.sink(), body, nil); got != 200 || len(sink.got) != 3*many {
		t.Fatalf("%d, and %d lines", got, len(sink.got))
	}
	for n := range many {
		delivered := slices.Index(sink.got, fmt.Sprintf("whatsapp w%d delivered", n))
		read := slices.Index(sink.got, fmt.Sprintf("whatsapp w%d read", n))
		text := slices.Index(sink.got, fmt.Sprintf("+1>+15550783881 m%d: t", n))
		if delivered < 0 || read < delivered || text != 2*many+n {
			t.Fatalf("message %d: delivered %d, read %d, text %d", n, delivered, read, text)
		}
	}
}

func TestCallback_Challenge(t *testing.T) {
	t.Parallel()
	good := url.Values{"hub.mode": {"subscribe"}, "hub.challenge": {"1158201444"}, "hub.verify_token": {verify}}
	with := func(name, value string) url.Values {
		out := url.Values{}
		for k, v := range good {
			out[k] = v
		}
		out.Set(name, value)
		return out
	}
	for name, c := range map[string]struct {
		query url.Values
		want  int
	}{
		"right":         {query: good, want: 200},
		"another token": {query: with("hub.verify_token", "guess"), want: 403},
		"no token":      {query: with("hub.verify_token", ""), want: 403},
		"another mode":  {query: with("hub.mode", "unsubscribe"), want: 403},
		"no challenge":  {query: with("hub.challenge", ""), want: 400},
		"a long one":    {query: with("hub.challenge", strings.Repeat("1", maxChallenge+1)), want: 400},
		"nothing":       {want: 403},
	} {
		made, w := newTest(t, carrier.Common{}, Config{}), httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, "/carriers/whatsapp/callback?"+c.query.Encode(), nil)
		status := 0
		if f := made.ServeCallback(w, r, callback, carrier.Sink{}); f != nil {
			status = f.Status
		} else if status = w.Code; w.Body.String() != "1158201444" || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") {
			t.Errorf("%s: answered %q %v", name, w.Body, w.Header())
		}
		if status != c.want {
			t.Errorf("%s: %d, want %d", name, status, c.want)
		}
	}
}

// The vector was made by another program (Python's hmac).
func TestCallback_Vector(t *testing.T) {
	t.Parallel()
	made := newTest(t, carrier.Common{}, Config{})
	const body = `{"object":"whatsapp_business_account","entry":[]}`
	signed := func(signature string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("X-Hub-Signature-256", signature) }
	}
	const good = "sha256=9853aa679e105b611af040e5124d90921ec5e9a7c1943e64a25b60dbb70e7a75"
	if got := made.posted(t, carrier.Sink{}, body, signed(good)); got != 200 {
		t.Errorf("the vector is answered %d", got)
	}
	if got := made.posted(t, carrier.Sink{}, body+" ", signed(good)); got != 401 {
		t.Errorf("another body is answered %d", got)
	}
}
