package field

import (
	"encoding/json"
	"testing"
)

func TestWhole(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"300": 300, "300.0": 300, "3e2": 300, "-0.0": 0, "9007199254740993": 9007199254740993, "-5": -5,
	} {
		var n Whole
		if err := json.Unmarshal([]byte(text), &n); err != nil || int64(n) != want {
			t.Errorf("%s: %d, %v", text, n, err)
		}
	}

	for _, text := range []string{"300.5", `"300"`, "true", "{}", "1e300", "-1e16"} {
		var n Whole
		if err := json.Unmarshal([]byte(text), &n); err == nil {
			t.Errorf("%s was read as %d", text, n)
		}
	}
}
