package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// receive is what a receiver has to do, written from its documentation: the vectors hold it, and it holds Sign.
func receive(secrets []string, header *string, body []byte, now, tolerance int64) string {
	usable := len(secrets) > 0 && tolerance > 0
	for _, s := range secrets {
		usable = usable && s != ""
	}

	switch {
	case !usable:
		return "config_error"
	case header == nil || strings.TrimSpace(*header) == "":
		return "missing_header"
	}

	at, sums, times := "", []string(nil), 0
	for part := range strings.SplitSeq(*header, ",") {
		key, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		switch {
		case key == "t" && ok:
			at = value
			times++
		case key == "v1" && ok:
			sums = append(sums, value)
		}
	}

	unix, err := strconv.ParseInt(at, 10, 64)
	if times != 1 || err != nil || strings.Trim(at, "0123456789") != "" {
		return "malformed_header"
	}
	if len(sums) == 0 {
		return "no_signature"
	}

	match := false
	for _, secret := range secrets {
		h := hmac.New(sha256.New, []byte(secret))
		fmt.Fprintf(h, "%s.%s", at, body)
		want := h.Sum(nil)
		for _, s := range sums {
			got, err := hex.DecodeString(s)
			match = match || err == nil && hmac.Equal(got, want)
		}
	}

	var object map[string]any
	switch {
	case !match:
		return "no_match"
	case unix < now-tolerance || unix > now+tolerance:
		return "timestamp_out_of_range"
	case json.Unmarshal(body, &object) != nil || object == nil:
		return "invalid_payload"
	}

	return "ok"
}

func TestSign_Vectors(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile("../../api/vectors/webhook-signatures.json")
	if err != nil {
		t.Fatal(err)
	}

	var vectors struct {
		HeaderName string `json:"header_name"`
		Cases      []struct {
			Name      string
			Secrets   []string
			Header    *string
			Body      string `json:"body_b64"`
			Now       int64
			Tolerance int64
			Expect    string
		}
	}
	if err := json.Unmarshal(file, &vectors); err != nil || len(vectors.Cases) < 40 || vectors.HeaderName != HeaderSignature {
		t.Fatalf("%d cases of %q: %v", len(vectors.Cases), vectors.HeaderName, err)
	}

	signed := 0
	for _, c := range vectors.Cases {
		body, err := base64.StdEncoding.DecodeString(c.Body)
		if err != nil {
			t.Fatal(err)
		}
		if got := receive(c.Secrets, c.Header, body, c.Now, c.Tolerance); got != c.Expect {
			t.Errorf("%s: %s, want %s", c.Name, got, c.Expect)
		}
		// What the vectors take as valid is what we send, letter for letter, where the header has one form only.
		if c.Expect != "ok" || len(c.Secrets) != 1 || strings.Contains(c.Name, "zero") {
			continue
		}

		at, _, _ := strings.Cut(strings.TrimPrefix(*c.Header, "t="), ",")
		unix, err := strconv.ParseInt(at, 10, 64)
		if err != nil || strconv.FormatInt(unix, 10) != at {
			continue
		}

		_, sum, _ := strings.Cut(Sign(c.Secrets, unix, "evt_x", body).Ours, ",v1=")
		if !strings.Contains(strings.ToLower(*c.Header), "v1="+sum) {
			t.Errorf("%s: we sign %s, the vector has %s", c.Name, sum, *c.Header)
		}
		signed++
	}
	if signed < 5 {
		t.Errorf("only %d vectors were signed", signed)
	}
}

// TestSign_KnownSignatures are the values that the reference was checked with by another implementation.
func TestSign_KnownSignatures(t *testing.T) {
	t.Parallel()
	const event = "evt_01JD8Z6Y3W8M5Q2V7K4N9R1T0X"
	secret := SecretPrefix + base64.StdEncoding.EncodeToString([]byte("0123456789abcdef0123456789abcdef"))
	body := []byte(`{"id":"` + event + `","type":"message.delivered","timestamp":"2025-11-22T22:00:00Z","data":{"message_id":"msg_1"}}`)
	got := Sign([]string{secret}, 1763848800, event, body)
	want := Signatures{"t=1763848800,v1=84e35a1477c203c1b3aeb4c33c62377515bd3cacad916664d882afbdf6ee3a1c", "v1,SIOkubH1ElKaj9k8tdcnyrugGGV58MnF1DG30C9VRwQ="}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func anySecret(r *rand.Rand) string {
	b := make([]byte, 32)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return SecretPrefix + base64.StdEncoding.EncodeToString(b)
}

// TestSign_StandardLibraryVerifies, with the secret before and after a rotation, and not with a stranger's.
func TestSign_StandardLibraryVerifies(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 1))
	fresh, old, stranger := anySecret(r), anySecret(r), anySecret(r)
	at := time.Now()
	for _, k := range Catalogue() {
		event := EventID(at, []byte("message"), 1, k.Type).String()
		s := Sign([]string{fresh, old}, at.Unix(), event, k.Example())
		h := http.Header{}
		h.Set(HeaderStandardID, event)
		h.Set(HeaderStandardTime, strconv.FormatInt(at.Unix(), 10))
		h.Set(HeaderStandardSignature, s.Standard)
		for secret, want := range map[string]bool{fresh: true, old: true, stranger: false} {
			w, err := standard.NewWebhook(secret)
			if err != nil {
				t.Fatal(err)
			}
			if err := w.Verify(k.Example(), h); (err == nil) != want {
				t.Errorf("%s: verified: %v, want %v", k.Type, err, want)
			}
			if w.Verify(append(k.Example(), ' '), h) == nil {
				t.Errorf("%s: a changed body was verified", k.Type)
			}

			ours := s.Ours
			if got := receive([]string{secret}, &ours, k.Example(), at.Unix(), 300); (got == "ok") != want {
				t.Errorf("%s: our header: %s", k.Type, got)
			}
		}
	}
}

// FuzzSign: whatever the body, the receiver takes it from us, and a byte more or less is another body.
func FuzzSign(f *testing.F) {
	f.Add("whsec_YQ==", int64(1795381200), []byte(`{"event":"message.sent"}`))
	f.Add("no base64 at all", int64(0), []byte{})
	f.Fuzz(func(t *testing.T, secret string, at int64, body []byte) {
		if secret == "" || at < 0 {
			return
		}
		header := Sign([]string{secret, "whsec_other"}, at, "evt_1", body).Ours
		if got := receive([]string{secret}, &header, body, at, 300); got != "ok" && got != "invalid_payload" {
			t.Fatalf("%s: %s", header, got)
		}
		if got := receive([]string{secret}, &header, append(body, 'x'), at, 300); got != "no_match" {
			t.Fatalf("%s of a changed body: %s", header, got)
		}
	})
}
