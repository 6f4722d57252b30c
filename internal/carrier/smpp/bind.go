package smpp

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/syssecure/syssecure/internal/carrier/smpp/pdu"
)

// role is what a link is bound for.
type role uint8

const (
	transceiver role = iota
	transmitter
	receiver
)

func (r role) String() string { return [...]string{"transceiver", "transmitter", "receiver"}[r] }

func (r role) command() pdu.Command {
	return [...]pdu.Command{pdu.BindTransceiver, pdu.BindTransmitter, pdu.BindReceiver}[r]
}

// maxEarly bounds the messages that are kept when they come before the bind's answer. The centre is asked to repeat
// more.
const maxEarly = 100

// boundLink is a link whose bind was accepted.
type boundLink struct {
	conn   net.Conn
	reader *pdu.Reader
	early  []pdu.PDU // deliver_sm and data_sm that came before the bind's answer
}

// errConnect begins the error of a bind that had no connection.
var errConnect = errors.New("connect")

// bindError is a bind that the message centre rejected.
type bindError struct{ status pdu.Status }

func (e *bindError) Error() string { return "bind rejected: " + e.status.String() }

// permanent reports whether the operator has to change something before a bind can succeed.
func (e *bindError) permanent() bool {
	switch e.status {
	case pdu.InvalidPassword, pdu.InvalidSystemID, pdu.AlreadyBound, pdu.InvalidSystemType, pdu.BindFailed:
		return true
	}
	return false
}

// advice says what to check in the configuration.
func (e *bindError) advice() string {
	switch e.status {
	case pdu.InvalidPassword, pdu.InvalidSystemID:
		return "check system_id and password of this carrier"
	case pdu.InvalidSystemType:
		return "set system_type to what the message centre expects"
	case pdu.AlreadyBound:
		return "another program is bound with this system_id, or connections is above what the message centre allows"
	}

	return "check system_id, password, system_type, bind and connections, and " +
		"whether the message centre allows this address"
}

// bind connects and binds within the configured time-out.
func (c *Carrier) bind(ctx context.Context, as role) (*boundLink, error) {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.BindTimeout)
	defer cancel()

	conn, err := c.dial(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errConnect, err)
	}

	closed := context.AfterFunc(ctx, func() { _ = conn.Close() })
	b := &boundLink{conn: conn, reader: pdu.NewReader(conn)}
	err = b.exchange(c.cfg.bindPDU(as))
	if !closed() && err == nil {
		err = context.Cause(ctx)
	}

	if err != nil {
		_ = conn.Close() // nothing was sent on it
		return nil, err
	}

	return b, nil
}

// exchange sends the bind and reads until its answer. Message centres may send other PDUs first, among them receipts
// that have waited.
func (b *boundLink) exchange(request pdu.PDU) error {
	if err := b.write(request); err != nil {
		return fmt.Errorf("write the bind: %w", err)
	}
	for {
		p, err := b.reader.Next()
		// An answer that cannot be read still has a status. Another PDU that cannot be read is skipped.
		var unreadable *pdu.DecodeError
		if err != nil && !errors.As(err, &unreadable) {
			return fmt.Errorf("read the answer to the bind: %w", err)
		}

		switch p.Command {
		case pdu.BindTransceiverResp, pdu.BindTransmitterResp, pdu.BindReceiverResp, pdu.GenericNack:
			return bindAnswer(p)
		}
		if err := b.handleEarly(p, unreadable != nil); err != nil {
			return err
		}
	}
}

func bindAnswer(p pdu.PDU) error {
	switch {
	case p.Status != pdu.OK:
		return &bindError{p.Status}
	case p.Command == pdu.GenericNack:
		return fmt.Errorf("%w: generic_nack answers the bind", errProtocol)
	}
	return nil
}

// handleEarly handles a PDU that comes before the bind's answer.
func (b *boundLink) handleEarly(p pdu.PDU, unreadable bool) error {
	switch {
	case unreadable, p.Command.IsResponse():
		return nil
	case p.Command == pdu.EnquireLink:
		return b.write(pdu.PDU{Command: pdu.EnquireLinkResp, Sequence: p.Sequence})
	case p.Command == pdu.Unbind:
		return errors.Join(errUnbound, b.write(pdu.PDU{Command: pdu.UnbindResp, Sequence: p.Sequence}))
	case (p.Command == pdu.DeliverSM || p.Command == pdu.DataSM) && len(b.early) < maxEarly:
		b.early = append(b.early, p)
	case p.Command == pdu.DeliverSM, p.Command == pdu.DataSM:
		return b.write(deliverAnswer(p, pdu.TemporaryReceiverError))
	}

	return nil
}

func (b *boundLink) write(p pdu.PDU) error {
	out, err := p.Append(nil)
	if err != nil {
		return err
	}
	_, err = b.conn.Write(out)
	return err
}
