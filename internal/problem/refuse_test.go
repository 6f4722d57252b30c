package problem

import (
	"encoding/json"
	"net/http/httptest"
	"testing"

	"github.com/syssecure/syssecure/internal/fault"
)

// TestRefuse: a refusal without a server has the published shape.
func TestRefuse(t *testing.T) {
	w := httptest.NewRecorder()
	Refuse(w, fault.Unavailable(nil))
	var got struct {
		Code      fault.Code
		Message   string
		RequestID string `json:"request_id"`
		Details   fault.Details
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}

	h := w.Header()
	if w.Code != 503 || got.Code != fault.Internal || got.Message == "" || got.Details.Reason != "unavailable" {
		t.Errorf("%d %+v", w.Code, got)
	}
	if got.RequestID == "" || h.Get("X-Request-Id") != got.RequestID || h.Get("Retry-After") != "1" ||
		h.Get("Cache-Control") != "no-store" || h.Get("X-Content-Type-Options") != "nosniff" ||
		h.Get("Content-Type") != "application/json" {
		t.Errorf("headers %v with %+v", h, got)
	}
}
