package smpp

import (
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/smpp/pdu"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
)

// alertNotification is the PDU of a real message centre.
const alertNotification = "0000001f00000102000000000000003b010133323437300001013332303000"

// TestLink_PDUsWithoutAnswer: alert_notification and outbind (SMPP 3.4 clauses 4.12.1 and 4.1.7).
func TestLink_PDUsWithoutAnswer(t *testing.T) {
	inBubble(t, Config{}, func(t *testing.T, r *rig) {
		l := <-r.links
		l.bind()
		alert, err := hex.DecodeString(alertNotification)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := l.Write(alert); err != nil {
			t.Fatal(err)
		}

		l.send(pdu.PDU{Command: pdu.Outbind, Sequence: 60})
		l.send(pdu.PDU{Command: pdu.EnquireLink, Sequence: 61})
		if p := l.expect(pdu.EnquireLinkResp); p.Sequence != 61 {
			t.Errorf("answered %d", p.Sequence)
		}
	})
}

// TestBind_EarlyPDUs: PDUs before the answer to the bind are handled and do not end the link.
func TestBind_EarlyPDUs(t *testing.T) {
	inBubble(t, Config{}, func(t *testing.T, r *rig) {
		l := <-r.links
		bind := l.expect(pdu.BindTransceiver)
		l.send(pdu.PDU{Command: pdu.EnquireLink, Sequence: 5})
		l.expect(pdu.EnquireLinkResp)
		l.send(pdu.PDU{Command: pdu.Outbind, Sequence: 6})
		l.send(pdu.PDU{Command: pdu.SubmitSMResp, Sequence: 7, Body: &pdu.MessageID{ID: "of an earlier link"}})
		_, _ = l.Write([]byte("\x00\x00\x00\x11\x00\x00\x01\x11\x00\x00\x00\x00\x00\x00\x00\x08x"))
		l.send(pdu.PDU{Command: pdu.DeliverSM, Sequence: 9, Body: &pdu.SM{
			ESMClass:     pdu.ESMClassReceipt,
			ShortMessage: []byte("id:4711 stat:DELIVRD"),
		}})

		l.send(pdu.PDU{
			Command: pdu.BindTransceiverResp, Sequence: bind.Sequence,
			Body: &pdu.BindResp{SystemID: strings.Repeat("s", 20)},
		})
		if p := l.expect(pdu.DeliverSMResp); p.Sequence != 9 || p.Status != pdu.OK {
			t.Errorf("the early receipt was answered %+v", p)
		}
		if x := <-r.receipts; x.ID != "4711" {
			t.Errorf("receipt %+v", x)
		}

		result := r.sending(time.Minute)
		l.accept(l.expect(pdu.SubmitSM), "1")
		if got := <-result; got.Outcome != carrier.Accepted {
			t.Errorf("%+v", got)
		}
	})
}

// TestBind_IrregularAnswers: the answers of real centres bind, whatever their body is.
func TestBind_IrregularAnswers(t *testing.T) {
	for name, body := range map[string]string{
		"no body": "", "no NUL": "smsc", "20 characters": strings.Repeat("s", 20) + "\x00",
		"a TLV cut": "smsc\x00\x02\x10",
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, Config{}, func(t *testing.T, r *rig) {
				l := <-r.links
				p := l.expect(pdu.BindTransceiver)
				b, err := pdu.PDU{Command: pdu.BindTransceiverResp, Sequence: p.Sequence}.Append(nil)
				if err != nil {
					t.Fatal(err)
				}

				b[3] += byte(len(body))
				if _, err := l.Write(append(b, body...)); err != nil {
					t.Fatal(err)
				}

				result := r.sending(time.Minute)
				l.accept(l.expect(pdu.SubmitSM), "1")
				if got := <-result; got.Outcome != carrier.Accepted {
					t.Errorf("%+v", got)
				}
			})
		})
	}
}

