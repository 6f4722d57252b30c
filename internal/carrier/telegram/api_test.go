package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/carriertest"
)

// api is Telegram's end as far as these tests need it: it knows its requests, sends once under each, and answers as the
// page of the API says. A fault of a method is answered once instead, after the method was carried out unless it is an
// error.
type api struct {
	server *httptest.Server

	mu       sync.Mutex
	faults   map[string]string // by method: "reset", a status, or the name of an error
	calls    []string          // methods, each with its body
	requests map[string]*string
	revoked  []string
}

func startAPI(t *testing.T) *api {
	t.Helper()
	a := &api{faults: map[string]string{}, requests: map[string]*string{}}
	a.server = httptest.NewServer(http.HandlerFunc(a.serve))
	t.Cleanup(a.server.Close)
	return a
}

// fail answers the next call of a method with a fault.
func (a *api) fail(method, fault string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.faults[method] = fault
}

// now sets the delivery status of a request.
func (a *api) now(id, status string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.requests[id] = &status
}

// called counts the calls of a method.
func (a *api) called(method string) (n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, c := range a.calls {
		if strings.HasPrefix(c, method+" ") {
			n++
		}
	}
	return n
}

func (a *api) serve(w http.ResponseWriter, r *http.Request) {
	var in struct {
		ID string `json:"request_id"`
	}
	var body json.RawMessage
	if json.NewDecoder(r.Body).Decode(&body) != nil || json.Unmarshal(body, &in) != nil ||
		r.Header.Get("Authorization") != "Bearer "+token {
		carriertest.AnswerJSON(w, http.StatusUnauthorized, `{"ok":false,"error":"ACCESS_TOKEN_INVALID"}`)
		return
	}

	a.mu.Lock()
	defer a.mu.Unlock()
	method := r.URL.Path[1:]
	a.calls = append(a.calls, method+" "+string(body))
	fault := a.faults[method]
	delete(a.faults, method)
	if strings.Contains(fault, "_") {
		carriertest.AnswerJSON(w, http.StatusOK, `{"ok":false,"error":"`+fault+`"}`)
		return
	}

	answer := a.answer(method, in.ID)
	switch status, err := strconv.Atoi(fault); {
	case fault == "reset":
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			_ = conn.(*net.TCPConn).SetLinger(0)
			_ = conn.Close()
		}
	case err == nil:
		carriertest.AnswerJSON(w, status, `<html>`)
	default:
		carriertest.AnswerJSON(w, http.StatusOK, answer)
	}
}

// answer carries out a method.
func (a *api) answer(method, id string) string {
	status, known := a.requests[id]
	switch {
	case method == "checkSendAbility":
		id = "req-" + strconv.Itoa(len(a.requests)+1)
		a.requests[id], status = nil, nil
	case !known:
		return `{"ok":false,"error":"REQUEST_ID_INVALID"}`
	case method == "sendVerificationMessage" && status != nil:
		return `{"ok":false,"error":"MESSAGE_ALREADY_SENT"}`
	case method == "sendVerificationMessage":
		sent := "sent"
		a.requests[id], status = &sent, &sent
	case method == "revokeVerificationMessage":
		a.revoked = append(a.revoked, id)
		return `{"ok":true,"result":true}`
	}

	delivery := ""
	if status != nil {
		delivery = `,"delivery_status":{"status":"` + *status + `","updated_at":1740599999}`
	}
	if status != nil && *status == "expired" {
		delivery += `,"is_refunded":true`
	}

	return `{"ok":true,"result":{"request_id":"` + id + `","phone_number":"+32470000001","request_cost":0.01` + delivery + `}}`
}

// connected makes a carrier of this API.
func (a *api) connected(t *testing.T, common carrier.Common) *Carrier {
	t.Helper()
	common.Receipts = true
	return newTest(t, common, Config{APIBase: a.server.URL})
}

// recorder is a sink that keeps what it gets as one line each, or fails.
type recorder struct {
	mu         sync.Mutex
	got        []string
	failing    bool
	unreported []carrier.Unreported
}

var errOut = errors.New("the database is out")

func (r *recorder) note(line string) (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failing {
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
			return r.note(strings.TrimSpace(strings.Join(
				[]string{m.Carrier, m.ID, m.Ref, name, string(m.Reason), m.CarrierCode}, " ")))
		},
		Answer: func(_ context.Context, m carrier.Answer) error {
			_, err := r.note(m.Carrier + " " + m.Ref + " " + m.Result.Outcome.String() + " " + m.Result.IDs[0])
			return err
		},
		Unreported: func(context.Context, string, time.Time, int) ([]carrier.Unreported, error) {
			return r.unreported, nil
		},
	}
}

// lines returns what came since the last call.
func (r *recorder) lines() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	got := r.got
	r.got = nil
	return got
}
