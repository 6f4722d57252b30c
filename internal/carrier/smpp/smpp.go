// Package smpp implements the carrier that speaks SMPP 3.4 to a message centre: it sends submits, and receives receipts
// and messages from phones.
//
// It knows no store and no plan, and remembers a message only until it is answered. A submit is registered before it is
// written, and from then on only an answer may reject it: a lost link or a silent peer leaves it Unknown, because a
// failure would send a second code.
package smpp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/smpp/pdu"
	"github.com/syssecure/syssecure/internal/message"
)

// Carrier is an SMPP carrier for the channel sms. Send needs the links that Run keeps bound.
type Carrier struct {
	cfg        Config
	log        *slog.Logger
	dial       func(ctx context.Context) (net.Conn, error)
	ids        idForm
	pace       pace
	binds      *binds
	inbox      inbox
	unfinished unfinishedSends
	// answerIDs and receiptIDs are the bases in which the centre writes ids.
	answerIDs, receiptIDs idBase
	// noValidity is set once the centre has rejected validity_period and accepted the same message without it.
	noValidity atomic.Bool
	longRef    atomic.Uint32
	turn       atomic.Uint32

	mu        sync.Mutex
	receivers int    // receiver links that are bound
	problem   string // of the newest link that was lost or not bound
	bound     []*session
	up        chan struct{} // closed when a link is bound
}

// New checks the configuration and makes the carrier. It does not connect. The error names every invalid key.
func New(c Config, log *slog.Logger) (*Carrier, error) {
	c = c.withDefaults()
	if err := c.verify(); err != nil {
		return nil, err
	}

	made := &Carrier{
		cfg: c, log: log.With("carrier", c.Name), dial: c.Dial, ids: idForm(c.ReceiptID), up: make(chan struct{}),
		binds: newBinds(c.Connections),
	}

	made.pace.limit, made.pace.rate = c.Rate, c.Rate
	made.noValidity.Store(c.NoValidity)
	made.longRef.Store(rand.Uint32())
	if made.dial == nil {
		dial, err := c.dialer()
		if err != nil {
			return nil, err
		}
		made.dial = dial
	}

	return made, nil
}

// Name is the configured name.
func (c *Carrier) Name() string { return c.cfg.Name }

// Channels is sms alone.
func (c *Carrier) Channels() []message.Channel { return []message.Channel{message.SMS} }

// Receipts reports whether delivery receipts are asked for.
func (c *Carrier) Receipts() bool { return c.cfg.Receipts }

// From implements carrier.Sender.
func (c *Carrier) From() string { return c.cfg.From }

// Charset implements carrier.Encoder.
func (c *Carrier) Charset() message.Charset { return c.cfg.Charset }

// SendTimeout implements carrier.SelfTimed: each part may wait for its turn, and then for its answer.
func (c *Carrier) SendTimeout(parts int) time.Duration {
	return min(time.Duration(max(1, parts))*c.cfg.ResponseTimeout+queueWait, maxSend)
}

var (
	_ carrier.Sender    = (*Carrier)(nil)
	_ carrier.Carrier   = (*Carrier)(nil)
	_ carrier.Runner    = (*Carrier)(nil)
	_ carrier.Encoder   = (*Carrier)(nil)
	_ carrier.SelfTimed = (*Carrier)(nil)
	_ carrier.Bound     = (*Carrier)(nil)
	_ carrier.Tester    = (*Carrier)(nil)
)

func (c Config) dialer() (func(ctx context.Context) (net.Conn, error), error) {
	plain := &net.Dialer{KeepAlive: 30 * time.Second}
	if !c.TLS {
		return func(ctx context.Context) (net.Conn, error) { return plain.DialContext(ctx, "tcp", c.Addr) }, nil
	}

	conf := &tls.Config{ServerName: c.ServerName, MinVersion: tls.VersionTLS12}
	if c.CAFile != "" {
		pem, err := os.ReadFile(c.CAFile)
		if err != nil {
			return nil, fmt.Errorf("carrier %q: read the CA file: %w", c.Name, err)
		}
		conf.RootCAs = x509.NewCertPool()
		if !conf.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("carrier %q: %s holds no certificate in PEM form", c.Name, c.CAFile)
		}
	}
	secured := &tls.Dialer{NetDialer: plain, Config: conf}

	return func(ctx context.Context) (net.Conn, error) { return secured.DialContext(ctx, "tcp", c.Addr) }, nil
}

// bindPDU is the request to bind a link for a role.
func (c Config) bindPDU(as role) pdu.PDU {
	return pdu.PDU{Command: as.command(), Sequence: 1, Body: &pdu.Bind{
		SystemID: c.SystemID, Password: c.Password, SystemType: c.SystemType, Version: pdu.Version34,
		Range: pdu.Address{Addr: c.AddressRange},
	}}
}
