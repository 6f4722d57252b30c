package httpsms

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/carriertest"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/webcall"
)

// newProfile makes a carrier of a profile, with only what the profile asks for.
func newProfile(t testing.TB, name, base, publicURL string) *Carrier {
	t.Helper()
	c := Config{
		Profile: name, APIBase: base, Channel: message.SMS, Token: secret.NewString(token),
		Values: []string{"username=acme", "template=t1"},
	}
	made, err := c.Make(carrier.Common{Name: name, From: "Acme", Receipts: true, PublicURL: publicURL},
		slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(made.(*Carrier).Close)

	return made.(*Carrier)
}

func TestProfiles_Suite(t *testing.T) {
	t.Parallel()
	for name, spoken := range map[string]carriertest.Dialect{
		"kannel": kannelDialect(), "africastalking": africasTalkingDialect(), "plivo": plivoDialect(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			carriertest.RunWeb(t, name, spoken, func(t *testing.T, base, publicURL string) carriertest.WebCarrier {
				return newProfile(t, name, base, publicURL)
			})
		})
	}
}

func answerText(status int, text string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
			w.Header().Set("Retry-After", "1")
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(text))
	}
}

func get(address string, query url.Values) (*http.Request, error) {
	return http.NewRequest(http.MethodGet, address+"?"+query.Encode(), nil)
}

func postForm(address string, form url.Values) (*http.Request, error) {
	request, err := http.NewRequest(http.MethodPost, address, strings.NewReader(form.Encode()))
	if err == nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return request, err
}

// kannelDialect is that of sendsms, as Kannel's user guide describes it.
func kannelDialect() carriertest.Dialect {
	return carriertest.Dialect{
		NoIDs: true, Rejects: message.CarrierRejected,
		Read: func(w http.ResponseWriter, r *http.Request, _ []byte) (carriertest.Submit, bool) {
			q := r.URL.Query()
			if r.Method != http.MethodGet || r.URL.Path != "/cgi-bin/sendsms" || q.Get("username") != "acme" ||
				q.Get("password") != token || q.Get("charset") != "UTF-8" {
				answerText(http.StatusForbidden, "Authorization failed for sendsms")(w)
				return carriertest.Submit{}, false
			}
			report, err := url.Parse(q.Get("dlr-url"))
			if err != nil {
				answerText(http.StatusBadRequest, "dlr-url")(w)
				return carriertest.Submit{}, false
			}
			return carriertest.Submit{
				Ref: report.Query().Get("id"), To: q.Get("to"), From: q.Get("from"), Body: q.Get("text"),
			}, true
		},
		Accept:   func(w http.ResponseWriter, _ string) { answerText(http.StatusAccepted, "0: Accepted for delivery")(w) },
		Reject:   answerText(http.StatusBadRequest, "Missing receiver number, rejected"),
		Throttle: answerText(http.StatusServiceUnavailable, "Temporal failure, try again later."),
		Receipt: func(base, id string, s carrier.Status) (*http.Request, error) {
			status := map[carrier.Status]string{carrier.Buffered: "8", carrier.Delivered: "1", carrier.Failed: "2"}[s]
			return get(base+"/receipts", url.Values{"token": {token}, "id": {id}, "status": {status}, "code": {"NACK/11"}})
		},
		Inbound: func(base, from, to, body string) (*http.Request, error) {
			return get(base+"/inbound", url.Values{"token": {token}, "from": {from}, "to": {to}, "text": {body}, "id": {"k1"}})
		},
	}
}

