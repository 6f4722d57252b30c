package twilio

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/carriertest"
	"github.com/syssecure/syssecure/internal/secret"
)

const (
	token = "0123456789abcdef0123456789abcdef"
	sid   = "AC00000000000000000000000000000001"
)

func newTest(t testing.TB, common carrier.Common, c Config) *Carrier {
	t.Helper()
	common.Name, c.AccountSID, c.AuthToken = "twilio", sid, secret.NewString(token)
	made, err := c.Make(common, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(made.(*Carrier).Close)

	return made.(*Carrier)
}

func TestCarrier_Suite(t *testing.T) {
	t.Parallel()
	carriertest.RunWeb(t, "twilio", dialect(), func(t *testing.T, base, publicURL string) carriertest.WebCarrier {
		return newTest(t, carrier.Common{From: "+15005550006", Receipts: true, PublicURL: publicURL},
			Config{APIBase: base})
	})
}

// dialect is Twilio's, as its OpenAPI document and its pages on callbacks describe it.
func dialect() carriertest.Dialect {
	failure := func(status int, code string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			if status == http.StatusTooManyRequests {
				w.Header().Set("Retry-After", "1")
			}
			carriertest.AnswerJSON(w, status, `{"code":`+code+`,"message":"m","more_info":"u","status":`+code+`}`)
		}
	}

	return carriertest.Dialect{
		Prefix: "SM",
		Read: func(w http.ResponseWriter, r *http.Request, body []byte) (carriertest.Submit, bool) {
			form, err := url.ParseQuery(string(body))
			user, password, ok := r.BasicAuth()
			if err != nil || !ok || user != sid || password != token ||
				r.URL.Path != "/2010-04-01/Accounts/"+sid+"/Messages.json" {
				failure(http.StatusUnauthorized, "20003")(w)
				return carriertest.Submit{}, false
			}
			return carriertest.Submit{To: form.Get("To"), From: form.Get("From"), Body: form.Get("Body")}, true
		},
		Accept: func(w http.ResponseWriter, id string) {
			carriertest.AnswerJSON(w, http.StatusCreated, `{"sid":"`+id+`","status":"queued","error_code":null}`)
		},
		Reject:   failure(http.StatusBadRequest, "21211"),
		Throttle: failure(http.StatusTooManyRequests, "20429"),
		Receipt: func(base, id string, s carrier.Status) (*http.Request, error) {
			form := url.Values{"MessageSid": {id}, "AccountSid": {sid}, "To": {"+32470000001"}}
			form.Set("MessageStatus", map[carrier.Status]string{
				carrier.Buffered: "sent", carrier.Delivered: "delivered", carrier.Read: "read",
				carrier.Failed: "undelivered",
			}[s])
			if s == carrier.Failed {
				form.Set("ErrorCode", "30003")
			}
			return signedRequest(base+"/receipts", form)
		},
		Inbound: func(base, from, to, body string) (*http.Request, error) {
			return signedRequest(base+"/inbound", url.Values{
				"MessageSid": {"SMin"}, "From": {from}, "To": {to}, "Body": {body}, "NumMedia": {"0"},
			})
		},
	}
}

// signedRequest signs as Twilio's own page describes it, apart from the code under test.
func signedRequest(address string, form url.Values) (*http.Request, error) {
	text := address
	names := []string{
		"AccountSid", "Body", "ErrorCode", "From", "MessageSid", "MessageStatus", "NumMedia", "OptOutType", "To",
	}
	for _, name := range names {
		if form.Has(name) {
			text += name + form.Get(name)
		}
	}
	request, err := http.NewRequest(http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("X-Twilio-Signature", signature(text))

	return request, nil
}

// signature is the HMAC of a text in base64.
func signature(text string) string {
	mac := hmac.New(sha1.New, []byte(token))
	mac.Write([]byte(text))

	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
