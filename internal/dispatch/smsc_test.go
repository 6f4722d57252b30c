package dispatch_test

import (
	"context"
	"encoding/hex"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/carriertest/smsc"
	"github.com/syssecure/syssecure/internal/carrier/smpp"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

// Receipts of real message centres, as complete PDUs.
const (
	pduA = "000000da0000000500000000000003e9000101333234373035353430303100050041636d65000400000000000000008069643a62656230616665312d35" +
		"3730612d343565382d393230362d653864623464333432653562207375623a30303120646c7672643a303031207375626d697420646174653a32363131" +
		"33303039303020646f6e6520646174653a3236313133303039303120737461743a44454c49565244206572723a30303020746578743a001e0021626562" +
		"306166653135373061343565383932303665386462346433343265356200" + "0427000102"
	pduB = "000000950000000500000000000003e9000101333234373033303930303600050041636d65000400000000000000006569643a31303236393930343231" +
		"207375623a30303120646c7672643a303031207375626d697420646174653a3236313133303039303020646f6e6520646174653a303030303030303030" +
		"3020737461743a4641494c4544206572723a30303220546578743a"
)

// startSMSC makes a world with a message centre for SMS.
func startSMSC(t *testing.T, o smsc.Options, c smpp.Config) (*testworld.World, *smsc.Server) {
	t.Helper()
	o.Keep = true
	centre, err := smsc.Start(o)
	if err != nil {
		t.Fatal(err)
	}

	t.Cleanup(func() { _ = centre.Close() })
	c.Name, c.Addr, c.SystemID, c.From, c.Receipts = "smsc", centre.Addr(), "user", "Acme", true
	k, err := smpp.New(c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}

	w := testworld.New(t, testworld.Options{Carriers: []carrier.Carrier{k}, Prices: prices, Credits: 1000})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = k.Run(ctx, carrier.Sink{Receipt: w.Dispatcher.Receipt, Answer: w.Dispatcher.Answer})
	}()

	t.Cleanup(func() { cancel(); <-done })
	for deadline := time.Now().Add(time.Minute); centre.Binds() == 0 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}

	return w, centre
}

// waitState waits until a message has the state.
func waitState(t *testing.T, w *testworld.World, s engine.OTPSent, want message.State) {
	t.Helper()
	var got store.Message
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		if got = messageOf(t, w, s); got.State == want {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Errorf("the message is %v, want %v", got.State, want)
}

func raw(t *testing.T, centre *smsc.Server, pdu string) {
	t.Helper()
	b, err := hex.DecodeString(pdu)
	if err == nil {
		err = centre.Raw(b)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Receipts of real centres match their messages.
func TestSMSC_RealReceipts(t *testing.T) {
	t.Parallel()
	withoutClass := strings.Replace(pduB, "41636d650004", "41636d650000", 1)
	for name, c := range map[string]struct {
		answer, pdu string
		want        message.State
	}{
		"the TLV's id differs from the text's": {"beb0afe1-570a-45e8-9206-e8db4d342e5b", pduA, message.Delivered},
		"a word outside the standard":          {"1026990421", pduB, message.Failed},
		"decimal for hexadecimal":              {"3d36a155", pduB, message.Failed},
		"without esm_class":                    {"1026990421", withoutClass, message.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			react := func(smsc.Submit) smsc.Reaction { return smsc.Reaction{ID: c.answer} }
			w, centre := startSMSC(t, smsc.Options{React: react}, smpp.Config{})
			s := send(t, w, testworld.To(phoneA, message.SMS))
			raw(t, centre, c.pdu)
			waitState(t, w, s, c.want)
		})
	}
}

// Ids that differ only in case are two messages.
func TestSMSC_CaseOfID(t *testing.T) {
	t.Parallel()
	ids := []string{"aBcD12", "AbCd12"}
	react := func(in smsc.Submit) smsc.Reaction { return smsc.Reaction{ID: ids[in.N-1]} }
	w, centre := startSMSC(t, smsc.Options{React: react}, smpp.Config{})
	first := send(t, w, testworld.To(testworld.Number(1), message.SMS))
	second := send(t, w, testworld.To(testworld.Number(2), message.SMS))
	if status, err := centre.SendReceipt(t.Context(), "aBcD12", smsc.Receipt{Stat: "UNDELIV"}); err != nil || status != 0 {
		t.Fatal(status, err)
	}
	waitState(t, w, first, message.Failed)
	waitState(t, w, second, message.Sent)
}

// A message is sent with one submit although the answer came late.
func TestSMSC_LateAnswer(t *testing.T) {
	t.Parallel()
	answer := make(chan struct{})
	w, centre := startSMSC(t, smsc.Options{React: func(smsc.Submit) smsc.Reaction {
		return smsc.Reaction{ID: "late-1", Wait: func(done <-chan struct{}) {
			select {
			case <-answer:
			case <-done:
			}
		}}
	}}, smpp.Config{ResponseTimeout: 100 * time.Millisecond})

	s := send(t, w, testworld.To(phoneA, message.SMS))
	if got := messageOf(t, w, s).State; got != message.Pending {
		t.Fatalf("the message is %v without an answer", got)
	}

	close(answer)
	waitState(t, w, s, message.Sent)
	if n := centre.Submits(); n != 1 {
		t.Errorf("%d submits", n)
	}
	if status, err := centre.SendReceipt(t.Context(), "late-1", smsc.Receipt{Stat: "DELIVRD"}); err != nil || status != 0 {
		t.Fatal(status, err)
	}
	waitState(t, w, s, message.Delivered)
}

// A text that the centre's charset does not have is sent and priced as UCS-2.
func TestSMSC_Charset(t *testing.T) {
	t.Parallel()
	w, centre := startSMSC(t, smsc.Options{}, smpp.Config{Charset: message.CharsetASCII})
	text := strings.Repeat("é", 100)
	m, _, err := w.SendSMS(t.Context(), w.Live, engine.SMSRequest{To: phoneA, Body: text}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if step := m.ShownStep(); step.Encoding != message.UCS2 || step.Segments != 2 || m.Credits() != 2*smsPrice.Credits {
		t.Errorf("%v, %d segments, %d credits", step.Encoding, step.Segments, m.Credits())
	}

	for _, in := range centre.Submitted() {
		if in.SM.DataCoding != 8 {
			t.Errorf("data_coding %d", in.SM.DataCoding)
		}
	}

	m, _, err = w.SendSMS(t.Context(), w.Live, engine.SMSRequest{To: phoneA, Body: "hello @ [x]"}, nil)
	last := centre.Submitted()[len(centre.Submitted())-1].SM
	if err != nil || m.ShownStep().Encoding != message.GSM7 || string(last.ShortMessage) != "hello @ [x]" || last.DataCoding != 0 {
		t.Errorf("%v, %q under %d, %v", m.ShownStep().Encoding, last.ShortMessage, last.DataCoding, err)
	}
}
