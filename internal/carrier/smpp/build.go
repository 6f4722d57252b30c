package smpp

import (
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/smpp/pdu"
	"github.com/syssecure/syssecure/internal/message"
)

const (
	maxParts     = 255
	maxShortCode = 8
)

// build turns a message into submits, or into the result when that is impossible.
func (c *Carrier) build(m carrier.Message) ([]*pdu.SM, *carrier.Result) {
	from := m.From
	if from == "" {
		from = c.cfg.From
	}

	source, err := sender(from, c.cfg.SourceTON, c.cfg.SourceNPI)
	if err != nil {
		return nil, &carrier.Result{Outcome: carrier.Rejected, Reason: message.SenderNotAllowed}
	}

	base := pdu.SM{
		ServiceType: c.cfg.ServiceType, Source: source, Dest: c.recipient(m.To.E164()),
		ValidityPeriod: relativeTime(m.Validity),
	}
	if c.cfg.Receipts {
		base.RegisteredDelivery = 1
	}
	if c.cfg.UserReference {
		base.TLVs = []pdu.TLV{pdu.Uint16(pdu.TagUserMessageReference, hashRef(m.Ref))}
	}

	split := c.cfg.Charset.Split(m.Body.Reveal())
	if split.Encoding == message.UCS2 {
		base.DataCoding = codingUCS2
	}

	switch n := len(split.Parts); {
	case n > maxParts:
		return nil, &carrier.Result{Outcome: carrier.Rejected, Reason: message.CarrierRejected}
	case n == 1:
		return []*pdu.SM{withText(base, split.Parts[0])}, nil
	}

	return c.long(base, split.Parts, m.Ref), nil
}

// recipient is the destination address: an international number unless the configuration says otherwise.
func (c *Carrier) recipient(number string) pdu.Address {
	a := pdu.Address{TON: 1, NPI: 1, Addr: strings.TrimPrefix(number, "+")}
	if c.cfg.DestTON != nil {
		a.TON = *c.cfg.DestTON
	}
	if c.cfg.DestNPI != nil {
		a.NPI = *c.cfg.DestNPI
	}

	return a
}

// withText puts a text into a submit: into short_message, or into message_payload when it is too long for that, as a
// part of 160 characters can be in UTF-8.
func withText(sm pdu.SM, text []byte) *pdu.SM {
	if len(text) <= pdu.MaxShortMessage {
		sm.ShortMessage = text
		return &sm
	}
	sm.TLVs = append(slices.Clone(sm.TLVs), pdu.TLV{Tag: pdu.TagMessagePayload, Value: text})
	return &sm
}

// hashRef makes a number of a message's reference, which is the same for every copy of it.
func hashRef(ref string) uint16 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(ref)) // a hash never fails
	sum := h.Sum32()

	return uint16(sum ^ sum>>16)
}

// long makes the submits of a message of several parts, in the configured form. Every copy of a message has the same
// concatenation reference, so that the phone joins the parts of two copies; a message without a reference gets the next
// number.
func (c *Carrier) long(base pdu.SM, parts [][]byte, message string) []*pdu.SM {
	tlvs := base.TLVs[:len(base.TLVs):len(base.TLVs)]
	if c.cfg.Long == LongPayload {
		base.TLVs = append(tlvs, pdu.TLV{Tag: pdu.TagMessagePayload, Value: slices.Concat(parts...)})
		return []*pdu.SM{&base}
	}

	ref, total := hashRef(message), uint8(len(parts))
	if message == "" {
		ref = uint16(c.longRef.Add(1))
	}

	out := make([]*pdu.SM, len(parts))
	for i, part := range parts {
		sm, number := base, uint8(i+1)
		if c.cfg.Long == LongSAR {
			sm.TLVs = append(tlvs, pdu.Uint16(pdu.TagSARReference, ref), pdu.Octet(pdu.TagSARTotal, total),
				pdu.Octet(pdu.TagSARSequence, number))
		} else {
			sm.ESMClass |= pdu.ESMClassUDHI
			part = append([]byte{5, 0, 3, uint8(ref), total, number}, part...)
		}
		out[i] = withText(sm, part)
	}

	return out
}

// sender makes a source address: "+…" and many digits are an international number (TON 1, NPI 1), few digits a short
// code (3, 0), and everything else is a name (5, 0). An empty sender leaves the choice to the centre.
func sender(from string, ton, npi *uint8) (pdu.Address, error) {
	a := pdu.Address{Addr: from}
	digits := strings.TrimPrefix(from, "+")
	switch {
	case from == "":
	case strings.Trim(digits, "0123456789") == "" && digits != "":
		a.Addr = digits
		a.TON, a.NPI = 1, 1
		if len(digits) <= maxShortCode && from == digits {
			a.TON, a.NPI = 3, 0
		}
		if len(digits) > 15 {
			return a, fmt.Errorf("the sender has %d digits; a number has at most 15", len(digits))
		}

	default:
		a.TON = 5
		if len(from) > 11 {
			return a, fmt.Errorf("the sender %q has more than the 11 characters of a name", from)
		}
		if strings.ContainsFunc(from, func(r rune) bool { return r < ' ' || r > '~' }) {
			return a, errors.New("the sender must consist of printable ASCII characters")
		}
	}

	if ton != nil {
		a.TON = *ton
	}
	if npi != nil {
		a.NPI = *npi
	}

	return a, nil
}

// relativeTime formats a validity_period (clause 7.1.1.2), rounded up to a second and at most 30 days; "" for 0.
func relativeTime(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	s := int64(min((d+time.Second-1).Truncate(time.Second), 30*24*time.Hour) / time.Second)
	return fmt.Sprintf("0000%02d%02d%02d%02d000R", s/86400, s/3600%24, s/60%60, s%60)
}
