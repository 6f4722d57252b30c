package fault_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/fault"
)

func TestCodes_Status(t *testing.T) {
	t.Parallel()
	want := map[fault.Code]int{
		"invalid_params": 400, "unauthorized": 401, "insufficient_credits": 402, "not_found": 404, "invalid_phone": 422,
		"rate_limit_exceeded": 429, "internal_error": 500,
	}
	if len(fault.Codes) != len(want) {
		t.Fatalf("%d codes, want the %d published ones", len(fault.Codes), len(want))
	}

	for _, code := range fault.Codes {
		if got := fault.New(code, "x").Status; got != want[code] {
			t.Errorf("%s has status %d, want %d", code, got, want[code])
		}
	}
}

func TestFrom(t *testing.T) {
	t.Parallel()
	limited := fault.Limited("5/10m", "sends_per_number", 0, "too many")
	if got := fault.From(fmt.Errorf("send: %w", limited)); got != limited || got.RetryAfter != time.Second {
		t.Errorf("From = %v with Retry-After %v", got, got.RetryAfter)
	}

	cause := errors.New("password=hunter2")
	hidden := fault.From(cause)
	if hidden.Status != 500 || strings.Contains(hidden.Message, "hunter2") || !errors.Is(hidden, cause) {
		t.Errorf("From(plain error) = %+v", hidden)
	}
}
