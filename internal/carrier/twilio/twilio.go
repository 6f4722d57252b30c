// Package twilio implements the carrier "twilio": SMS over Twilio's Messages API (version 2010-04-01).
//
// Twilio has no idempotency key, so a request that may have been received ends as Unknown.
package twilio

import (
	"context"
	"encoding/base64"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/webcall"
)

// Carrier posts messages to Twilio. It is safe for concurrent use.
type Carrier struct{ account }

// account is what messages and calls share: the requests' address and header, and the signature of callbacks.
type account struct {
	*carrier.Web
	config  Config
	url     *url.URL // of submits
	header  http.Header
	signer  signer
	receipt string // the address of receipts; empty = none are wanted
}

func newCarrier(common carrier.Common, c Config, to *url.URL, log *slog.Logger) *Carrier {
	return &Carrier{newAccount(common, c, to, c.Channels(), log)}
}

func newAccount(
	common carrier.Common, c Config, to *url.URL, channels []message.Channel, log *slog.Logger,
) account {
	made := account{
		Web: carrier.NewWeb(common, channels, log), config: c, url: to,
		header: http.Header{
			"Authorization": {"Basic " + base64.StdEncoding.EncodeToString(
				[]byte(c.AccountSID+":"+c.AuthToken.Reveal()))},
			"Content-Type": {"application/x-www-form-urlencoded"},
			"Accept":       {"application/json"},
			"User-Agent":   {"SysSecure"},
		},
		signer: signer{token: []byte(c.AuthToken.Reveal()), publicURL: common.PublicURL},
	}
	if common.Receipts {
		made.receipt = common.CallbackURL(receipts)
	}

	return made
}

var (
	_ carrier.SelfTimed       = (*Carrier)(nil)
	_ carrier.CallbackHandler = (*Carrier)(nil)
)

// Twilio's bounds of ValidityPeriod.
const (
	shortestValidity = time.Second
	longestValidity  = 10 * time.Hour
)

// Send implements carrier.Carrier.
func (c *Carrier) Send(ctx context.Context, m carrier.Message) carrier.Result {
	call := c.Client().Call(c.url, c.header)
	call.Out.WriteString(c.form(m).Encode())

	return c.Submit(ctx, call, func(a webcall.Answer) carrier.Result { return read(a, m.To, time.Now()) })
}

// form is the request of one message. A sender of the message wins over the service.
func (c *Carrier) form(m carrier.Message) url.Values {
	form := url.Values{"To": {m.To.E164()}, "Body": {m.Body.Reveal()}}
	switch from := c.Sender(m); {
	case m.From == "" && c.config.MessagingServiceSID != "":
		form.Set("MessagingServiceSid", c.config.MessagingServiceSID)
	default:
		form.Set("From", from)
	}

	if c.receipt != "" {
		form.Set("StatusCallback", carrier.WithRef(c.receipt, m.Ref))
	}
	if m.Validity > 0 {
		seconds := min(max(m.Validity, shortestValidity), longestValidity) / time.Second
		form.Set("ValidityPeriod", strconv.Itoa(int(seconds)))
	}

	return form
}