// TestBind_LongPassword: a long password is sent whole, with address_range.
func TestBind_LongPassword(t *testing.T) {
	inBubble(t, Config{Password: secret.NewString("more than eight characters"), AddressRange: "^8080$"},
		func(t *testing.T, r *rig) {
			l := <-r.links
			b := l.expect(pdu.BindTransceiver).Body.(*pdu.Bind)
			if b.Password.Reveal() != "more than eight characters" || b.Range.Addr != "^8080$" {
				t.Errorf("bind %+v", b)
			}
		})
}

// TestBind_WaitsAfterWorkingLink: after links that carried submits the next bind waits a second at most.
func TestBind_WaitsAfterWorkingLink(t *testing.T) {
	inBubble(t, Config{}, func(t *testing.T, r *rig) {
		last := time.Now()
		for i := range 8 {
			l := <-r.links
			if wait := time.Since(last); wait > time.Second {
				t.Errorf("link %d came after %v", i+1, wait)
			}

			l.bind()
			result := r.sending(time.Minute)
			l.accept(l.expect(pdu.SubmitSM), "1")
			<-result
			_ = l.Close()
			last = time.Now()
		}
	})
}

// TestBind_WaitsAfterIdleLinks: the waits grow when a centre accepts binds and closes the links at once.
func TestBind_WaitsAfterIdleLinks(t *testing.T) {
	inBubble(t, Config{}, func(t *testing.T, r *rig) {
		var last time.Time
		for i := range 8 {
			l := <-r.links
			if i == 7 {
				if wait := time.Since(last); wait < 30*time.Second {
					t.Errorf("the eighth came after %v", wait)
				}
			}
			l.bind()
			_ = l.Close()
			last = time.Now()
		}
	})
}

// TestBind_Pair: submits are sent over the transmitter and receipts come over the receiver; a lost receiver does not
// end the transmitter.
func TestBind_Pair(t *testing.T) {
	inBubble(t, Config{Bind: BindPair}, func(t *testing.T, r *rig) {
		tx, rx := pairOf(t, r)
		result := r.sending(time.Minute)
		tx.accept(tx.expect(pdu.SubmitSM), "77")
		if got := <-result; got.Outcome != carrier.Accepted || got.IDs[0] != "77" {
			t.Fatalf("%+v", got)
		}

		rx.send(pdu.PDU{
			Command: pdu.DeliverSM, Sequence: 1,
			Body: &pdu.SM{ESMClass: pdu.ESMClassReceipt, ShortMessage: []byte("id:77 stat:DELIVRD")},
		})
		rx.expect(pdu.DeliverSMResp)
		if x := <-r.receipts; x.ID != "77" || x.Status != carrier.Delivered {
			t.Errorf("receipt %+v", x)
		}

		// A lost receiver is bound again; the transmitter goes on meanwhile.
		_ = rx.Close()
		result = r.sending(time.Minute)
		tx.accept(tx.expect(pdu.SubmitSM), "78")
		if got := <-result; got.Outcome != carrier.Accepted {
			t.Errorf("without the receiver: %+v", got)
		}
		(<-r.links).bindAs(pdu.BindReceiver)
	})
}

// pairOf binds the two links of a pair, which come in any order.
func pairOf(t *testing.T, r *rig) (tx, rx *far) {
	t.Helper()
	for range 2 {
		l := <-r.links
		p, err := l.reader.Next()
		if err != nil {
			t.Fatal(err)
		}

		l.send(pdu.PDU{Command: p.Command.Response(), Sequence: p.Sequence, Body: &pdu.BindResp{}})
		switch p.Command {
		case pdu.BindTransmitter:
			tx = l
		case pdu.BindReceiver:
			rx = l
		}
	}
	if tx == nil || rx == nil {
		t.Fatal("the pair is not a transmitter and a receiver")
	}

	return tx, rx
}

