package conformance_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/conformance"
	"github.com/syssecure/syssecure/internal/testworld"
)

// pathsOf reads the methods and paths of the server's contract.
func pathsOf(t *testing.T, r *conformance.Runner) (out []string) {
	t.Helper()
	resp, err := http.Get(r.URL + "/openapi.json")
	if err != nil {
		t.Fatal(err)
	}

	defer resp.Body.Close()
	var doc struct {
		Paths map[string]map[string]any
	}
	if err := json.NewDecoder(resp.Body).Decode(&doc); err != nil {
		t.Fatal(err)
	}

	for path, methods := range doc.Paths {
		for method := range methods {
			out = append(out, strings.ToUpper(method)+" "+path)
		}
	}
	slices.Sort(out)

	return out
}

// calls reports whether a step calls an operation. A fixed path has precedence over one with a parameter.
func calls(call, operation string, all []string) bool {
	path, _, _ := strings.Cut(call, "?")
	if slices.Contains(all, path) {
		return path == operation
	}

	is, want := strings.Split(path, "/"), strings.Split(operation, "/")
	if len(is) != len(want) {
		return false
	}

	for i := range is {
		if is[i] != want[i] && !strings.HasPrefix(want[i], "{") {
			return false
		}
	}

	return true
}

// TestScenarios_CallEveryOperation: scenarios call every operation, and show every published code and every number of
// the sandbox's table.
func TestScenarios_CallEveryOperation(t *testing.T) {
	t.Parallel()
	all := pathsOf(t, serve(t, testworld.Options{}))
	list := scenarios(t)
	if len(all) < 40 || len(list) < 50 {
		t.Fatalf("%d operations, %d scenarios", len(all), len(list))
	}

	good := map[string]bool{}
	text := ""
	for _, s := range list {
		b, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}

		text += string(b)
		for _, step := range s.Steps {
			for _, o := range all {
				if calls(step.Call, o, all) && (step.Expect.Status < 300 || onlyRefused[o] != "") {
					good[o] = true
				}
			}
		}
	}

	for _, o := range all {
		if !good[o] {
			t.Errorf("no scenario calls %s with success: write one in api/scenarios (README.md there has the format)",
				o)
		}
	}

	for _, code := range []string{
		"invalid_params", "unauthorized", "insufficient_credits", "not_found",
		"invalid_phone", "rate_limit_exceeded", "internal_error",
	} {
		if !strings.Contains(text, `"code":"`+code+`"`) {
			t.Errorf("no scenario expects the code %s", code)
		}
	}

	for _, n := range []int{1, 2, 3, 4, 6, 9, 10, 11, 12, 13, 14, 15, 16, 18, 19, 20} {
		if number := fmt.Sprintf("+150055500%02d", n); !strings.Contains(text, number) {
			t.Errorf("no scenario sends to %s", number)
		}
	}
}

// onlyRefused are operations that no scenario calls with success, each with the reason.
var onlyRefused = map[string]string{
	"POST /v2/webhooks/callback/rotate-secret": "a rotation would end the secret of real callbacks",
	"GET /v2/carriers":                         operators,
	"POST /v2/carriers/{carrier}/pause":        operators,
	"POST /v2/carriers/{carrier}/resume":       operators,
	"POST /v2/carriers/{carrier}/test":         operators,
	"GET /v2/routes/explain":                   operators,
	"GET /v2/instance":                         operators,
	"GET /v2/accounts":                         operators,
	"POST /v2/accounts":                        operators,
	"POST /v2/accounts/{account_id}/credits":   operators,
}

const operators = "the runner's key is no operator's"
