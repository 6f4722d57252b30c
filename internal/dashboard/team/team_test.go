package team

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
)

func TestZones(t *testing.T) {
	t.Parallel()
	for _, z := range zones {
		if _, err := time.LoadLocation(z); err != nil {
			t.Errorf("%s: %v", z, err)
		}
	}
	if len(zones) < 400 {
		t.Errorf("there are %d zones", len(zones))
	}
}

func TestAgentWords(t *testing.T) {
	t.Parallel()
	const mozilla = "Mozilla/5.0 "
	for agent, want := range map[string]string{
		mozilla + "(X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36":                                "Chrome on Linux",
		mozilla + "(Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0":        "Edge on Windows",
		mozilla + "(Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15":                "Safari on macOS",
		mozilla + "(iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Mobile/15E148 Safari/604": "Chrome on iPhone",
		mozilla + "(Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0":                                                                 "Firefox on Android",
		"curl/8.10.1": "curl",
		"":            "Unknown browser",
		"<script>":    "Unknown browser",
	} {
		if got := agentWords(new(screen.Request), agent); got != want {
			t.Errorf("%q is %q, want %q", agent, got, want)
		}
	}
}

// TestQRCode holds what a reader needs: the three squares in the corners, and the empty edge around the code. That a reader
// decodes it was tried with another program.
func TestQRCode(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"otpauth://totp/SysSecure%20localhost%3A8080:ada%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=SysSecure",
		"otpauth://totp/x:" + strings.Repeat("a%40", 60) + "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
	} {
		c, err := newQRCode(text)
		if err != nil {
			t.Fatal(err)
		}
		last := c.Size - quietZone - 7
		for _, at := range []string{"M4 4h7", "M4 " + strconv.Itoa(last) + "h7", "M" + strconv.Itoa(last) + " 4h7"} {
			if !strings.Contains(c.Path, at) {
				t.Errorf("the code of %d modules has no corner %s: %s", c.Size, at, c.Path)
			}
		}
		if (c.Size-2*quietZone-17)%4 != 0 || strings.Contains(c.Path, "M3 ") || strings.Contains(c.Path, " 3h") {
			t.Errorf("the code has %d modules, or an edge that is not empty", c.Size)
		}
	}
	if _, err := newQRCode(strings.Repeat("x", 5000)); err == nil {
		t.Error("a text that fits no code was drawn")
	}
}
