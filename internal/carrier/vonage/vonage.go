// Package vonage implements the carrier "vonage": SMS over Vonage's SMS API (rest.nexmo.com/sms/json).
//
// Vonage has no idempotency key, so a request that may have been received ends as Unknown. HTTP 200 accepts nothing: the body
// says how each part of the text ended.
package vonage

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/webcall"
)

// Carrier posts messages to Vonage. It is safe for concurrent use.
type Carrier struct {
	*carrier.Web
	config   Config
	url      *url.URL
	header   http.Header
	callback string // the address of receipts; empty = the one that the dashboard has
}

// Bounds of Vonage's parameters (developer.vonage.com/en/api/sms).
const (
	shortestLife = 20 * time.Second
	longestLife  = 7 * 24 * time.Hour
	maxCallback  = 100 // characters
	maxClientRef = 100
)

func newCarrier(common carrier.Common, c Config, to *url.URL, log *slog.Logger) *Carrier {
	made := &Carrier{
		Web: carrier.NewWeb(common, c.Channels(), log), config: c, url: to,
		header: http.Header{
			"Content-Type": {"application/x-www-form-urlencoded"},
			"Accept":       {"application/json"},
			"User-Agent":   {"SysSecure"},
		},
	}
	if address := common.CallbackURL(receipts); common.Receipts && len(address) <= maxCallback {
		made.callback = address
	}

	return made
}

var (
	_ carrier.SelfTimed       = (*Carrier)(nil)
	_ carrier.CallbackHandler = (*Carrier)(nil)
)

// Send implements carrier.Carrier.
func (c *Carrier) Send(ctx context.Context, m carrier.Message) carrier.Result {
	call := c.Client().Call(c.url, c.header)
	call.Out.WriteString(c.form(m).Encode())

	return c.Submit(ctx, call, func(a webcall.Answer) carrier.Result { return read(a, m.To.E164(), time.Now()) })
}

// form is the request of one message. Our reference goes with texts of one part only: receipts come for each part, and all
// of them repeat it, so that of a longer text it would name all parts at once.
func (c *Carrier) form(m carrier.Message) url.Values {
	form := url.Values{
		"api_key": {c.config.APIKey}, "api_secret": {c.config.APISecret.Reveal()},
		"to": {bare(m.To.E164())}, "from": {bare(c.Sender(m))}, "text": {m.Body.Reveal()}, "type": {"text"},
	}
	encoding, parts := message.Segments(m.Body.Reveal())
	if encoding != message.GSM7 {
		form.Set("type", "unicode")
	}
	if parts == 1 && m.Ref != "" && len(m.Ref) <= maxClientRef {
		form.Set("client-ref", m.Ref)
	}

	if c.callback != "" {
		form.Set("callback", c.callback)
	}
	if m.Validity > 0 {
		life := min(max(m.Validity, shortestLife), longestLife)
		form.Set("ttl", strconv.FormatInt(life.Milliseconds(), 10))
	}

	return form
}

// bare is a number as Vonage writes it: without the "+".
func bare(number string) string { return strings.TrimPrefix(number, "+") }