// TestBind_PairStopsReceiverLast: receipts still come until the transmitter has unbound.
func TestBind_PairStopsReceiverLast(t *testing.T) {
	inBubble(t, Config{Bind: BindPair}, func(t *testing.T, r *rig) {
		tx, rx := pairOf(t, r)
		stopped := make(chan struct{})
		go func() { r.stop(); close(stopped) }()
		unbind := tx.expect(pdu.Unbind)
		rx.send(pdu.PDU{
			Command: pdu.DeliverSM, Sequence: 1,
			Body: &pdu.SM{ESMClass: pdu.ESMClassReceipt, ShortMessage: []byte("id:77 stat:DELIVRD")},
		})
		rx.expect(pdu.DeliverSMResp)
		tx.send(pdu.PDU{Command: pdu.UnbindResp, Sequence: unbind.Sequence})
		unbind = rx.expect(pdu.Unbind)
		rx.send(pdu.PDU{Command: pdu.UnbindResp, Sequence: unbind.Sequence})
		<-stopped
	})
}

func TestBind_Transmitter(t *testing.T) {
	inBubble(t, Config{Bind: BindTransmitter}, func(t *testing.T, r *rig) {
		l := <-r.links
		l.bindAs(pdu.BindTransmitter)
		result := r.sending(time.Minute)
		l.accept(l.expect(pdu.SubmitSM), "1")
		if got := <-result; got.Outcome != carrier.Accepted {
			t.Errorf("%+v", got)
		}
	})
}

// TestInbound_NationalSender: a national sender keeps its form and is marked with its country.
func TestInbound_NationalSender(t *testing.T) {
	inBubble(t, Config{Country: "BE"}, func(t *testing.T, r *rig) {
		l := <-r.links
		l.bind()
		for i, c := range []struct {
			from pdu.Address
			want string
		}{
			{from: pdu.Address{TON: 2, NPI: 1, Addr: "0470123456"}, want: "0470123456"},
			{from: pdu.Address{TON: 1, NPI: 1, Addr: "32470123456"}, want: "+32470123456"},
			{from: pdu.Address{TON: 1, NPI: 1, Addr: "0032470123456"}, want: "0032470123456"},
		} {
			l.send(pdu.PDU{
				Command: pdu.DeliverSM, Sequence: uint32(i + 1),
				Body: &pdu.SM{Source: c.from, ShortMessage: []byte("\x00S\x00T\x00O\x00P")},
			})
			l.expect(pdu.DeliverSMResp)
			if x := <-r.texts; x.From != c.want || x.National != (c.from.TON == 2) || x.Country != "BE" ||
				x.Body.Reveal() != "STOP" {
				t.Errorf("%v: from %q, national %v, country %q, %q",
					c.from, x.From, x.National, x.Country, x.Body.Reveal())
			}
		}
	})
}

// TestReceipt_WithoutESMClass: an unmarked receipt counts when its id is known, else it is a text.
func TestReceipt_WithoutESMClass(t *testing.T) {
	inBubble(t, Config{}, func(t *testing.T, r *rig) {
		l := <-r.links
		l.bind()
		deliver := func(text string) {
			l.send(pdu.PDU{Command: pdu.DeliverSM, Sequence: 1, Body: &pdu.SM{ShortMessage: []byte(text)}})
			l.expect(pdu.DeliverSMResp)
		}

		deliver("id:4711 sub:001 dlvrd:001 submit date:2611300900 done date:2611300901 stat:DELIVRD err:000 text:")
		if x := <-r.receipts; x.ID != "4711" || !x.Unsure || x.Status != carrier.Delivered {
			t.Errorf("receipt %+v", x)
		}

		deliver("id:unknown sub:001 dlvrd:001 submit date:2611300900 done date:2611300901 stat:DELIVRD err:000 " +
			"text:your code")
		deliver("id:unknown stat:DELIVRD")
		if x := <-r.texts; x.Body.Reveal() != "id:unknown stat:DELIVRD" {
			t.Errorf("text %q", x.Body.Reveal())
		}
	})
}

