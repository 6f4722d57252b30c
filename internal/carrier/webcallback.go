package carrier

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/secret"
)

// ReadCallback reads the body of a provider's callback, of at most so many bytes. Authenticate the request first, unless its
// signature is over the body.
func ReadCallback(w http.ResponseWriter, r *http.Request, most int64) ([]byte, *fault.Fault) {
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, fault.New(fault.InvalidParams, "the body is larger than %d KB", most>>10).
			WithStatus(http.StatusRequestEntityTooLarge)
	case err != nil:
		return nil, fault.New(fault.InvalidParams, "the body could not be read to its end")
	}

	return data, nil
}

// OnlyHeader is the value of a header that a callback has once; of one that it has twice nothing counts, because a proxy in
// between may have believed the other.
func OnlyHeader(h http.Header, name string) string {
	if values := h.Values(name); len(values) == 1 {
		return values[0]
	}
	return ""
}

// Repeated finds a field that a form has twice, among those that matter.
func Repeated(form url.Values, names ...string) *fault.Fault {
	for _, name := range names {
		if len(form[name]) > 1 {
			return fault.Invalid(name, "%s appears twice; send it once", name)
		}
	}
	return nil
}

// CallbackJSON refuses bodies that are called something else than JSON. One that is called nothing is taken for JSON.
func CallbackJSON(r *http.Request) *fault.Fault {
	name, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	isJSON := name == "application/json" || name == "text/json" || strings.HasSuffix(name, "+json")
	if r.Header.Get("Content-Type") == "" || err == nil && isJSON {
		return nil
	}
	return fault.New(fault.InvalidParams, "send Content-Type: application/json").WithStatus(http.StatusUnsupportedMediaType)
}

// CallbackForm refuses bodies that are called something else than a form. One that is called nothing is taken for a form.
func CallbackForm(r *http.Request) *fault.Fault {
	name, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if r.Header.Get("Content-Type") == "" || err == nil && name == "application/x-www-form-urlencoded" {
		return nil
	}
	return fault.New(fault.InvalidParams, "send Content-Type: application/x-www-form-urlencoded").
		WithStatus(http.StatusUnsupportedMediaType)
}

// SignedHex reports whether a signature is the HMAC-SHA256 of the parts in a row under the key, in hexadecimal digits.
func SignedHex(key []byte, signature string, parts ...[]byte) bool {
	given, err := hex.DecodeString(signature)
	if err != nil {
		return false
	}

	mac := hmac.New(sha256.New, key)
	for _, part := range parts {
		mac.Write(part)
	}

	return hmac.Equal(mac.Sum(nil), given)
}

// CallbackMethod refuses other methods than those allowed; nil when the request has one of them.
func CallbackMethod(w http.ResponseWriter, r *http.Request, allowed ...string) *fault.Fault {
	for _, method := range allowed {
		if r.Method == method {
			return nil
		}
	}

	for _, method := range allowed {
		w.Header().Add("Allow", method)
	}
	return fault.New(fault.InvalidParams, "use %s", allowed[0]).WithStatus(http.StatusMethodNotAllowed)
}

// Acknowledge answers a callback that was stored: 204, or 202 when nothing of it belongs to a message.
func Acknowledge(w http.ResponseWriter, matched bool) {
	if matched {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

// International writes a number in international form with its "+", for providers that leave it out. Anything but digits stays
// as it is.
func International(number string) string {
	if number == "" || strings.Trim(number, "0123456789") != "" || strings.HasPrefix(number, "00") {
		return number
	}
	return "+" + number
}

// Token is a secret by which a provider authenticates its callbacks. It is kept as a digest, so that comparing it takes as
// long for a wrong one of any length.
type Token [sha256.Size]byte

// NewToken makes it. An empty secret equals nothing.
func NewToken(s secret.String) Token {
	if s.Empty() {
		return Token{}
	}
	return sha256.Sum256([]byte(s.Reveal()))
}

// Equal reports whether a text is the secret.
func (t Token) Equal(text string) bool {
	sum := sha256.Sum256([]byte(text))
	return subtle.ConstantTimeCompare(sum[:], t[:]) == 1
}

// Bears reports whether a request has it as Authorization: Bearer.
func (t Token) Bears(r *http.Request) bool {
	scheme, text, _ := strings.Cut(OnlyHeader(r.Header, "Authorization"), " ")
	return t.Equal(strings.TrimSpace(text)) && strings.EqualFold(scheme, "Bearer")
}

// ReadStatus is what a provider's word for a status means. Words for messages on their way are in the table as Buffered. For
// one that the table does not have, unknown is what the log shows.
func ReadStatus(table map[string]Status, word string) (s Status, unknown string) {
	s, known := table[word]
	if known {
		return s, ""
	}
	if unknown = CleanCode(word); unknown == "" {
		unknown = "unreadable"
	}

	return Buffered, unknown
}

// RefKey is the parameter of a receipt's address that has our reference, for providers that have no field for it. It settles a
// submit whose answer, and so the provider's id, did not come.
const RefKey = "ref"

// WithRef adds our reference to the address of receipts.
func WithRef(address, ref string) string {
	separator := "?"
	if strings.Contains(address, separator) {
		separator = "&"
	}
	return address + separator + RefKey + "=" + url.QueryEscape(ref)
}

// FillRefs gives receipts that name no reference the one in the address that they came to. A Ref that is the same as the ID
// names none: it is an id that may be either.
func FillRefs(r *http.Request, receipts []Receipt) []Receipt {
	ref := r.URL.Query().Get(RefKey)
	if ref == "" {
		return receipts
	}
	for i, one := range receipts {
		if one.Ref == "" || one.Ref == one.ID {
			receipts[i].Ref = ref
		}
	}

	return receipts
}

// LogUnknown logs the status of a receipt when no table has it.
func (w *Web) LogUnknown(r Receipt) {
	if r.Unknown != "" {
		w.log.Warn("a receipt has an unknown status and changes nothing", "carrier", w.common.Name, "status", r.Unknown)
	}
}

// Store stores what one callback reports, under this carrier's name and country. matched is false when nothing of it belongs
// to a message. After a fault the provider repeats the callback; what was stored by then changes nothing the second time.
func (w *Web) Store(ctx context.Context, sink Sink, receipts []Receipt, inbound []Inbound) (matched bool, _ *fault.Fault) {
	store := func(one bool, err error) error {
		matched = matched || one
		return err
	}

	var err error
	for _, r := range receipts {
		r.Carrier = w.common.Name
		w.LogUnknown(r)
		if err == nil {
			err = store(sink.Receipt(ctx, r))
		}
	}
	for _, m := range inbound {
		m.Carrier, m.Country = w.common.Name, w.common.Country
		if err == nil {
			err = store(sink.Inbound(ctx, m))
		}
	}
	if err == nil {
		return matched, nil
	}

	w.log.Error("a callback could not be stored; the provider is asked to repeat it",
		"carrier", w.common.Name, "error", err)
	f := fault.New(fault.Internal, "the callback could not be stored; wait as long as Retry-After says, then repeat it").
		WithStatus(http.StatusServiceUnavailable)
	f.RetryAfter = time.Second

	return false, f
}
