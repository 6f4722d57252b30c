package vonage

import (
	"crypto/hmac"
	"crypto/md5"  //nolint:gosec // the account's settings may choose it
	"crypto/sha1" //nolint:gosec // the account's settings may choose it
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/secret"
)

// tolerance is how far the time of a signature may be from now, so that a callback cannot be replayed later.
const tolerance = 5 * time.Minute

// signed checks the parameter sig (developer.vonage.com/en/getting-started/concepts/signing-messages): a digest of all other
// parameters under the signature secret. Its length tells the method that the account's settings chose; of the two with 16
// bytes, one hashes the secret after the text. Without a secret nothing is signed.
func (p params) signed(key secret.String, now time.Time) bool {
	given, err := hex.DecodeString(p["sig"])
	at, timeErr := strconv.ParseInt(p["timestamp"], 10, 64)
	if err != nil || timeErr != nil || key.Empty() {
		return false
	}
	if age := now.Sub(time.Unix(at, 0)); age < -tolerance || age > tolerance {
		return false
	}

	text, k := p.signedText(), []byte(key.Reveal())
	switch len(given) {
	case md5.Size:
		plain := md5.Sum([]byte(text + key.Reveal())) //nolint:gosec // see above
		byHash, byMAC := hmac.Equal(plain[:], given), hmac.Equal(digest(md5.New, k, text), given)
		return byHash || byMAC
	case sha1.Size:
		return hmac.Equal(digest(sha1.New, k, text), given)
	case sha256.Size:
		return hmac.Equal(digest(sha256.New, k, text), given)
	case sha512.Size:
		return hmac.Equal(digest(sha512.New, k, text), given)
	}

	return false
}

func digest(method func() hash.Hash, key []byte, text string) []byte {
	mac := hmac.New(method, key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

var separators = strings.NewReplacer("&", "_", "=", "_")

// signedText is "&name=value" of every parameter but sig, sorted by name; separators in values become "_".
func (p params) signedText() string {
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(p)) {
		if name != "sig" {
			text.WriteString("&" + name + "=" + separators.Replace(p[name]))
		}
	}
	return text.String()
}
