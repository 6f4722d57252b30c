package infobip

import (
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
	apiKey = "0123456789abcdef-0123"
	token  = "callbacks & more"
)

func newTest(t testing.TB, common carrier.Common, base string) *Carrier {
	t.Helper()
	common.Name = "infobip"
	c := Config{APIKey: secret.NewString(apiKey), CallbackToken: secret.NewString(token), APIBase: base}
	made, err := c.Make(common, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(made.(*Carrier).Close)

	return made.(*Carrier)
}

func TestCarrier_Suite(t *testing.T) {
	t.Parallel()
	carriertest.RunWeb(t, "infobip", dialect(), func(t *testing.T, base, publicURL string) carriertest.WebCarrier {
		return newTest(t, carrier.Common{From: "Acme", Receipts: true, PublicURL: publicURL}, base)
	})
}

// dialect is Infobip's, as its OpenAPI document describes it.
func dialect() carriertest.Dialect {
	answer := func(w http.ResponseWriter, id, status string) {
		carriertest.AnswerJSON(w, http.StatusOK, `{"bulkId":"b","messages":[{"messageId":"`+id+`","status":`+status+
			`,"destination":"32470000001","details":{"messageCount":1}}]}`)
	}

	return carriertest.Dialect{
		Prefix: "2250be2d4219-",
		Read: func(w http.ResponseWriter, r *http.Request, body []byte) (carriertest.Submit, bool) {
			var got struct {
				Messages []struct {
					Sender       string
					Destinations []struct{ To string }
					Content      struct{ Text string }
					Webhooks     struct{ CallbackData string }
				}
			}
			err := json.Unmarshal(body, &got)
			if err != nil || r.Header.Get("Authorization") != "App "+apiKey || r.URL.Path != "/sms/3/messages" ||
				len(got.Messages) != 1 || len(got.Messages[0].Destinations) != 1 {
				carriertest.AnswerJSON(w, http.StatusUnauthorized, `{"errorCode":"E401","description":"d"}`)
				return carriertest.Submit{}, false
			}
			m := got.Messages[0]
			return carriertest.Submit{
				Ref: m.Webhooks.CallbackData, To: "+" + m.Destinations[0].To, From: m.Sender, Body: m.Content.Text,
			}, true
		},
		Accept: func(w http.ResponseWriter, id string) {
			answer(w, id, `{"groupId":1,"groupName":"PENDING","id":26,"name":"PENDING_ACCEPTED"}`)
		},
		Reject: func(w http.ResponseWriter) {
			answer(w, "m", `{"groupId":5,"groupName":"REJECTED","id":52,"name":"REJECTED_DESTINATION"}`)
		},
		Throttle: func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", "1")
			carriertest.AnswerJSON(w, http.StatusTooManyRequests, `{"errorCode":"E429"}`)
		},
		Receipt: func(base, id string, s carrier.Status) (*http.Request, error) {
			body := map[carrier.Status]string{
				carrier.Buffered:  `"status":{"groupId":3,"id":2,"name":"DELIVERED_TO_OPERATOR"}`,
				carrier.Delivered: `"status":{"groupId":3,"id":5,"name":"DELIVERED_TO_HANDSET"},"error":{"id":0}`,
				carrier.Failed: `"status":{"groupId":2,"id":9,"name":"UNDELIVERABLE_NOT_DELIVERED"},` +
					`"error":{"groupId":1,"id":27,"name":"EC_ABSENT_SUBSCRIBER","permanent":false}`,
			}[s]
			return post(base+"/receipts?token=callbacks+%26+more",
				`{"results":[{"messageId":"`+id+`","to":"32470000001","messageCount":1,`+body+`}]}`)
		},
		Inbound: func(base, from, to, body string) (*http.Request, error) {
			text, err := json.Marshal(body)
			if err != nil {
				return nil, err
			}
			r, err := post(base+"/inbound", `{"results":[{"messageId":"mo","from":"`+strings.TrimPrefix(from, "+")+
				`","to":"`+to+`","text":`+string(text)+`}],"messageCount":1}`)
			if err == nil {
				r.Header.Set("Authorization", "Bearer "+token)
			}
			return r, err
		},
	}
}

func post(address, body string) (*http.Request, error) {
	request, err := http.NewRequest(http.MethodPost, address, strings.NewReader(body))
	if err == nil {
		request.Header.Set("Content-Type", "application/json")
	}
	return request, err
}
