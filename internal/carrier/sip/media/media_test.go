package media

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtp"
)

func TestSDP_Answer(t *testing.T) {
	t.Parallel()
	const head = "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
	addr := func(s string) netip.AddrPort { return netip.MustParseAddrPort(s) }
	for name, c := range map[string]struct {
		sdp  string
		want Remote
		err  error
	}{
		"PCMA":             {sdp: head + "m=audio 4000 RTP/AVP 8 0\r\n", want: Remote{Addr: addr("192.0.2.1:4000"), Codec: PCMA}},
		"unknown first":    {sdp: head + "m=audio 4000 RTP/AVP 9 0\r\n", want: Remote{Addr: addr("192.0.2.1:4000")}},
		"its event type":   {sdp: head + "m=audio 4000 RTP/AVP 0 96\r\na=rtpmap:96 telephone-event/8000\r\n", want: Remote{Addr: addr("192.0.2.1:4000"), Event: 96}},
		"of the stream":    {sdp: head + "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 192.0.2.7\r\n", want: Remote{Addr: addr("192.0.2.7:4000")}},
		"of another":       {sdp: head + "m=audio 4000 RTP/AVP 0\r\nm=video 4002 RTP/AVP 31\r\nc=IN IP4 192.0.2.7\r\n", want: Remote{Addr: addr("192.0.2.1:4000")}},
		"IPv6":             {sdp: "c=IN IP6 2001:db8::1\nm=audio 4000 RTP/AVP 0\n", want: Remote{Addr: addr("[2001:db8::1]:4000")}},
		"refused":          {sdp: head + "m=audio 0 RTP/AVP 0\r\n", err: ErrNoAudio},
		"no audio":         {sdp: head + "m=video 4000 RTP/AVP 31\r\n", err: ErrNoAudio},
		"encrypted":        {sdp: head + "m=audio 4000 RTP/SAVP 0\r\n", err: ErrNoAudio},
		"another codec":    {sdp: head + "m=audio 4000 RTP/AVP 18 101\r\n", err: ErrNoCodec},
		"no address":       {sdp: "m=audio 4000 RTP/AVP 0\r\n", err: ErrNoAddr},
		"a host's name":    {sdp: "c=IN IP4 media.example.com\r\nm=audio 4000 RTP/AVP 0\r\n", err: ErrNoAddr},
		"multicast":        {sdp: "c=IN IP4 224.2.1.1/127\r\nm=audio 4000 RTP/AVP 0\r\n", err: ErrNoAddr},
		"nothing":          {sdp: "", err: ErrNoAudio},
		"a port too large": {sdp: head + "m=audio 70000 RTP/AVP 0\r\n", err: ErrNoAudio},
	} {
		if got, err := Answer([]byte(c.sdp)); got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: %+v %v, want %+v %v", name, got, err, c.want, c.err)
		}
	}
}

func TestSDP_Offer(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"192.0.2.1:4000", "[2001:db8::1]:4000"} {
		offer := Offer(netip.MustParseAddrPort(at), 7)
		got, err := Answer(offer)
		if want := (Remote{Addr: netip.MustParseAddrPort(at), Event: Event}); err != nil || got != want {
			t.Errorf("%s: %+v %v", offer, got, err)
		}
		if !strings.Contains(string(offer), "m=audio 4000 RTP/AVP 0 8 101\r\n") {
			t.Errorf("%s", offer)
		}
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add(Offer(netip.MustParseAddrPort("192.0.2.1:4000"), 1))
	f.Add([]byte("c=IN IP6 ::1%eth0/3\nm=audio 1/2 RTP/AVP 8\na=rtpmap:127 Telephone-Event/8000"))
	f.Fuzz(func(t *testing.T, sdp []byte) {
		r, err := Answer(sdp)
		if err == nil && (!r.Addr.IsValid() || r.Addr.Port() == 0 || r.Codec != PCMU && r.Codec != PCMA || r.Event > 127) {
			t.Errorf("%+v", r)
		}
	})
}

func FuzzKeys(f *testing.F) {
	f.Add(uint32(1), []byte{1, 0x8A, 0, 160})
	f.Fuzz(func(t *testing.T, timestamp uint32, payload []byte) {
		var k keys
		if key, ok := k.read(timestamp, payload); ok && !strings.ContainsRune(keyNames, rune(key)) {
			t.Errorf("key %q", key)
		}
		if _, again := k.read(timestamp, payload); again {
			t.Error("counts twice")
		}
	})
}

func TestPorts_Count(t *testing.T) {
	t.Parallel()
	for p, want := range map[Ports]int{{20000, 20100}: 51, {20001, 20001}: 0, {20001, 20002}: 1, {20000, 20000}: 1} {
		if got := p.Count(); got != want {
			t.Errorf("%v: %d, want %d", p, got, want)
		}
	}
}