// TestReceipt_RealPDUs: receipts of real message centres are read.
func TestReceipt_RealPDUs(t *testing.T) {
	for name, c := range map[string]struct {
		pdu    string
		ids    []string
		status carrier.Status
		reason message.Reason
	}{
		"the TLV's id differs": {
			pdu: pduA, ids: []string{"beb0afe1570a45e89206e8db4d342e5b", "beb0afe1-570a-45e8-9206-e8db4d342e5b"},
			status: carrier.Delivered,
		},
		"FAILED": {
			pdu: pduB, ids: []string{"1026990421"}, status: carrier.Failed, reason: message.Unreachable,
		},
		"in UCS-2": {pdu: pduC, ids: []string{"1026990421"}, status: carrier.Delivered},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, Config{}, func(t *testing.T, r *rig) {
				l := <-r.links
				l.bind()
				b, err := hex.DecodeString(c.pdu)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := l.Write(b); err != nil {
					t.Fatal(err)
				}
				if p := l.expect(pdu.DeliverSMResp); p.Sequence != 1001 || p.Status != pdu.OK {
					t.Errorf("answered %+v", p)
				}

				x := <-r.receipts
				ids := append([]string{x.ID}, x.OtherIDs...)
				if !slices.Equal(ids, c.ids) || x.Status != c.status || x.Reason != c.reason {
					t.Errorf("%+v", x)
				}
			})
		})
	}
}

// TestReceipt_WrongDataCoding: a receipt in ASCII that is labelled as UCS-2 is read as ASCII.
func TestReceipt_WrongDataCoding(t *testing.T) {
	inBubble(t, Config{}, func(t *testing.T, r *rig) {
		l := <-r.links
		l.bind()
		for i, class := range []uint8{pdu.ESMClassReceipt, 0} {
			for n, one := range []string{"1026990421", "aBcDeFgHiJ", "E0Cabc"} {
				text := "id:" + one +
					" sub:001 dlvrd:001 submit date:2611300900 done date:2611300901 stat:DELIVRD err:000 text:"
				l.send(pdu.PDU{Command: pdu.DeliverSM, Sequence: uint32(10*i + n + 1), Body: &pdu.SM{
					ESMClass: class, DataCoding: codingUCS2,
					ShortMessage: []byte(text),
				}})
				if p := l.expect(pdu.DeliverSMResp); p.Status != pdu.OK {
					t.Errorf("answered %v", p.Status)
				}
				if x := <-r.receipts; x.ID != one || x.Status != carrier.Delivered || x.Unsure != (class == 0) {
					t.Errorf("class %d: %+v", class, x)
				}
			}
		}
	})
}

// Whole PDUs of real message centres.
const (
	pduA = "000000da0000000500000000000003e9000101333234373035353430303100050041636d6500040000000000000000806964" +
		"3a62656230616665312d353730612d343565382d393230362d653864623464333432653562207375623a30303120646c7672" +
		"643a303031207375626d697420646174653a3236313133303039303020646f6e6520646174653a3236313133303039303120" +
		"737461743a44454c49565244206572723a30303020746578743a001e00216265623061666531353730613435653839323036" +
		"653864623464333432653562000427000102"
	pduB = "000000950000000500000000000003e9000101333234373033303930303600050041636d6500040000000000000000656964" +
		"3a31303236393930343231207375623a30303120646c7672643a303031207375626d697420646174653a3236313133303039" +
		"303020646f6e6520646174653a3030303030303030303020737461743a4641494c4544206572723a30303220546578743a"
	pduC = "000000f00000000500000000000003e9000101333234373033303930303400050041636d6500040000000000000800c00069" +
		"0064003a00310030003200360039003900300034003200310020007300750062003a00300030003100200064006c00760072" +
		"0064003a0030003000310020007300750062006d0069007400200064006100740065003a0032003600310031003300300030" +
		"00390030003000200064006f006e006500200064006100740065003a00320036003100310033003000300039003000310020" +
		"0073007400610074003a00440045004c00490056005200440020006500720072003a003000300030"
)
