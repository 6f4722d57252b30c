package sip

import (
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/pion/rtp"

	"github.com/syssecure/syssecure/internal/carrier/carriertest"
	"github.com/syssecure/syssecure/internal/carrier/sip/media"
)

// trunk is the other side, on one UDP socket: it answers each INVITE as its script says, and keeps what it hears.
type trunk struct {
	conn   *net.UDPConn
	ear    *net.UDPConn // where sound goes
	answer func(k *trunk, r *sip.Request, from net.Addr)

	mu       sync.Mutex
	script   []carriertest.Behaviour
	submits  []carriertest.Submit
	seen     map[string]bool // Call-IDs
	requests []string        // methods, in order, ACKs of refusals left out
	byes     []string        // the tags of the phones that were hung up on
	held     []func()        // answers of Slow
	released bool
	heard    map[uint32][]byte // sound by SSRC
}

// startTrunk starts one that answers each INVITE with answer; nil = by its script.
func startTrunk(t *testing.T, answer func(k *trunk, r *sip.Request, from net.Addr)) *trunk {
	t.Helper()
	listen := func() *net.UDPConn {
		conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			t.Fatal(err)
		}
		return conn
	}
	k := &trunk{
		conn: listen(), ear: listen(), answer: answer, seen: map[string]bool{}, heard: map[uint32][]byte{},
	}
	var running sync.WaitGroup
	running.Go(k.serve)
	running.Go(k.listen)
	t.Cleanup(func() {
		_ = k.conn.Close()
		_ = k.ear.Close()
		running.Wait()
	})

	return k
}

func (k *trunk) addr() string { return k.conn.LocalAddr().String() }

func (k *trunk) serve() {
	parser := sip.NewParser()
	for buffer := make([]byte, 4096); ; {
		n, from, err := k.conn.ReadFrom(buffer)
		if err != nil {
			return
		}
		message, err := parser.ParseSIP(append([]byte(nil), buffer[:n]...))
		request, ok := message.(*sip.Request)
		if err != nil || !ok {
			continue // an answer to our own request
		}
		k.request(request, from)
	}
}

func (k *trunk) request(r *sip.Request, from net.Addr) {
	id := r.CallID().Value()
	k.mu.Lock()
	again := r.IsInvite() && k.seen[id+r.CSeq().Value()]
	k.seen[id+r.CSeq().Value()] = true
	if !again {
		k.requests = append(k.requests, string(r.Method))
	}
	if r.Method == sip.BYE {
		tag, _ := r.To().Params.Get("tag")
		k.byes = append(k.byes, tag)
	}
	k.mu.Unlock()

	switch {
	case again:
	case r.IsInvite() && k.answer != nil:
		k.answer(k, r, from)
	case r.IsInvite():
		k.play(r, from)
	case r.Method == sip.BYE || r.Method == sip.CANCEL:
		k.reply(r, from, sip.StatusOK)
	}
}

// play answers an INVITE by the script.
func (k *trunk) play(r *sip.Request, from net.Addr) {
	k.mu.Lock()
	behaviour := carriertest.Accept
	if len(k.script) > 0 {
		behaviour, k.script = k.script[0], k.script[1:]
	}
	sender := r.From().DisplayName
	if sender == "" {
		sender = r.From().Address.User
	}
	submit := carriertest.Submit{ID: r.CallID().Value(), To: r.To().Address.User, From: sender}
	if behaviour == carriertest.RejectNumber || behaviour == carriertest.Throttle {
		submit.ID = ""
	}
	k.submits = append(k.submits, submit)
	if behaviour == carriertest.Slow && !k.released {
		k.held = append(k.held, func() { k.reply(r, from, sip.StatusOK) })
		behaviour = carriertest.Silent
	}
	k.mu.Unlock()

	switch behaviour {
	case carriertest.RejectNumber:
		k.reply(r, from, sip.StatusNotFound)
	case carriertest.Throttle:
		k.reply(r, from, sip.StatusServiceUnavailable, sip.NewHeader("Retry-After", "1 (busy);duration=3"))
	case carriertest.Garbage:
		_, _ = k.conn.WriteTo([]byte("SIP/2.0 200\r\n\xff\xfe this is no answer\r\n\r\n"), from)
	case carriertest.Endless, carriertest.EndlessHead:
		_, _ = k.conn.WriteTo(append([]byte("SIP/2.0 200 OK\r\nContent-Length: 2000000000\r\nX: "), make([]byte, 60_000)...), from)
	case carriertest.Silent, carriertest.Reset, carriertest.Drip:
	default:
		k.reply(r, from, sip.StatusRinging)
		k.reply(r, from, sip.StatusOK)
	}
}