func africasTalkingDialect() carriertest.Dialect {
	recipient := func(code string) func(http.ResponseWriter) {
		return answerText(http.StatusCreated, `{"SMSMessageData":{"Message":"m","Recipients":[{"statusCode":`+code+
			`,"number":"+32470000001","status":"s","cost":"0","messageId":"None"}]}}`)
	}

	return carriertest.Dialect{
		Prefix: "ATXid_",
		Read: func(w http.ResponseWriter, r *http.Request, body []byte) (carriertest.Submit, bool) {
			form, err := url.ParseQuery(string(body))
			if err != nil || r.URL.Path != "/version1/messaging" || r.Header.Get("apiKey") != token ||
				form.Get("username") != "acme" || r.Header.Get("Authorization") != "" {
				answerText(http.StatusUnauthorized, "The supplied authentication is invalid")(w)
				return carriertest.Submit{}, false
			}
			return carriertest.Submit{To: form.Get("to"), From: form.Get("from"), Body: form.Get("message")}, true
		},
		Accept: func(w http.ResponseWriter, id string) {
			answerText(http.StatusCreated, `{"SMSMessageData":{"Recipients":[{"statusCode":101,"messageId":"`+id+`"}]}}`)(w)
		},
		Reject:   recipient("403"),
		Throttle: answerText(http.StatusTooManyRequests, ""),
		Receipt: func(base, id string, s carrier.Status) (*http.Request, error) {
			form := url.Values{"id": {id}, "phoneNumber": {"+32470000001"}, "networkCode": {"99999"}}
			form.Set("status", map[carrier.Status]string{
				carrier.Buffered: "Buffered", carrier.Delivered: "Success", carrier.Failed: "Failed",
			}[s])
			if s == carrier.Failed {
				form.Set("failureReason", "UserIsInactive")
			}
			return postForm(base+"/receipts?token="+token, form)
		},
		Inbound: func(base, from, to, body string) (*http.Request, error) {
			return postForm(base+"/inbound?token="+token,
				url.Values{"date": {"d"}, "from": {from}, "to": {to}, "text": {body}, "id": {"i"}, "linkId": {"l"}})
		},
	}
}

func plivoDialect() carriertest.Dialect {
	return carriertest.Dialect{
		Prefix: "db3ce55a-7f1d-11e1-8ea7-", Rejects: message.CarrierRejected,
		Read: func(w http.ResponseWriter, r *http.Request, body []byte) (carriertest.Submit, bool) {
			var got struct{ Src, Dst, Text, Type, URL string }
			user, password, _ := r.BasicAuth()
			if json.Unmarshal(body, &got) != nil || user != "acme" || password != token ||
				r.URL.Path != "/v1/Account/acme/Message/" {
				answerText(http.StatusUnauthorized, `{"error":"auth"}`)(w)
				return carriertest.Submit{}, false
			}
			return carriertest.Submit{To: got.Dst, From: got.Src, Body: got.Text}, true
		},
		Accept: func(w http.ResponseWriter, id string) {
			answerText(http.StatusAccepted, `{"api_id":"a","message":"message(s) queued","message_uuid":["`+id+`"]}`)(w)
		},
		Reject:   answerText(http.StatusBadRequest, `{"api_id":"a","error":"dst is invalid"}`),
		Throttle: answerText(http.StatusTooManyRequests, `{"error":"too many"}`),
		Receipt: func(base, id string, s carrier.Status) (*http.Request, error) {
			form := url.Values{"MessageUUID": {id}, "To": {"32470000001"}, "ErrorCode": {"000"}}
			form.Set("Status", map[carrier.Status]string{
				carrier.Buffered: "sent", carrier.Delivered: "delivered", carrier.Read: "read", carrier.Failed: "undelivered",
			}[s])
			if s == carrier.Failed {
				form.Set("ErrorCode", "80")
			}
			return plivoRequest(base+"/receipts", form)
		},
		Inbound: func(base, from, to, body string) (*http.Request, error) {
			return plivoRequest(base+"/inbound",
				url.Values{"From": {strings.TrimPrefix(from, "+")}, "To": {to}, "Text": {body}, "MessageUUID": {"i"}})
		},
	}
}

// plivoRequest signs with the text that TestPlivo_Vectors proves.
func plivoRequest(address string, form url.Values) (*http.Request, error) {
	request, err := postForm(address, form)
	if err != nil {
		return nil, err
	}
	request.Header.Set("X-Plivo-Signature-V3-Nonce", "1")
	request.Header.Set("X-Plivo-Signature-V3", plivoSignature(secret.NewString(token), plivoText(address, nil, form)+".1"))

	return request, nil
}

// sent is the request that a carrier makes of a code.
func sent(t *testing.T, name string, spoil func(*carrier.Message)) (r *http.Request, body string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, got *http.Request) {
		r, body = got, readAll(t, got)
		answerText(http.StatusAccepted, "{}")(w)
	}))
	defer server.Close()
	m := testMessage()
	m.Code, m.Validity = secret.NewString("735190"), 5*time.Minute
	if spoil != nil {
		spoil(&m)
	}
	newProfile(t, name, server.URL, "https://otp.example.com").Send(t.Context(), m)
	if r == nil {
		t.Fatalf("%s sent nothing", name)
	}

	return r, body
}

