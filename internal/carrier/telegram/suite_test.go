package telegram

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/carriertest"
	"github.com/syssecure/syssecure/internal/secret"
)

const token = "AAEFAAAAexampletoken"

func newTest(t testing.TB, common carrier.Common, c Config) *Carrier {
	t.Helper()
	common.Name, c.Token = "telegram", secret.NewString(token)
	made, err := c.Make(common, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(made.(*Carrier).Close)

	return made.(*Carrier)
}

func TestCarrier_Suite(t *testing.T) {
	t.Parallel()
	carriertest.RunWeb(t, "telegram", dialect(), func(t *testing.T, base, publicURL string) carriertest.WebCarrier {
		return newTest(t, carrier.Common{Receipts: true, PublicURL: publicURL}, Config{APIBase: base})
	})
}

// dialect is that of the Gateway API, as its page describes it. Only sendVerificationMessage is a submit.
func dialect() carriertest.Dialect {
	says := func(status int, code string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			carriertest.AnswerJSON(w, status, `{"ok":false,"error":"`+code+`"}`)
		}
	}
	accept := func(w http.ResponseWriter, id string) {
		carriertest.AnswerJSON(w, http.StatusOK, `{"ok":true,"result":{"request_id":"`+id+
			`","phone_number":"+32470000001","request_cost":0.01,"remaining_balance":99}}`)
	}

	return carriertest.Dialect{
		Prefix: "13589", CodeOnly: true,
		Read: func(w http.ResponseWriter, r *http.Request, body []byte) (carriertest.Submit, bool) {
			var in struct {
				Number  string `json:"phone_number"`
				ID      string `json:"request_id"`
				Code    string `json:"code"`
				Payload string `json:"payload"`
			}
			if r.Header.Get("Authorization") != "Bearer "+token || json.Unmarshal(body, &in) != nil {
				says(http.StatusUnauthorized, "ACCESS_TOKEN_INVALID")(w)
				return carriertest.Submit{}, false
			}
			if r.URL.Path == "/checkSendAbility" {
				accept(w, "7")
				return carriertest.Submit{}, false
			}
			if r.URL.Path != "/sendVerificationMessage" || in.ID != "7" {
				says(http.StatusNotFound, "UNKNOWN_METHOD")(w)
				return carriertest.Submit{}, false
			}
			return carriertest.Submit{Ref: in.Payload, To: in.Number, Body: in.Code}, true
		},
		Accept:   accept,
		Reject:   says(http.StatusBadRequest, "PHONE_NUMBER_INVALID"),
		Throttle: says(http.StatusTooManyRequests, "FLOOD_WAIT_1"),
		Old: func(base, id string, at time.Time) (*http.Request, error) {
			return signedRequest(base+"/callback", `{"request_id":"`+id+`","delivery_status":{"status":"delivered"}}`, at)
		},
		Receipt: func(base, id string, s carrier.Status) (*http.Request, error) {
			status := map[carrier.Status]string{
				carrier.Buffered: "sent", carrier.Delivered: "delivered", carrier.Read: "read", carrier.Failed: "expired",
			}[s]
			return signedRequest(base+"/callback", `{"request_id":"`+id+`","delivery_status":{"status":"`+status+
				`","updated_at":1740599999}}`, time.Now())
		},
	}
}

// signedRequest signs as Telegram's page describes it, apart from the code under test.
func signedRequest(address, body string, at time.Time) (*http.Request, error) {
	request, err := http.NewRequest(http.MethodPost, address, bytes.NewReader([]byte(body)))
	if err != nil {
		return nil, err
	}

	key := sha256.Sum256([]byte(token))
	seconds := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, key[:])
	mac.Write([]byte(seconds + "\n" + body))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Request-Timestamp", seconds)
	request.Header.Set("X-Request-Signature", hex.EncodeToString(mac.Sum(nil)))

	return request, nil
}
