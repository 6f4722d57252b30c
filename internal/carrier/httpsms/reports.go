package httpsms

import (
	"cmp"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/text/encoding/charmap"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
)

// maxReports bounds the body of a callback that may carry many reports.
const maxReports = 1 << 20

// serveTemplated answers a callback of a provider with its own form: the token may come as the parameter "token",
// because
// many providers can send nothing else, or the provider signs. Everything that was stored is answered with 200.
func (c *Carrier) serveTemplated(
	w http.ResponseWriter, r *http.Request, callback string, sink carrier.Sink,
) *fault.Fault {
	if f := carrier.CallbackMethod(w, r, http.MethodPost, http.MethodGet); f != nil {
		return f
	}
	byToken := c.templated.signed == nil
	if byToken && !c.token.Equal(r.URL.Query().Get("token")) && !c.token.Bears(r) {
		w.Header().Set("WWW-Authenticate", "Bearer")
		return fault.New(fault.Unauthorized, "send the carrier's callback_token as the parameter token, or as "+
			"Authorization: Bearer <token>")
	}

	body, f := carrier.ReadCallback(w, r, maxReports)
	if f != nil {
		return f
	}
	if !byToken && !c.templated.signed(r, body) {
		return fault.New(fault.Unauthorized, "the signature is not that of this account; check that token and public_url are "+
			"those that the provider has")
	}

	got, f := readDocument(r, body)
	if f != nil {
		return f
	}
	receipts, inbound, unreadable := c.templated.read(callback, got, c.unknownStatus)
	if _, f = c.Store(r.Context(), sink, carrier.FillRefs(r, receipts), inbound); f != nil {
		return f
	}

	return unreadable
}

// unknownStatus reports a receipt whose status the table does not have.
func (c *Carrier) unknownStatus(status string) {
	c.Log().Warn("a receipt has an unknown status and changes nothing; add it to receipt_statuses",
		"carrier", c.Name(), "status", carrier.CleanCode(status))
}

// readDocument reads what a callback says: a form, or JSON, and the query beside it.
func readDocument(r *http.Request, body []byte) (document, *fault.Fault) {
	query := r.URL.Query()
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if r.Method == http.MethodGet || len(body) == 0 {
		return document{fields: query}, nil
	}
	if kind == "application/x-www-form-urlencoded" {
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return document{}, fault.New(fault.InvalidParams, "the body must be a form")
		}
		for name, values := range query {
			if !form.Has(name) {
				form[name] = values
			}
		}
		return document{fields: form}, nil
	}

	got, ok := readJSON(body)
	if !ok {
		return document{}, fault.New(fault.InvalidParams, "the body must be a form or JSON")
	}
	got.fields = query

	return got, nil
}

// read reads the reports of a callback. What can be read is returned beside the fault of the first that cannot. A
// status that
// is not in the table changes nothing, and is given to unknown.
func (t *templated) read(
	callback string, got document, unknown func(status string),
) (receipts []carrier.Receipt, inbound []carrier.Inbound, unreadable *fault.Fault) {
	if callback == "inbound" {
		for i, one := range got.list(t.inbound.list) {
			text, f := t.inbound.read(one, i)
			if f != nil {
				unreadable = cmp.Or(unreadable, f)
				continue
			}
			inbound = append(inbound, text)
		}
		return nil, inbound, unreadable
	}

	for i, one := range got.list(t.receipt.list) {
		receipt, status, f := t.receipt.read(one, i)
		if f != nil {
			unreadable = cmp.Or(unreadable, f)
			continue
		}
		if status != "" {
			unknown(status)
		}
		receipts = append(receipts, receipt)
		if to := one.text(t.receipt.to); receipt.Reason == message.OptedOut && to != "" {
			inbound = append(inbound, carrier.OptOut(carrier.International(to)))
		}
	}

	return receipts, inbound, unreadable
}

// read reads one receipt. Its id may be the provider's or ours. unknown is its status when the table does not have it.
func (r *receiptRules) read(d document, i int) (out carrier.Receipt, unknown string, f *fault.Fault) {
	id, status := d.text(r.id), d.text(r.status)
	switch {
	case id == "" || len(id) > carrier.MaxID:
		return out, "", missing(i, r.id)
	case status == "":
		return out, "", missing(i, r.status)
	}

	out = carrier.Receipt{ID: id, Ref: id}
	meaning, known := r.statuses[strings.ToLower(status)]
	if !known {
		return out, status, nil
	}
	if out.Status = meaning.status; out.Status != carrier.Failed {
		return out, "", nil
	}

	code := d.text(r.code)
	out.CarrierCode = carrier.CleanCode(code)
	switch reason := r.codes[code]; {
	case reason != "":
		out.Reason = reason
	case meaning.reason != "":
		out.Reason = meaning.reason
	default:
		out.Reason = message.UnknownReason
	}

	return out, "", nil
}

func (r *inboundRules) read(d document, i int) (carrier.Inbound, *fault.Fault) {
	from, id := d.text(r.from), d.text(r.id)
	if from == "" || len(from) > carrier.MaxID {
		return carrier.Inbound{}, missing(i, r.from)
	}
	if len(id) > carrier.MaxID {
		id = ""
	}

	text := decodeText(d.text(r.text), d.text(r.charset))

	return carrier.Inbound{From: from, To: d.text(r.to), Body: secret.NewString(text), ID: id}, nil
}

// decodeText reads a text in one of the charsets other than UTF-8 in which gateways pass on what phones send. Any other
// stays
// as it is.
func decodeText(text, charset string) string {
	switch strings.ToLower(charset) {
	case "utf-16be", "ucs-2", "ucs2":
		return message.DecodeUCS2([]byte(text))
	case "windows-1252", "iso-8859-1":
		decoded, err := charmap.Windows1252.NewDecoder().String(text)
		if err == nil {
			return decoded
		}
	}
	return text
}

func missing(i int, field string) *fault.Fault {
	return fault.Invalid(field, "%s of report %s is missing or too long", field, strconv.Itoa(i+1))
}
