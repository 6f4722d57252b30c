package vonage

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/carriertest"
	"github.com/syssecure/syssecure/internal/secret"
)

const (
	apiKey    = "abcd1234"
	apiSecret = "0123456789abcdef"
	signKey   = "fedcba9876543210"
)

func newTest(t testing.TB, common carrier.Common, base string) *Carrier {
	t.Helper()
	common.Name = "vonage"
	c := Config{
		APIKey: apiKey, APISecret: secret.NewString(apiSecret), SignatureSecret: secret.NewString(signKey), APIBase: base,
	}
	made, err := c.Make(common, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(made.(*Carrier).Close)

	return made.(*Carrier)
}

func TestCarrier_Suite(t *testing.T) {
	t.Parallel()
	carriertest.RunWeb(t, "vonage", dialect(), func(t *testing.T, base, publicURL string) carriertest.WebCarrier {
		return newTest(t, carrier.Common{From: "Acme", Receipts: true, PublicURL: publicURL}, base)
	})
}

// dialect is Vonage's, as its OpenAPI document (definitions/sms.yml) and its pages on webhooks describe it.
func dialect() carriertest.Dialect {
	refuse := func(status string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			carriertest.AnswerJSON(w, http.StatusOK,
				`{"message-count":"1","messages":[{"status":"`+status+`","error-text":"e"}]}`)
		}
	}

	return carriertest.Dialect{
		Prefix: "0C0000002",
		Read: func(w http.ResponseWriter, r *http.Request, body []byte) (carriertest.Submit, bool) {
			form, err := url.ParseQuery(string(body))
			if err != nil || form.Get("api_key") != apiKey || form.Get("api_secret") != apiSecret ||
				r.URL.Path != "/sms/json" || r.Method != http.MethodPost {
				refuse("4")(w)
				return carriertest.Submit{}, false
			}
			return carriertest.Submit{
				Ref: form.Get("client-ref"), To: "+" + form.Get("to"), From: form.Get("from"), Body: form.Get("text"),
			}, true
		},
		Accept: func(w http.ResponseWriter, id string) {
			carriertest.AnswerJSON(w, http.StatusOK,
				`{"message-count":"1","messages":[{"to":"32470000001","message-id":"`+id+`","status":"0"}]}`)
		},
		Reject:   refuse("33"),
		Throttle: refuse("1"),
		Old: func(base, id string, at time.Time) (*http.Request, error) {
			form := url.Values{"messageId": {id}, "msisdn": {"32470000001"}, "err-code": {"0"}, "status": {"delivered"}}
			return http.NewRequest(http.MethodGet, base+"/receipts?"+sign(form, at).Encode(), nil)
		},
		Receipt: func(base, id string, s carrier.Status) (*http.Request, error) {
			form := url.Values{"messageId": {id}, "msisdn": {"32470000001"}, "err-code": {"0"}}
			form.Set("status", map[carrier.Status]string{
				carrier.Buffered: "buffered", carrier.Delivered: "delivered", carrier.Failed: "failed",
			}[s])
			if s == carrier.Failed {
				form.Set("err-code", "2")
			}
			return http.NewRequest(http.MethodGet, base+"/receipts?"+sign(form, time.Now()).Encode(), nil)
		},
		Inbound: func(base, from, to, body string) (*http.Request, error) {
			form := url.Values{
				"messageId": {"0B1"}, "msisdn": {strings.TrimPrefix(from, "+")}, "to": {to}, "text": {body}, "type": {"text"},
			}
			return post(base+"/inbound", sign(form, time.Now()))
		},
	}
}

func post(address string, form url.Values) (*http.Request, error) {
	request, err := http.NewRequest(http.MethodPost, address, strings.NewReader(form.Encode()))
	if err == nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return request, err
}

// sign signs as Vonage's page describes it, apart from the code under test: the names are in their order already.
func sign(form url.Values, at time.Time) url.Values {
	form.Set("api-key", apiKey)
	form.Set("nonce", "aaaa-bbbb")
	form.Set("timestamp", strconv.FormatInt(at.Unix(), 10))
	text := ""
	for _, name := range []string{
		"api-key", "client-ref", "err-code", "messageId", "msisdn", "nonce", "status", "text", "timestamp", "to", "type",
	} {
		if form.Has(name) {
			text += "&" + name + "=" + strings.ReplaceAll(strings.ReplaceAll(form.Get(name), "&", "_"), "=", "_")
		}
	}
	mac := hmac.New(sha256.New, []byte(signKey))
	mac.Write([]byte(text))
	form.Set("sig", strings.ToUpper(hex.EncodeToString(mac.Sum(nil))))

	return form
}
