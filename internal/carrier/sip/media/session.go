package media

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtp"
)

// The packets of a call: one every frameTime, with frameSize samples of 8 kHz.
const (
	frameTime = 20 * time.Millisecond
	frameSize = 160
	// burst is how many frames may follow one another when the process was held up, so that the clock of the call keeps
	// pace; what is beyond is dropped from the schedule.
	burst     = 5
	maxPacket = 1500
)

// Ports is a range of UDP ports, both ends included. RTP has the even ones, as RFC 3550 clause 11 has it.
type Ports struct{ Low, High uint16 }

// Count is how many calls have a port at a time.
func (p Ports) Count() int {
	if p.High < p.even() {
		return 0
	}
	return int(p.High-p.even())/2 + 1
}

func (p Ports) even() uint16 { return p.Low + p.Low&1 }

// ErrNoPort means that all ports of the range are taken.
var ErrNoPort = errors.New("every port of rtp_ports is taken")

// Listener gives ports to calls, in turn, so that packets of a call that has ended reach no new one. It is safe for
// concurrent use.
type Listener struct {
	IP    netip.Addr
	Ports Ports
	next  atomic.Uint32
}

// Session is the sound of one call. Close it.
type Session struct {
	conn *net.UDPConn
	once sync.Once
}

// Open takes a port.
func (l *Listener) Open() (*Session, error) {
	count := l.Ports.Count()
	err := ErrNoPort
	for range count {
		port := l.Ports.even() + 2*uint16(int(l.next.Add(1)-1)%count)
		conn, failure := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(l.IP, port)))
		if failure == nil {
			return &Session{conn: conn}, nil
		}
		err = errors.Join(ErrNoPort, failure)
	}

	return nil, err
}

// Port is the port that was taken.
func (s *Session) Port() uint16 { return s.conn.LocalAddr().(*net.UDPAddr).AddrPort().Port() }

// Close gives the port back.
func (s *Session) Close() { s.once.Do(func() { _ = s.conn.Close() }) }

// Source is what is said. Its methods are called by one goroutine.
type Source interface {
	// Next writes the next frame; false when nothing more is said.
	Next(frame []byte) bool
	// Press takes a key that the phone sent.
	Press(key byte)
}

// Call are the parameters of Run.
type Call struct {
	Remote Remote
	// Signalling is the address of the other side's SIP messages: sound from there is trusted like that from Remote.
	Signalling netip.Addr
	Source     Source
	// Convert turns a frame into Remote's codec; nil when it has that form already.
	Convert func(frame []byte)
	// Sent is called after each frame; nil = not.
	Sent func()
	// Heard is called with the sound of each packet in Remote's codec, by another goroutine; nil = not.
	Heard func(sound []byte)
}

// Run sends what the source says until it ends, ctx is done or the port is closed. It sends to the address that sound
// comes
// from, once some came (symmetric RTP), because that of the answer may be behind a NAT.
func (s *Session) Run(ctx context.Context, c Call) error {
	pressed := make(chan byte, 8)
	to := atomic.Pointer[netip.AddrPort]{}
	to.Store(&c.Remote.Addr)
	var reading sync.WaitGroup
	reading.Go(func() { s.receive(c, &to, pressed) })
	defer reading.Wait()
	defer s.Close()

	out, err := newStream(c.Remote.Codec)
	if err != nil {
		return err
	}
	tick := time.NewTicker(frameTime)
	defer tick.Stop()
	begun, sent := time.Now(), 0
	for {
		for due := int(time.Since(begun)/frameTime) + 1; sent < due; sent++ {
			if due-sent > burst {
				sent = due - burst
			}
			if !out.say(c) {
				return nil
			}
			if _, err := s.conn.WriteToUDPAddrPort(out.packet, *to.Load()); errors.Is(err, net.ErrClosed) {
				return err
			}
			if c.Sent != nil {
				c.Sent()
			}
		}

		select {
		case <-ctx.Done():
			return ctx.Err()
		case key := <-pressed:
			c.Source.Press(key)
		case <-tick.C:
		}
	}
}

// receive reads packets until the port is closed. Only sound from a trusted address moves the call there: otherwise a
// stranger who sends a packet to the port would hear the code.
func (s *Session) receive(c Call, to *atomic.Pointer[netip.AddrPort], pressed chan<- byte) {
	var packet rtp.Packet
	var found keys
	for buffer := make([]byte, maxPacket); ; {
		n, from, err := s.conn.ReadFromUDPAddrPort(buffer)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		from = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
		if err != nil || !c.trusts(from.Addr()) || packet.Unmarshal(buffer[:n]) != nil {
			continue
		}

		if from != *to.Load() {
			to.Store(&from)
		}
		if packet.PayloadType == c.Remote.Codec && c.Heard != nil {
			c.Heard(packet.Payload)
			continue
		}
		// The type of our offer is the right one (RFC 3264 clause 5.1); some send that of their answer.
		if t := packet.PayloadType; t != Event && (t != c.Remote.Event || t == 0) {
			continue
		}
		if key, ok := found.read(packet.Timestamp, packet.Payload); ok {
			select {
			case pressed <- key:
			default: // nobody presses so fast
			}
		}
	}
}

// trusts reports whether sound may come from an address: that of the answer, that of the signalling, or any when the
// answer has an address behind a NAT, which cannot be reached from here in any case.
func (c Call) trusts(from netip.Addr) bool {
	addr := c.Remote.Addr.Addr()
	hidden := addr.IsPrivate() || addr.IsUnspecified()

	return from == addr || from == c.Signalling || hidden && !c.Signalling.IsPrivate()
}

// stream makes the packets of one call.
type stream struct {
	header rtp.Header
	frame  []byte
	packet []byte
}

// newStream begins with random numbers, as RFC 3550 clause 5.1 asks.
func newStream(codec uint8) (*stream, error) {
	var random [10]byte
	if _, err := rand.Read(random[:]); err != nil {
		return nil, err
	}

	return &stream{
		header: rtp.Header{
			Version: 2, Marker: true, PayloadType: codec, SequenceNumber: binary.BigEndian.Uint16(random[:]),
			Timestamp: binary.BigEndian.Uint32(random[2:]), SSRC: binary.BigEndian.Uint32(random[6:]),
		},
		frame: make([]byte, frameSize), packet: make([]byte, 0, maxPacket),
	}, nil
}

// say makes the next packet; false when the source has ended.
func (s *stream) say(c Call) bool {
	if !c.Source.Next(s.frame) {
		return false
	}
	if c.Convert != nil {
		c.Convert(s.frame)
	}

	size := s.header.MarshalSize()
	s.packet = s.packet[:size]
	if _, err := s.header.MarshalTo(s.packet); err != nil {
		return false
	}
	s.packet = append(s.packet, s.frame...)
	s.header.Marker = false
	s.header.SequenceNumber++
	s.header.Timestamp += frameSize

	return true
}
