package twilio

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"maps"
	"math/rand/v2"
	"net/url"
	"slices"
	"strconv"
	"testing"

	"github.com/twilio/twilio-go/client"
)

// TestSignature_Oracle compares our check of signatures with that of Twilio's own library, on signed and spoilt callbacks.
func TestSignature_Oracle(t *testing.T) {
	t.Parallel()
	const public = "https://otp.example.com"
	words := []string{"", "a", "STOP", "Ж & é=1", "+32470000001", "x y", "100%", "😀"}
	random := rand.New(rand.NewPCG(1, 2))
	validator := client.NewRequestValidator(token)
	ours := signer{token: []byte(token), publicURL: public}

	accepted := 0
	for i := range 300 {
		form, flat := url.Values{}, map[string]string{}
		for range random.IntN(5) {
			name := "F" + strconv.Itoa(random.IntN(9))
			flat[name] = words[random.IntN(len(words))]
			form.Set(name, flat[name])
		}
		at := &url.URL{Path: "/carriers/twilio/receipts"}
		if i%2 == 0 {
			at.RawQuery = "foo=" + strconv.Itoa(i) + "&b=x%20y"
		}

		text := public + at.String()
		for _, name := range slices.Sorted(maps.Keys(flat)) {
			text += name + flat[name]
		}
		mac := hmac.New(sha1.New, []byte(token))
		mac.Write([]byte(text))
		signature := base64.StdEncoding.EncodeToString(mac.Sum(nil))
		if i%3 == 0 {
			form.Set("F0", "spoilt")
			flat["F0"] = "spoilt"
		}

		theirs := validator.Validate(public+at.String(), flat, signature)
		if got := ours.signed(at, form, signature); got != theirs {
			t.Errorf("%s %v: we say %v, twilio-go %v", at, flat, got, theirs)
		}
		if theirs {
			accepted++
		}
	}
	if accepted != 200 {
		t.Errorf("twilio-go accepted %d of 300, want 200", accepted)
	}
}
