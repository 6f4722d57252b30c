package telnyx

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/carriertest"
	"github.com/syssecure/syssecure/internal/secret"
)

const apiKey = "KEY0123456789"

// private signs callbacks as Telnyx does.
var private = ed25519.NewKeyFromSeed([]byte("0123456789abcdef0123456789abcdef"))

func newTest(t testing.TB, common carrier.Common, profile, base string) *Carrier {
	t.Helper()
	common.Name = "telnyx"
	c := Config{
		APIKey: secret.NewString(apiKey), MessagingProfileID: profile, APIBase: base,
		PublicKey: base64.StdEncoding.EncodeToString(private.Public().(ed25519.PublicKey)),
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
	carriertest.RunWeb(t, "telnyx", dialect(), func(t *testing.T, base, publicURL string) carriertest.WebCarrier {
		return newTest(t, carrier.Common{From: "+15005550006", Receipts: true, PublicURL: publicURL}, "", base)
	})
}

// dialect is Telnyx's, as its OpenAPI document describes it.
func dialect() carriertest.Dialect {
	failure := func(status int, code string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			if status == http.StatusTooManyRequests {
				w.Header().Set("Retry-After", "1")
			}
			carriertest.AnswerJSON(w, status, `{"errors":[{"code":"`+code+`","title":"t","detail":"d"}]}`)
		}
	}

	return carriertest.Dialect{
		Prefix: "40385f64-5717-4562-b3fc-",
		Read: func(w http.ResponseWriter, r *http.Request, body []byte) (carriertest.Submit, bool) {
			var got struct{ From, To, Text string }
			if json.Unmarshal(body, &got) != nil || r.Header.Get("Authorization") != "Bearer "+apiKey ||
				r.URL.Path != "/v2/messages" {
				failure(http.StatusUnauthorized, "10009")(w)
				return carriertest.Submit{}, false
			}
			return carriertest.Submit{To: got.To, From: got.From, Body: got.Text}, true
		},
		Accept: func(w http.ResponseWriter, id string) {
			carriertest.AnswerJSON(w, http.StatusOK, `{"data":{"id":"`+id+`","record_type":"message","parts":1,"errors":[]}}`)
		},
		Reject:   failure(http.StatusBadRequest, "40310"),
		Throttle: failure(http.StatusTooManyRequests, "10011"),
		Old: func(base, id string, at time.Time) (*http.Request, error) {
			return eventRequest(base+"/receipts", "message.finalized",
				`"id":"`+id+`","to":[{"phone_number":"+32470000001","status":"delivered"}]`, at)
		},
		Receipt: func(base, id string, s carrier.Status) (*http.Request, error) {
			event, status, errors := "message.finalized", map[carrier.Status]string{
				carrier.Buffered: "sent", carrier.Delivered: "delivered", carrier.Read: "read",
				carrier.Failed: "delivery_failed",
			}[s], ""
			if s == carrier.Failed {
				errors = `{"code":"40008","title":"Undeliverable"}`
			}
			return eventRequest(base+"/receipts", event, `"id":"`+id+`","to":[{"phone_number":"+32470000001","status":"`+status+
				`"}],"errors":[`+errors+`]`, time.Now())
		},
		Inbound: func(base, from, to, body string) (*http.Request, error) {
			text, err := json.Marshal(body)
			if err != nil {
				return nil, err
			}
			return eventRequest(base+"/inbound", "message.received", `"id":"in","from":{"phone_number":"`+from+
				`"},"to":[{"phone_number":"`+to+`"}],"text":`+string(text), time.Now())
		},
	}
}

// eventRequest makes the request of an event of API version 2, signed as Telnyx's page describes it.
func eventRequest(address, event, payload string, at time.Time) (*http.Request, error) {
	body := `{"data":{"event_type":"` + event + `","id":"e","record_type":"event","payload":{` + payload + `}},"meta":{"attempt":1}}`
	stamp := strconv.FormatInt(at.Unix(), 10)
	request, err := http.NewRequest(http.MethodPost, address, strings.NewReader(body))
	if err != nil {
		return nil, err
	}

	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("telnyx-timestamp", stamp)
	request.Header.Set("telnyx-signature-ed25519",
		base64.StdEncoding.EncodeToString(ed25519.Sign(private, []byte(stamp+"|"+body))))

	return request, nil
}
