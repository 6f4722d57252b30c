package main

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/pion/rtp"
)

// phones is a SIP trunk with any number of phones, which answer at once and listen until the BYE.
type phones struct {
	trunk *net.UDPConn
	ear   *net.UDPConn
	ends  sync.WaitGroup

	mu      sync.Mutex
	begin   map[string]time.Time // by Call-ID
	end     map[string]time.Time
	arrived []arrival
}

// arrival is one packet of sound. The kernel took its time, so the figures do not depend on when this process read it.
type arrival struct {
	at        time.Time
	ssrc      uint32
	number    uint16
	timestamp uint32
}

func startPhones() (*phones, error) {
	p := &phones{begin: map[string]time.Time{}, end: map[string]time.Time{}}
	var err error
	for _, conn := range []**net.UDPConn{&p.trunk, &p.ear} {
		if *conn, err = net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)}); err != nil {
			return nil, err
		}
	}

	if err := stampPackets(p.ear); err != nil {
		return nil, err
	}
	p.ends.Go(p.answer)
	p.ends.Go(p.listen)

	return p, nil
}

func (p *phones) addr() string { return p.trunk.LocalAddr().String() }

func (p *phones) close() {
	_ = p.trunk.Close()
	_ = p.ear.Close()
	p.ends.Wait()
}

// answer answers all requests.
func (p *phones) answer() {
	parser := sip.NewParser()
	for buffer := make([]byte, 8192); ; {
		n, from, err := p.trunk.ReadFrom(buffer)
		if err != nil {
			return
		}
		message, err := parser.ParseSIP(append([]byte(nil), buffer[:n]...))
		request, ok := message.(*sip.Request)
		if err != nil || !ok || request.IsAck() {
			continue
		}

		var sdp []byte
		if request.IsInvite() {
			sdp = fmt.Appendf(nil, "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"+
				"m=audio %d RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n", p.ear.LocalAddr().(*net.UDPAddr).Port)
		}
		response := sip.NewResponseFromRequest(request, sip.StatusOK, "OK", sdp)
		response.AppendHeader(sip.NewHeader("Contact", "<sip:"+p.addr()+">"))
		if sdp != nil {
			response.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
		}
		_, _ = p.trunk.WriteTo([]byte(response.String()), from)
		p.note(request)
	}
}

// note keeps when a call began and ended.
func (p *phones) note(r *sip.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	times := p.begin
	if r.Method == sip.BYE {
		times = p.end
	}
	if _, known := times[r.CallID().Value()]; !known {
		times[r.CallID().Value()] = time.Now()
	}
}

// listen keeps what arrives.
func (p *phones) listen() {
	buffer, extra := make([]byte, 2048), make([]byte, 128)
	var header rtp.Header
	for {
		n, more, _, _, err := p.ear.ReadMsgUDP(buffer, extra)
		if err != nil {
			return
		}
		at, ok := kernelTime(extra[:more])
		if _, err := header.Unmarshal(buffer[:n]); err != nil || !ok {
			continue
		}
		p.mu.Lock()
		p.arrived = append(p.arrived, arrival{at, header.SSRC, header.SequenceNumber, header.Timestamp})
		p.mu.Unlock()
	}
}

func (p *phones) answered() int { return p.count(p.begin) }

func (p *phones) ended() int { return p.count(p.end) }

func (p *phones) count(times map[string]time.Time) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(times)
}

func (p *phones) packets() []arrival {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.arrived
}

// times is how many calls there were at most at a time.
func (p *phones) times() (most int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, at := range p.begin {
		now := 0
		for call, begun := range p.begin {
			if end, ok := p.end[call]; !begun.After(at) && (!ok || end.After(at)) {
				now++
			}
		}
		most = max(most, now)
	}

	return most
}

func (p *phones) wait(ctx context.Context, done func() bool, most time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}

	return nil
}
