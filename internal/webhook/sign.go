package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"
)

// Headers of a delivery. The first four are ours, the rest are those of standardwebhooks.com, so that its libraries
// verify our deliveries too.
const (
	HeaderSignature = "X-SysSecure-Signature"
	HeaderEvent     = "X-SysSecure-Event"
	HeaderEventID   = "X-SysSecure-Event-Id"
	HeaderAttempt   = "X-SysSecure-Attempt"

	HeaderStandardID        = "webhook-id"
	HeaderStandardTime      = "webhook-timestamp"
	HeaderStandardSignature = "webhook-signature"
)

// SecretPrefix begins every signing secret; base64 of the random bytes follows.
const SecretPrefix = "whsec_"

// Signatures are the two signature headers of one attempt.
type Signatures struct{ Ours, Standard string }

// Sign signs a body at a time with every secret that lives. Ours uses a secret's text as it is, as receivers do that
// hand it to their HMAC; the standard's uses the bytes that the text stands for.
func Sign(secrets []string, unix int64, event string, body []byte) Signatures {
	at := strconv.FormatInt(unix, 10)
	ours, standard := make([]byte, 0, 2+len(at)+len(secrets)*68), make([]byte, 0, len(secrets)*48)
	ours = append(append(ours, "t="...), at...)
	var sum [sha256.Size]byte
	for i, s := range secrets {
		ours = append(ours, ",v1="...)
		ours = hex.AppendEncode(ours, mac(sum[:0], []byte(s), body, at, "."))
		if i > 0 {
			standard = append(standard, ' ')
		}
		standard = append(standard, "v1,"...)
		standard = base64.StdEncoding.AppendEncode(standard, mac(sum[:0], standardKey(s), body, event, ".", at, "."))
	}
	return Signatures{string(ours), string(standard)}
}

func mac(sum, key, body []byte, before ...string) []byte {
	h := hmac.New(sha256.New, key)
	for _, s := range before {
		h.Write([]byte(s))
	}
	h.Write(body)
	return h.Sum(sum)
}

// standardKey reads the bytes of a secret. One that is no base64 is its own key: it cannot come from here.
func standardKey(secret string) []byte {
	text := strings.TrimPrefix(secret, SecretPrefix)
	if key, err := base64.StdEncoding.DecodeString(text); err == nil {
		return key
	}
	return []byte(text)
}
