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
	"errors"
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
	"github.com/syssecure/syssecure/internal/secret"
)

// The ways to bind (clause 4.1).
const (
	BindTransceiver = "transceiver" // one link that sends and receives
	BindPair        = "pair"        // a transmitter link, and a receiver link beside it
	BindTransmitter = "transmitter" // a link that only sends: receipts and messages from phones do not come
)

// The forms of a message longer than one part.
const (
	LongUDH     = "udh8"    // concatenation header of 3GPP TS 23.040 clause 9.2.3.24.1; every centre knows it
	LongSAR     = "sar"     // sar_* TLVs (clauses 5.3.2.22 to 5.3.2.25)
	LongPayload = "payload" // one submit with message_payload (clause 5.3.2.32)
)

// longestPassword is the most characters of a password.
const longestPassword = 255

// Config is one account at one message centre. Zero values of the limits mean the default that stands beside them.
type Config struct {
	Name       string
	Addr       string // host:port
	TLS        bool
	CAFile     string // PEM; empty: the system's roots
	ServerName string // name in the certificate; empty: the host of Addr
	SystemID   string
	Password   secret.Text
	SystemType string
	// Bind is BindTransceiver (default), BindPair or BindTransmitter.
	Bind         string
	AddressRange string // of the bind; the addresses whose messages come over the link

	Window      int     // submits in flight on one link, 1 to 1000; 10
	Rate        float64 // message parts in a second; 0: no limit
	Connections int     // transceivers, transmitters or pairs, 1 to 64; 1
	MaxInFlight int     // messages in flight on all links; 0: Window on each link

	From                 string // sender when a message names none; may be empty
	SourceTON, SourceNPI *uint8 // nil: from the look of the sender
	DestTON, DestNPI     *uint8 // nil: 1 and 1, an international number
	ServiceType          string
	Charset              message.Charset // what the centre takes data_coding 0 for
	NoValidity           bool            // leave validity_period out
	Receipts             bool            // ask for delivery receipts
	// Country is the region (ISO 3166-1 alpha-2) whose national form senders may have; empty: none.
	Country string
	// ReceiptID says how the ids in receipts differ from those in answers: IDAsIs (default), IDHexToDec, IDDecToHex.
	ReceiptID     string
	Long          string // LongUDH (default), LongSAR or LongPayload
	UserReference bool   // send user_message_reference, made from the message's reference

	BindTimeout     time.Duration // connecting and binding; 10 s
	ResponseTimeout time.Duration // one submit's answer; 30 s
	EnquireLink     time.Duration // silence before enquire_link; 30 s
	// Dial replaces the network; TLS, CAFile and ServerName are then not used.
	Dial func(ctx context.Context) (net.Conn, error)
}

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
	if err := c.check(); err != nil {
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

// Patience implements carrier.Patient: each part may wait for its turn, and then for its answer.
func (c *Carrier) Patience(parts int) time.Duration {
	return min(time.Duration(max(1, parts))*c.cfg.ResponseTimeout+queueWait, longestSend)
}

var (
	_ carrier.Sender  = (*Carrier)(nil)
	_ carrier.Carrier = (*Carrier)(nil)
	_ carrier.Runner  = (*Carrier)(nil)
	_ carrier.Encoder = (*Carrier)(nil)
	_ carrier.Patient = (*Carrier)(nil)
)

func (c Config) withDefaults() Config {
	set := func(v *int, def int) {
		if *v == 0 {
			*v = def
		}
	}
	wait := func(v *time.Duration, def time.Duration) {
		if *v == 0 {
			*v = def
		}
	}
	set(&c.Window, 10)
	set(&c.Connections, 1)
	wait(&c.BindTimeout, 10*time.Second)
	wait(&c.ResponseTimeout, 30*time.Second)
	wait(&c.EnquireLink, 30*time.Second)
	if c.ReceiptID == "" {
		c.ReceiptID = IDAsIs
	}
	if c.Long == "" {
		c.Long = LongUDH
	}
	if c.Bind == "" {
		c.Bind = BindTransceiver
	}
	return c
}

func (c Config) check() error {
	var errs []error
	bad := func(wrong bool, format string, args ...any) {
		if wrong {
			errs = append(errs, fmt.Errorf("carrier %q: "+format, append([]any{c.Name}, args...)...))
		}
	}
	_, _, err := net.SplitHostPort(c.Addr)
	bad(err != nil && c.Dial == nil, "addr must be host:port, is %q", c.Addr)
	bad(c.SystemID == "" || len(c.SystemID) > 15, "system_id must have 1 to 15 characters")
	// The standard has room for 8 characters. Message centres hand out longer ones and take them.
	bad(len(c.Password.Reveal()) > longestPassword, "password must have at most %d characters", longestPassword)
	bad(len(c.SystemType) > 12, "system_type must have at most 12 characters")
	bad(len(c.ServiceType) > 5, "service_type must have at most 5 characters")
	bad(len(c.AddressRange) > 40, "address_range must have at most 40 characters")
	bad(c.Bind != BindTransceiver && c.Bind != BindPair && c.Bind != BindTransmitter,
		"bind must be transceiver, pair or transmitter, is %q", c.Bind)
	bad(c.Window < 1 || c.Window > 1000, "window must be 1 to 1000, is %d", c.Window)
	bad(c.Connections < 1 || c.Connections > 64, "connections must be 1 to 64, is %d", c.Connections)
	bad(c.Rate < 0, "rate must be 0 or more, is %v", c.Rate)
	bad(!idForm(c.ReceiptID).known(), "receipt_id must be as_is, hex_to_dec or dec_to_hex, is %q", c.ReceiptID)
	bad(c.Long != LongUDH && c.Long != LongSAR && c.Long != LongPayload, "long must be udh8, sar or payload, is %q", c.Long)
	bad(c.BindTimeout < 0 || c.ResponseTimeout < 0 || c.EnquireLink < 0, "times must not be negative")
	_, err = sender(c.From, c.SourceTON, c.SourceNPI)
	bad(err != nil, "from: %w", err)
	return errors.Join(errs...)
}

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