func TestProfiles_Requests(t *testing.T) {
	t.Parallel()
	kannel, _ := sent(t, "kannel", nil)
	q := kannel.URL.Query()
	for key, want := range map[string]string{
		"coding": "0", "validity": "5", "dlr-mask": "19",
		"dlr-url": "https://otp.example.com/carriers/kannel/receipts?token=" + token + "&id=msg_1&status=%d&code=%A",
	} {
		if q.Get(key) != want {
			t.Errorf("kannel: %s is %q, want %q", key, q.Get(key), want)
		}
	}
	kannel, _ = sent(t, "kannel", func(m *carrier.Message) { m.Body, m.Validity = secret.NewString("код"), 0 })
	if q := kannel.URL.Query(); q.Get("coding") != "2" || q.Has("validity") || q.Get("text") != "код" {
		t.Errorf("kannel: %v", q)
	}

	for name, want := range map[string]string{
		"msg91": `{"template_id":"t1","short_url":"0","sender":"Acme","recipients":[{"mobiles":"32470000001",` +
			`"text":"735190 <is> \"your\" code","otp":"735190"}]}`,
		"plivo": `{"src":"Acme","dst":"+32470000001","text":"735190 <is> \"your\" code","type":"sms","message_expiry":300,` +
			`"url":"https://otp.example.com/carriers/plivo/receipts?ref=msg_1","method":"POST"}`,
		"africastalking": "username=acme&to=%2B32470000001&message=735190+%3Cis%3E+%22your%22+code&from=Acme&bulkSMSMode=1",
	} {
		if _, body := sent(t, name, nil); body != want {
			t.Errorf("%s: got  %s\nwant %s", name, body, want)
		}
	}
}

func TestProfiles_Answers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		profile string
		status  int
		body    string
		want    carrier.Outcome
		reason  message.Reason
		ids     []string
	}{
		{profile: "africastalking", status: 201, body: `{"SMSMessageData":{"Message":"InvalidSenderId","Recipients":[]}}`, want: carrier.Rejected, reason: message.SenderNotAllowed},
		{profile: "africastalking", status: 201, body: `{"SMSMessageData":{"Recipients":[{"statusCode":405}]}}`, want: carrier.Retry, reason: message.CarrierError},
		{profile: "africastalking", status: 201, body: `{"SMSMessageData":{"Recipients":[{"statusCode":999}]}}`, want: carrier.Rejected, reason: message.CarrierRejected},
		{profile: "africastalking", status: 201, body: `{"SMS`, want: carrier.Unknown, reason: message.CarrierError},
		{profile: "msg91", status: 200, body: `{"message":"5e1e93cad6fc054d8e759a5b","type":"success"}`, want: carrier.Accepted, ids: []string{"5e1e93cad6fc054d8e759a5b"}},
		{profile: "msg91", status: 200, body: `{"message":"template id missing","type":"error"}`, want: carrier.Retry, reason: message.CarrierError},
		{profile: "msg91", status: 401, body: `{"message":"Authentication failure","type":"error","code":"201"}`, want: carrier.Retry, reason: message.CarrierError},
		{profile: "plivo", status: 202, body: `{"message_uuid":["u1"]}`, want: carrier.Accepted, ids: []string{"u1"}},
		{profile: "plivo", status: 402, body: `{"error":"credit"}`, want: carrier.Retry, reason: message.CarrierError},
	} {
		rules := newProfile(t, c.profile, "", "https://otp.example.com").templated.answer
		got := rules.read(webcall.Answer{Status: c.status, Body: []byte(c.body)}, "+32470000001", time.Now())
		if got.Outcome != c.want || got.Reason != c.reason || !slices.Equal(got.IDs, c.ids) {
			t.Errorf("%s %d %s: got %+v", c.profile, c.status, c.body, got)
		}
	}
}

