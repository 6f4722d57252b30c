package whatsapp

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/carriertest"
	"github.com/syssecure/syssecure/internal/secret"
)

const (
	token     = "EAAtoken"
	appSecret = "app_secret_1"
	verify    = "a text of my choice"
	number    = "106540352242922"
)

func newTest(t testing.TB, common carrier.Common, c Config) *Carrier {
	t.Helper()
	common.Name = "whatsapp"
	c.PhoneNumberID, c.AccessToken, c.AppSecret = number, secret.NewString(token), secret.NewString(appSecret)
	c.VerifyToken, c.Template, c.TemplateLanguage = secret.NewString(verify), "verification_code", "en_US"
	if c.APIBase == "" {
		c.APIBase = "http://127.0.0.1:1"
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
	carriertest.RunWeb(t, "whatsapp", dialect(), func(t *testing.T, base, _ string) carriertest.WebCarrier {
		return newTest(t, carrier.Common{Receipts: true}, Config{APIBase: base})
	})
}

// dialect is Meta's, as its pages describe it.
func dialect() carriertest.Dialect {
	refuse := func(status int, code string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			carriertest.AnswerJSON(w, status, `{"error":{"message":"(#`+code+`) m","type":"OAuthException","code":`+code+
				`,"error_data":{"messaging_product":"whatsapp","details":"d"},"fbtrace_id":"f"}}`)
		}
	}

	return carriertest.Dialect{
		Prefix: "wamid.HBgM", CodeOnly: true,
		Read: func(w http.ResponseWriter, r *http.Request, body []byte) (carriertest.Submit, bool) {
			var in struct {
				To, Type string
				Ref      string `json:"biz_opaque_callback_data"`
				Template struct {
					Components []struct{ Parameters []struct{ Text string } }
				}
			}
			if r.Header.Get("Authorization") != "Bearer "+token || json.Unmarshal(body, &in) != nil ||
				r.URL.Path != "/"+number+"/messages" || in.Type != "template" {
				refuse(http.StatusUnauthorized, "190")(w)
				return carriertest.Submit{}, false
			}
			return carriertest.Submit{
				Ref: in.Ref, To: "+" + in.To, Body: in.Template.Components[0].Parameters[0].Text,
			}, true
		},
		Accept: func(w http.ResponseWriter, id string) {
			carriertest.AnswerJSON(w, http.StatusOK, `{"messaging_product":"whatsapp","contacts":[{"input":"i",`+
				`"wa_id":"32470000001"}],"messages":[{"id":"`+id+`","message_status":"accepted"}]}`)
		},
		Reject:   refuse(http.StatusBadRequest, "131021"),
		Throttle: refuse(http.StatusBadRequest, "130429"),
		Receipt: func(base, id string, s carrier.Status) (*http.Request, error) {
			name := map[carrier.Status]string{
				carrier.Buffered: "sent", carrier.Delivered: "delivered", carrier.Read: "read", carrier.Failed: "failed",
			}[s]
			failed := ""
			if s == carrier.Failed {
				failed = `,"errors":[{"code":131026,"title":"Message undeliverable"}]`
			}
			return signedRequest(base+"/callback", changed(`"statuses":[{"id":"`+id+`","status":"`+name+
				`","timestamp":"1751142888","recipient_id":"32470000001"`+failed+`}]`))
		},
		Inbound: func(base, from, to, body string) (*http.Request, error) {
			text, err := json.Marshal(body)
			if err != nil {
				return nil, err
			}
			from = strings.TrimPrefix(from, "+")
			return signedRequest(base+"/callback", strings.Replace(changed(`"contacts":[{"wa_id":"`+from+`"}],"messages":[{"from":"`+
				from+`","id":"wamid.in","timestamp":"1751142888","type":"text","text":{"body":`+string(text)+`}}]`),
				"15550783881", to, 1))
		},
	}
}

// changed is the body of a callback with one change of messages.
func changed(fields string) string {
	return `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{` +
		`"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550783881","phone_number_id":"` + number +
		`"},` + fields + `}}]}]}`
}

// signedRequest signs as Meta's page describes it, apart from the code under test.
func signedRequest(address, body string) (*http.Request, error) {
	request, err := http.NewRequest(http.MethodPost, address, bytes.NewReader([]byte(body)))
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, []byte(appSecret))
	mac.Write([]byte(body))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))

	return request, nil
}
