//go:build interop

package interop

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/carriertest"
	"github.com/syssecure/syssecure/internal/carrier/httpsms"
	"github.com/syssecure/syssecure/internal/carrier/telnyx"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
)

const (
	otherURL = "https://otp.example.com"
	plivoKey = "MTIzNDU2"
)

// judgeOf is a provider's own library, which says whether a callback is signed.
type judgeOf struct {
	in  io.Writer
	out *bufio.Scanner
}

func startJudge(t *testing.T) *judgeOf {
	t.Helper()
	needTool(t, "node", "apt-get install nodejs")
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, "node", "node/signatures.js")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); _ = cmd.Wait() })

	j := &judgeOf{in, bufio.NewScanner(out)}
	need(t, "npm's plivo and telnyx", "npm ci --ignore-scripts --prefix test/interop/node",
		j.out.Scan() && j.out.Text() == "ready")

	return j
}

func (j *judgeOf) signed(t *testing.T, question map[string]any) bool {
	t.Helper()
	line, err := json.Marshal(question)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := j.in.Write(append(line, '\n')); err != nil || !j.out.Scan() {
		t.Fatalf("the judge does not answer: %v", err)
	}
	return j.out.Text() == "true"
}

// ours reports whether a carrier lets a callback in.
func ours(c carriertest.WebCarrier, r *http.Request, callback string) bool {
	sink := carrier.Sink{
		Receipt: func(context.Context, carrier.Receipt) (bool, error) { return true, nil },
		Inbound: func(context.Context, carrier.Inbound) (bool, error) { return true, nil },
	}
	f := c.ServeCallback(httptest.NewRecorder(), r, callback, sink)
	return f == nil || f.Status != http.StatusUnauthorized
}

var words = []string{"", "a", "STOP", "Ж & é=1", "+32470000001", "x y", "100%", "😀", "A", "a.b"}

func word(r *rand.Rand) string { return words[r.IntN(len(words))] }

// TestSignatures_Plivo compares our check of X-Plivo-Signature-V3 with that of npm's plivo, on signed and spoilt callbacks.
func TestSignatures_Plivo(t *testing.T) {
	t.Parallel()
	judge := startJudge(t)
	made, err := (&httpsms.Config{
		Profile: "plivo", Channel: message.SMS, Token: secret.NewString(plivoKey), Values: []string{"username=acme"},
	}).Make(carrier.Common{Name: "plivo", From: "Acme", Receipts: true, PublicURL: otherURL}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}

	random := rand.New(rand.NewPCG(1, 2))
	accepted := 0
	for i := range 300 {
		path, form := "/carriers/plivo/receipts", url.Values{"MessageUUID": {"m"}, "Status": {"delivered"}}
		for range random.IntN(4) {
			form.Add("f"+strconv.Itoa(random.IntN(3)), word(random))
		}
		query := url.Values{}
		for range random.IntN(3) {
			query.Add("q"+strconv.Itoa(random.IntN(2)), word(random))
		}
		if len(query) > 0 {
			path += "?" + query.Encode()
		}

		nonce := strconv.Itoa(i)
		signature := plivoSign(otherURL+"/carriers/plivo/receipts", query, form, nonce)
		switch i % 3 {
		case 1:
			form.Set("f0", "spoilt")
		case 2:
			signature = "AAAA," + signature
		}

		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("X-Plivo-Signature-V3", signature)
		r.Header.Set("X-Plivo-Signature-V3-Nonce", nonce)
		theirs := judge.signed(t, map[string]any{
			"provider": "plivo", "key": plivoKey, "method": "POST", "url": otherURL + path, "form": form,
			"nonce": nonce, "signature": signature,
		})
		if got := ours(made.(*httpsms.Carrier), r, "receipts"); got != theirs {
			t.Errorf("%s %v: we say %v, npm's plivo %v", path, form, got, theirs)
		}
		if theirs {
			accepted++
		}
	}
	if accepted < 150 || accepted > 250 {
		t.Errorf("npm's plivo accepted %d of 300, want about 200", accepted)
	}
}

// plivoSign signs as Plivo's page describes it.
func plivoSign(address string, query, form url.Values, nonce string) string {
	lines := func(values url.Values, between string) (out []string) {
		for _, name := range slices.Sorted(maps.Keys(values)) {
			for _, value := range slices.Sorted(slices.Values(values[name])) {
				out = append(out, name+between+value)
			}
		}
		return out
	}
	text := address + "?" + strings.Join(lines(query, "="), "&")
	if len(query) > 0 {
		text += "."
	}
	mac := hmac.New(sha256.New, []byte(plivoKey))
	mac.Write([]byte(text + strings.Join(lines(form, ""), "") + "." + nonce))

	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// TestSignatures_Telnyx compares our check of Telnyx's Ed25519 signature with that of npm's telnyx.
func TestSignatures_Telnyx(t *testing.T) {
	t.Parallel()
	judge := startJudge(t)
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	key := base64.StdEncoding.EncodeToString(public)
	made, err := (&telnyx.Config{APIKey: secret.NewString("k"), PublicKey: key, APIBase: "https://api.telnyx.com"}).Make(
		carrier.Common{Name: "telnyx", From: "8080", Receipts: true, PublicURL: otherURL}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}

	random := rand.New(rand.NewPCG(3, 4))
	for i := range 200 {
		text, err := json.Marshal(word(random))
		if err != nil {
			t.Fatal(err)
		}
		body := `{"data":{"event_type":"message.received","payload":{"from":{"phone_number":"+1"},"text":` + string(text) + `}}}`
		at := time.Now()
		signed := body
		switch i % 4 {
		case 1:
			at = at.Add(-time.Hour)
		case 2:
			at = at.Add(time.Hour)
		case 3:
			signed += " "
		}
		stamp := strconv.FormatInt(at.Unix(), 10)
		signature := base64.StdEncoding.EncodeToString(ed25519.Sign(private, []byte(stamp+"|"+signed)))

		r := httptest.NewRequest(http.MethodPost, "/carriers/telnyx/inbound", strings.NewReader(body))
		r.Header.Set("telnyx-timestamp", stamp)
		r.Header.Set("telnyx-signature-ed25519", signature)
		theirs := judge.signed(t, map[string]any{
			"provider": "telnyx", "key": key, "body": body,
			"headers": map[string]string{"telnyx-timestamp": stamp, "telnyx-signature-ed25519": signature},
		})
		if got := ours(made.(*telnyx.Carrier), r, "inbound"); got != theirs || theirs != (i%4 == 0) {
			t.Errorf("%d: we say %v, npm's telnyx %v", i, got, theirs)
		}
	}
}