// reply sends an answer; one of 200 to an INVITE has SDP.
func (k *trunk) reply(r *sip.Request, to net.Addr, status int, fields ...sip.Header) {
	var body []byte
	if r.IsInvite() && status == sip.StatusOK {
		body = media.Offer(k.ear.LocalAddr().(*net.UDPAddr).AddrPort(), 1)
	}
	k.replyWith(r, to, status, body, "", fields...)
}

// replyWith sends an answer with this body, as the phone with this tag; empty = the tag of the library.
func (k *trunk) replyWith(r *sip.Request, to net.Addr, status int, body []byte, tag string, fields ...sip.Header) {
	answer := sip.NewResponseFromRequest(r, status, "Reason", body)
	if tag != "" {
		answer.To().Params.Add("tag", tag)
	}
	port := k.conn.LocalAddr().(*net.UDPAddr).Port
	answer.AppendHeader(&sip.ContactHeader{Address: sip.Uri{Scheme: "sip", Host: "127.0.0.1", Port: port}})
	for _, f := range fields {
		answer.AppendHeader(f)
	}
	_, _ = k.conn.WriteTo([]byte(answer.String()), to)
}

func (k *trunk) listen() {
	for buffer := make([]byte, 2048); ; {
		n, err := k.ear.Read(buffer)
		if err != nil {
			return
		}
		var packet rtp.Packet
		if packet.Unmarshal(buffer[:n]) == nil {
			k.mu.Lock()
			k.heard[packet.SSRC] = append(k.heard[packet.SSRC], packet.Payload...)
			k.mu.Unlock()
		}
	}
}

// asked reports how often a method came.
func (k *trunk) asked(method sip.RequestMethod) (n int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, one := range k.requests {
		if one == string(method) {
			n++
		}
	}
	return n
}

func (k *trunk) release() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.released = true
	for _, f := range k.held {
		f()
	}
	k.held = nil
}

// sound is what was heard in the only call.
func (k *trunk) sound() []byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, payload := range k.heard {
		return append([]byte(nil), payload...)
	}
	return nil
}

// hangUp sends the BYE of a call whose INVITE is r.
func (k *trunk) hangUp(r *sip.Request, to net.Addr) {
	bye := sip.NewRequest(sip.BYE, r.Contact().Address)
	bye.AppendHeader(sip.NewHeader("Via", "SIP/2.0/UDP "+k.addr()+";rport;branch="+sip.GenerateBranch()))
	bye.AppendHeader(sip.NewHeader("From", strings.TrimPrefix(r.To().String(), "To: ")+";tag=theirs"))
	bye.AppendHeader(sip.NewHeader("To", strings.TrimPrefix(r.From().String(), "From: ")))
	bye.AppendHeader(sip.HeaderClone(r.CallID()))
	bye.AppendHeader(sip.NewHeader("CSeq", "1 BYE"))
	bye.AppendHeader(sip.NewHeader("Max-Forwards", "70"))
	bye.SetBody(nil)
	_, _ = k.conn.WriteTo([]byte(bye.String()), to)
}

// until polls.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	if !repeat(done) {
		t.Fatalf("still not: %s", what)
	}
}

// repeat calls done until it is true, for a minute at most, and reports whether it became so. Unlike until, it may run
// beside
// the test.
func repeat(done func() bool) bool {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for late := time.Now().Add(time.Minute); !done(); <-tick.C {
		if time.Now().After(late) {
			return false
		}
	}

	return true
}
