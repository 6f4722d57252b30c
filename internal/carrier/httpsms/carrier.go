// Package httpsms implements the "http" carrier, for any gateway that takes a message as one JSON POST and reports by
// two callbacks.
//
// It knows neither the store nor the engine.
package httpsms

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/webcall"
)

// Carrier posts messages to one gateway. It is safe for concurrent use.
type Carrier struct {
	*carrier.Web
	url    *url.URL
	header http.Header
	token  carrier.Token
}

// New makes the carrier and does not connect. It fails when the URL, the channel or the token is missing or invalid.
func New(c Config, log *slog.Logger) (*Carrier, error) {
	common := c.common()
	if err := carrier.Verify(common, &c); err != nil {
		return nil, err
	}
	target, err := url.Parse(c.URL)
	if err != nil {
		return nil, fmt.Errorf("carrier %q: the url is invalid; write it as https://host/path", c.Name)
	}

	return &Carrier{
		Web: carrier.NewWeb(common, []message.Channel{c.Channel}, log),
		url: target, token: carrier.NewToken(c.Token),
		header: http.Header{
			"Authorization": {"Bearer " + c.Token.Reveal()},
			"Content-Type":  {"application/json"},
			"User-Agent":    {"SysSecure"},
		},
	}, nil
}

var _ carrier.SelfTimed = (*Carrier)(nil)

// submit is the published shape of the POST.
type submit struct {
	ID      string `json:"id"`
	Channel string `json:"channel"`
	To      string `json:"to"`
	From    string `json:"from"`
	Body    string `json:"body"`
}

// Send posts one message and reads the answer, within ctx and the configured time-out.
func (c *Carrier) Send(ctx context.Context, m carrier.Message) carrier.Result {
	body := submit{m.Ref, m.Channel.String(), m.To.E164(), c.Sender(m), m.Body.Reveal()}
	return c.SubmitJSON(ctx, c.url, c.header, body, func(a webcall.Answer) carrier.Result {
		return resultOf(a, time.Now())
	})
}
