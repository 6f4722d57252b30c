package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"strconv"
	"strings"
	"sync"
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

// Signer signs by one secret. It keeps its hashes, because making one costs more than running it, and is safe for
// concurrent use.
type Signer struct{ ours, standard sync.Pool }

// NewSigner makes the signer of a secret. Ours uses a secret's text as it is, as receivers do that hand it to their
// HMAC; the standard's uses the bytes that the text stands for.
func NewSigner(secret string) *Signer {
	s, key := &Signer{}, standardKey(secret)
	s.ours.New = func() any { return hmac.New(sha256.New, []byte(secret)) }
	s.standard.New = func() any { return hmac.New(sha256.New, key) }
	return s
}

// Sign signs a body at a time with every secret that lives.
func Sign(secrets []string, unix int64, event string, body []byte) Signatures {
	signers := make([]*Signer, len(secrets))
	for i, s := range secrets {
		signers[i] = NewSigner(s)
	}
	return SignBy(signers, unix, event, body)
}

// SignBy is Sign by signers that were made before.
func SignBy(signers []*Signer, unix int64, event string, body []byte) Signatures {
	at := strconv.FormatInt(unix, 10)
	before := []byte(event + "." + at + ".")
	ours, standard := make([]byte, 0, 2+len(at)+len(signers)*68), make([]byte, 0, len(signers)*48)
	ours = append(append(ours, "t="...), at...)
	var sum [sha256.Size]byte
	for i, s := range signers {
		ours = append(ours, ",v1="...)
		ours = hex.AppendEncode(ours, mac(&s.ours, sum[:0], before[len(event)+1:], body))
		if i > 0 {
			standard = append(standard, ' ')
		}
		standard = append(standard, "v1,"...)
		standard = base64.StdEncoding.AppendEncode(standard, mac(&s.standard, sum[:0], before, body))
	}

	return Signatures{string(ours), string(standard)}
}

func mac(from *sync.Pool, sum, before, body []byte) []byte {
	h := from.Get().(hash.Hash)
	defer from.Put(h)
	h.Reset()
	h.Write(before)
	h.Write(body)
	return h.Sum(sum)
}

// standardKey reads the bytes of a secret. One that is not base64 is used as it is: SysSecure makes none.
func standardKey(secret string) []byte {
	text := strings.TrimPrefix(secret, SecretPrefix)
	if key, err := base64.StdEncoding.DecodeString(text); err == nil {
		return key
	}
	return []byte(text)
}
