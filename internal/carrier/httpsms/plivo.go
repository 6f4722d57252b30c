package httpsms

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/secret"
)

// plivoSigned checks X-Plivo-Signature-V3 (plivo.com/docs, "Signature validation"): the base64 of HMAC-SHA256, under
// the Auth
// Token, of the address as Plivo has it, its fields in order, and a nonce. The header may have several, after a change
// of the
// token.
func plivoSigned(token secret.String, publicURL string) func(r *http.Request, body []byte) bool {
	return func(r *http.Request, body []byte) bool {
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return false
		}
		text := plivoText(publicURL+r.URL.Path, r.URL.Query(), form) + "." + carrier.OnlyHeader(r.Header, "X-Plivo-Signature-V3-Nonce")
		want := []byte(plivoSignature(token, text))

		ok := false
		for one := range strings.SplitSeq(carrier.OnlyHeader(r.Header, "X-Plivo-Signature-V3"), ",") {
			ok = hmac.Equal([]byte(strings.TrimSpace(one)), want) || ok
		}

		return ok
	}
}

func plivoSignature(token secret.String, text string) string {
	mac := hmac.New(sha256.New, []byte(token.Reveal()))
	mac.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// plivoText is what Plivo signs but for the nonce: "address?name=value&…" of the query, a "." when there is also a
// form, and
// "namevalue…" of the form, all sorted.
func plivoText(address string, query, form url.Values) string {
	var out strings.Builder
	out.WriteString(address)
	if len(query) > 0 || len(form) > 0 {
		out.WriteString("?")
	}
	separator := ""
	sorted(query, func(name, value string) {
		out.WriteString(separator + name + "=" + value)
		separator = "&"
	})
	if len(query) > 0 && len(form) > 0 {
		out.WriteString(".")
	}
	sorted(form, func(name, value string) { out.WriteString(name + value) })

	return out.String()
}

// sorted calls do for each value, by name and then by value.
func sorted(values url.Values, do func(name, value string)) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		for _, value := range slices.Sorted(slices.Values(values[name])) {
			do(name, value)
		}
	}
}
