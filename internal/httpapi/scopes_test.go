package httpapi_test

import (
	"testing"

	"github.com/syssecure/syssecure/internal/testworld"
)

// TestKeys_Scopes: scopes that are no list of different names are refused, whatever is in the list.
func TestKeys_Scopes(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	for name, scopes := range map[string]string{
		"objects": `[{}]`, "lists": `[[], []]`, "numbers": `[1]`, "null": `[null]`, "twice": `["read","read"]`, "empty": `[]`,
		"unknown": `["write"]`,
	} {
		t.Run(name, func(t *testing.T) {
			a.post(t, "/v2/keys", `{"scopes":`+scopes+`}`).refusal(400, "invalid_params")
		})
	}
}