func TestProfiles_Receipts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		profile, contentType, body string
		want                       carrier.Receipt
		optOut                     bool
	}{
		{profile: "msg91", contentType: "application/json", body: `{"requestId":"r1","number":"91","status":"1","desc":"DELIVERED"}`, want: carrier.Receipt{ID: "r1", Status: carrier.Delivered}},
		{profile: "msg91", contentType: "application/json", body: `{"requestId":"r1","status":"2","desc":"failed"}`, want: carrier.Receipt{ID: "r1", Status: carrier.Failed, Reason: message.UnknownReason, CarrierCode: "2"}},
		{profile: "msg91", contentType: "application/json", body: `[{"requestId":"r1","desc":"NDNC","status":9}]`, want: carrier.Receipt{ID: "r1", Status: carrier.Failed, Reason: message.BlockedByRecipient, CarrierCode: "9"}},
		{profile: "africastalking", contentType: "application/x-www-form-urlencoded", body: "id=a&status=Rejected&failureReason=UserInBlackList", want: carrier.Receipt{ID: "a", Status: carrier.Failed, Reason: message.BlockedByRecipient, CarrierCode: "UserInBlackList"}},
		{profile: "africastalking", contentType: "application/x-www-form-urlencoded", body: "id=a&status=Expired", want: carrier.Receipt{ID: "a", Status: carrier.Failed, Reason: message.ExpiredInTransit}},
		{profile: "plivo", contentType: "application/x-www-form-urlencoded", body: "MessageUUID=u&Status=undelivered&ErrorCode=200&To=32470000001", want: carrier.Receipt{ID: "u", Status: carrier.Failed, Reason: message.OptedOut, CarrierCode: "200"}, optOut: true},
		{profile: "plivo", contentType: "application/x-www-form-urlencoded", body: "MessageUUID=u&Status=flying", want: carrier.Receipt{ID: "u"}},
	} {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(c.body))
		r.Header.Set("Content-Type", c.contentType)
		d, f := readDocument(r, []byte(c.body))
		if f != nil {
			t.Fatal(f)
		}
		unknown := ""
		rules := newProfile(t, c.profile, "", "https://otp.example.com").templated
		got, texts, f := rules.read("receipts", d, func(s string) { unknown = s })
		c.want.Ref = c.want.ID
		if f != nil || len(got) != 1 || got[0].ID != c.want.ID || got[0].Ref != c.want.Ref || got[0].Status != c.want.Status ||
			got[0].Reason != c.want.Reason || got[0].CarrierCode != c.want.CarrierCode {
			t.Errorf("%s %s: %+v %v", c.profile, c.body, got, f)
		}
		if (unknown != "") != strings.Contains(c.body, "flying") {
			t.Errorf("%s %s: unknown %q", c.profile, c.body, unknown)
		}
		if optOut := len(texts) == 1 && texts[0].From == "+32470000001"; optOut != c.optOut {
			t.Errorf("%s %s: %+v", c.profile, c.body, texts)
		}
	}
}

func readAll(t *testing.T, r *http.Request) string {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	return string(body)
}

// Plivo has no field for our reference, so the address of the receipt has it, within what Plivo signs. It settles a
// submit
// whose answer did not come.
func TestPlivo_Reference(t *testing.T) {
	t.Parallel()
	const address = "https://otp.example.com/carriers/plivo/receipts"
	made := newProfile(t, "plivo", "", "https://otp.example.com")
	for ref, want := range map[string]string{"msg_1": "msg_1", "": "uuid-1"} {
		form := url.Values{"MessageUUID": {"uuid-1"}, "To": {"32470000001"}, "Status": {"delivered"}}
		query := url.Values{}
		if ref != "" {
			query.Set("ref", ref)
		}
		request, err := postForm(address+"?"+query.Encode(), form)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("X-Plivo-Signature-V3-Nonce", "1")
		request.Header.Set("X-Plivo-Signature-V3", plivoSignature(secret.NewString(token), plivoText(address, query, form)+".1"))

		var got []carrier.Receipt
		sink := carrier.Sink{Receipt: func(_ context.Context, r carrier.Receipt) (bool, error) {
			got = append(got, r)
			return true, nil
		}}
		f := made.ServeCallback(httptest.NewRecorder(), request, "receipts", sink)
		if f != nil || len(got) != 1 || got[0].ID != "uuid-1" || got[0].Ref != want {
			t.Errorf("%q: %v, %+v", ref, f, got)
		}
	}
}
