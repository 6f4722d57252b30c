// Package media carries the sound of a call: it offers and reads SDP, sends RTP and finds the keys that the phone
// sends.
//
// It knows nothing of SIP.
package media

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// The payload types of RFC 3551, and the one that an offer gives to telephone-event (RFC 4733).
const (
	PCMU  = 0
	PCMA  = 8
	Event = 101
)

// Remote is where the other side of a call wants its sound, and in which form.
type Remote struct {
	Addr  netip.AddrPort
	Codec uint8 // PCMU or PCMA
	// Event is the payload type of keys in its answer; 0 = it sends none.
	Event uint8
}

// Offer is the SDP (RFC 4566, RFC 3264) of a call whose sound is received at an address. The session has this number.
func Offer(at netip.AddrPort, session uint64) []byte {
	family := "IP6"
	if at.Addr().Is4() {
		family = "IP4"
	}

	return fmt.Appendf(nil, "v=0\r\no=- %d %d IN %s %s\r\ns=-\r\nc=IN %s %s\r\nt=0 0\r\n"+
		"m=audio %d RTP/AVP %d %d %d\r\na=rtpmap:%d PCMU/8000\r\na=rtpmap:%d PCMA/8000\r\n"+
		"a=rtpmap:%d telephone-event/8000\r\na=fmtp:%d 0-15\r\na=ptime:20\r\na=sendrecv\r\n",
		session, session, family, at.Addr(), family, at.Addr(), at.Port(), PCMU, PCMA, Event, PCMU, PCMA, Event, Event)
}

// The flaws of an answer. They say nothing of its content.
var (
	ErrNoAudio = errors.New("the answer accepts no audio")
	ErrNoCodec = errors.New("the answer has neither PCMU nor PCMA")
	ErrNoAddr  = errors.New("the answer has no address for the audio")
)

// Answer reads the SDP that answers an offer. Only its first audio stream counts; the address of the stream wins over
// that
// of the session.
func Answer(sdp []byte) (Remote, error) {
	var r Remote
	var addr netip.Addr
	port, codecs, audio, media := uint16(0), []string(nil), false, 0
	for line := range strings.Lines(string(sdp)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		switch {
		case key == "m" && media == 0 && strings.HasPrefix(value, "audio "):
			media, audio = 1, true
			port, codecs = audioLine(value)
		case key == "m":
			media, audio = media+1, false
		case media > 1 || media == 1 && !audio:
			// of another stream
		case key == "c":
			addr = connection(value, addr)
		case key == "a" && audio:
			r.Event = eventType(value, r.Event)
		}
	}

	if port == 0 {
		return Remote{}, ErrNoAudio
	}
	if !addr.IsValid() {
		return Remote{}, ErrNoAddr
	}
	r.Addr = netip.AddrPortFrom(addr, port)
	for _, codec := range codecs {
		if codec == "0" || codec == "8" {
			r.Codec = codec[0] - '0'
			return r, nil
		}
	}

	return Remote{}, ErrNoCodec
}

// audioLine reads "audio 49170 RTP/AVP 0 8 101".
func audioLine(value string) (port uint16, codecs []string) {
	fields := strings.Fields(value)
	if len(fields) < 4 || fields[2] != "RTP/AVP" {
		return 0, nil
	}
	text, _, _ := strings.Cut(fields[1], "/")
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return 0, nil
	}

	return uint16(n), fields[3:]
}

// connection reads "IN IP4 192.0.2.1"; it returns the old address when there is none.
func connection(value string, old netip.Addr) netip.Addr {
	fields := strings.Fields(value)
	if len(fields) != 3 {
		return old
	}
	text, _, _ := strings.Cut(fields[2], "/")
	addr, err := netip.ParseAddr(text)
	if err != nil || addr.Zone() != "" || addr.IsMulticast() {
		return old
	}

	return addr.Unmap()
}

// eventType reads "rtpmap:101 telephone-event/8000"; it returns the old type when it is another attribute.
func eventType(value string, old uint8) uint8 {
	mapping, found := strings.CutPrefix(value, "rtpmap:")
	number, name, _ := strings.Cut(mapping, " ")
	n, err := strconv.ParseUint(number, 10, 7)
	if !found || err != nil || !strings.EqualFold(strings.TrimSpace(name), "telephone-event/8000") {
		return old
	}

	return uint8(n)
}