func TestListener_Ports(t *testing.T) {
	t.Parallel()
	free, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer free.Close()
	taken := free.LocalAddr().(*net.UDPAddr).AddrPort().Port() &^ 1
	if taken != free.LocalAddr().(*net.UDPAddr).AddrPort().Port() {
		t.Skip("the free port is odd")
	}

	l := Listener{IP: netip.MustParseAddr("127.0.0.1"), Ports: Ports{taken, taken}}
	if s, err := l.Open(); !errors.Is(err, ErrNoPort) {
		t.Errorf("%v %v", s, err)
	}
	_ = free.Close()
	s, err := l.Open()
	if err != nil || s.Port() != taken {
		t.Fatal(err)
	}
	s.Close()
	s.Close()
}

// said is a source of so many frames, each of its number.
type said struct {
	frames, n int
	keys      []byte
}

func (s *said) Next(frame []byte) bool {
	if s.n >= s.frames {
		return false
	}
	for i := range frame {
		frame[i] = byte(s.n)
	}
	s.n++

	return true
}

func (s *said) Press(key byte) { s.keys = append(s.keys, key) }

// phone is the other side of a session.
type phone struct {
	*net.UDPConn
}

func newPhone(t *testing.T) phone {
	t.Helper()
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetReadDeadline(time.Now().Add(20 * time.Second))

	return phone{conn}
}

func (p phone) addr() netip.AddrPort { return p.LocalAddr().(*net.UDPAddr).AddrPort() }

func (p phone) hear(t *testing.T) rtp.Packet {
	t.Helper()
	var out rtp.Packet
	buffer := make([]byte, maxPacket)
	n, err := p.Read(buffer)
	if err != nil || out.Unmarshal(buffer[:n]) != nil {
		t.Fatalf("packet %x: %v", buffer[:n], err)
	}

	return out
}

func open(t *testing.T) *Session {
	t.Helper()
	l := Listener{IP: netip.MustParseAddr("127.0.0.1"), Ports: Ports{30000, 39998}}
	l.next.Store(uint32(time.Now().UnixNano() % 4000))
	s, err := l.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)

	return s
}

func TestSession_Sends(t *testing.T) {
	t.Parallel()
	s, p := open(t), newPhone(t)
	done := make(chan error, 1)
	sent := 0
	go func() {
		done <- s.Run(t.Context(), Call{
			Remote: Remote{Addr: p.addr(), Codec: PCMA}, Source: &said{frames: 30},
			Convert: func(f []byte) { f[0] = 200 }, Sent: func() { sent++ },
		})
	}()

	var first rtp.Packet
	for n := range 30 {
		got := p.hear(t)
		if n == 0 {
			first = got
		}
		if got.SequenceNumber != first.SequenceNumber+uint16(n) || got.Timestamp != first.Timestamp+uint32(n)*frameSize ||
			got.SSRC != first.SSRC || got.PayloadType != PCMA || got.Marker != (n == 0) {
			t.Fatalf("packet %d: %v", n, got.Header)
		}
		if len(got.Payload) != frameSize || got.Payload[0] != 200 || got.Payload[1] != byte(n) {
			t.Fatalf("packet %d: %x", n, got.Payload)
		}
	}
	if err := <-done; err != nil || sent != 30 {
		t.Errorf("%v after %d frames", err, sent)
	}
}

// TestSession_Symmetric: sound goes where the other side's comes from, a stranger's moves it nowhere, and keys count
// once.
func TestSession_Symmetric(t *testing.T) {
	t.Parallel()
	s, answer, behind := open(t), newPhone(t), newPhone(t)
	ctx, cancel := context.WithCancel(t.Context())
	source, done := &said{frames: 1 << 20}, make(chan error, 1)
	go func() {
		done <- s.Run(ctx, Call{Remote: Remote{Addr: answer.addr(), Event: 96}, Source: source})
	}()

	answer.hear(t)
	to := net.UDPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), s.Port()))
	if _, err := behind.WriteTo([]byte("no RTP"), to); err != nil {
		t.Fatal(err)
	}
	for i, kind := range []uint8{96, 96, Event, Event, 97} {
		key := rtp.Packet{
			Header:  rtp.Header{Version: 2, PayloadType: kind, Timestamp: uint32(i/2) * 800},
			Payload: []byte{byte(i / 2), 0x8A, 0, 160},
		}
		data, err := key.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := behind.WriteTo(data, to); err != nil {
			t.Fatal(err)
		}
	}
	for range 10 {
		behind.hear(t)
	}

	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) || !slices.Equal(source.keys, []byte("01")) {
		t.Errorf("%v, keys %q", err, source.keys)
	}
}

func TestCall_Trusts(t *testing.T) {
	t.Parallel()
	ip := netip.MustParseAddr
	for name, c := range map[string]struct {
		answer, signalling, from string
		want                     bool
	}{
		"the answer's":        {"192.0.2.1", "192.0.2.2", "192.0.2.1", true},
		"the signalling's":    {"192.0.2.1", "192.0.2.2", "192.0.2.2", true},
		"a stranger":          {"192.0.2.1", "192.0.2.2", "192.0.2.3", false},
		"behind a NAT":        {"10.0.0.1", "192.0.2.2", "192.0.2.3", true},
		"both in our network": {"10.0.0.1", "10.0.0.2", "192.0.2.3", false},
	} {
		call := Call{Remote: Remote{Addr: netip.AddrPortFrom(ip(c.answer), 4000)}, Signalling: ip(c.signalling)}
		if got := call.trusts(ip(c.from)); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
