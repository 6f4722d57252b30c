package app_test

import (
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/app"
)

// A key that is created, rotated or revoked on one node is so on the others. The caches that delay it live for half a
// second each: what a run measured is in its log.
func TestNodes_Keys(t *testing.T) {
	t.Parallel()
	nodes, live, _, _ := pair(t)
	answers := func(node *app.App, key string) int {
		t.Helper()
		status, _ := ask(t, node, key, "GET", "/v2/balance", "")
		return status
	}
	until := func(what string, key string, want int) {
		t.Helper()
		begun := time.Now()
		for answers(nodes[1], key) != want {
			if time.Since(begun) > time.Minute {
				t.Fatalf("%s: the other node still does not answer %d", what, want)
			}
			time.Sleep(5 * time.Millisecond)
		}
		t.Logf("%s: in effect on the other node after %v", what, time.Since(begun).Round(time.Millisecond))
	}
	on := func(method, path, body string) map[string]any {
		t.Helper()
		status, answer := ask(t, nodes[0], live, method, path, body)
		if status != 200 {
			t.Fatalf("%s %s: %d %v", method, path, status, answer)
		}
		return answer
	}

	made := on("POST", "/v2/keys", `{"name":"Shop","scopes":["read"]}`)
	until("a new key", made["secret"].(string), 200)

	next := on("POST", "/v2/keys/"+made["id"].(string)+"/rotate", `{"overlap":0}`)
	until("the key that replaces it", next["secret"].(string), 200)
	until("the key that was replaced", made["secret"].(string), 401)

	on("DELETE", "/v2/keys/"+next["id"].(string), "")
	until("a revoked key", next["secret"].(string), 401)
}
