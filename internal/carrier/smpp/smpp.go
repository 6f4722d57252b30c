// Package smpp is the carrier that speaks SMPP 3.4 to a message centre: submits out, receipts and messages in.
//
// It owns its links and nothing else: no store, no plan, no memory of a message beyond its answer. Its one hard idea is
// that a submit is registered before it is written, and that from then on only an answer may call it refused: a lost
// link or a silent peer leaves it Unknown, because "failed" would send a second code.
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

// Carrier is an SMPP carrier for the channel sms. Run must be running for Send to reach anybody.
type Carrier struct {
	cfg   Config
	log   *slog.Logger
	dial  func(ctx context.Context) (net.Conn, error)
	ids   idForm
	pace  pace
	binds *binds
	inbox inbox
	begun begunTexts
	// answerIDs and receiptIDs are the bases that the centre writes ids in.
	answerIDs, receiptIDs idBase
	// noValidity is set once the centre has refused validity_period and taken the same message without it.
	noValidity atomic.Bool
	longRef    atomic.Uint32
	turn       atomic.Uint32

	mu    sync.Mutex
	bound []*session
	up    chan struct{} // closed when bound stops being empty
}

// New checks the configuration and makes the carrier. It does not connect. The error names every key that is wrong.
func New(c Config, log *slog.Logger) (*Carrier, error) {
	c = c.withDefaults()
	if err := c.verify(); err != nil {
		return nil, err
	}

	s := &Carrier{
		cfg: c, log: log.With("carrier", c.Name), dial: c.Dial, ids: idForm(c.ReceiptID), up: make(chan struct{}),
		binds: newBinds(c.Connections),
	}

	s.pace.limit, s.pace.rate = c.Rate, c.Rate
	s.noValidity.Store(c.NoValidity)
	s.longRef.Store(rand.Uint32())
	if s.dial == nil {
		dial, err := c.dialer()
		if err != nil {
			return nil, err
		}
		s.dial = dial
	}

	return s, nil
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
	return min(time.Duration(max(1, parts))*c.cfg.ResponseTimeout+queueWait, longestSend)
}

var (
	_ carrier.Sender    = (*Carrier)(nil)
	_ carrier.Carrier   = (*Carrier)(nil)
	_ carrier.Runner    = (*Carrier)(nil)
	_ carrier.Encoder   = (*Carrier)(nil)
	_ carrier.SelfTimed = (*Carrier)(nil)
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
	over := &tls.Dialer{NetDialer: plain, Config: conf}

	return func(ctx context.Context) (net.Conn, error) { return over.DialContext(ctx, "tcp", c.Addr) }, nil
}

// bindPDU asks for a link of the role.
func (c Config) bindPDU(as role) pdu.PDU {
	return pdu.PDU{Command: as.command(), Sequence: 1, Body: &pdu.Bind{
		SystemID: c.SystemID, Password: c.Password, SystemType: c.SystemType, Version: pdu.Version34,
		Range: pdu.Address{Addr: c.AddressRange},
	}}
}
