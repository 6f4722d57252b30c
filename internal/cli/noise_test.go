package cli_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/carrier/carriertest/smsc"
	"github.com/syssecure/syssecure/internal/carrier/smpp/pdu"
	"github.com/syssecure/syssecure/internal/cli"
)

// TestServe_RepeatedLogLines checks that a message centre that sends 50,000 unsolicited responses causes only a few log
// lines, with their count.
func TestServe_RepeatedLogLines(t *testing.T) {
	t.Parallel()
	const unasked = 50_000
	centre, err := smsc.Start(smsc.Options{SystemID: "user", Password: "secret"})
	if err != nil {
		t.Fatal(err)
	}

	defer centre.Close()
	i := install(t, fmt.Sprintf("[[carrier]]\nname = \"noisy\"\nkind = \"smpp\"\naddr = %q\nsystem_id = "+
		"\"user\"\npassword = \"secret\"\n",
		centre.Addr()))

	ctx, stop := context.WithCancel(t.Context())
	var errs bytes.Buffer // read once the server has ended
	ended := make(chan int, 1)
	go func() {
		ended <- cli.Run(ctx, []string{"serve", "--config", i.config}, cli.IO{Out: io.Discard, Err: &errs})
	}()

	eventually(t, "the bind", func() bool { return centre.Bound() > 0 })
	var noise []byte
	for n := range unasked {
		answer := pdu.PDU{
			Command: pdu.SubmitSMResp, Sequence: uint32(1_000_000 + n),
			Body: &pdu.MessageID{ID: fmt.Sprint(n)},
		}
		if noise, err = answer.Append(noise); err != nil {
			t.Fatal(err)
		}
	}
	if err := centre.Raw(noise); err != nil {
		t.Fatal(err)
	}
	// What came before it was read by the time this is answered.
	if _, err := centre.Request(t.Context(), pdu.PDU{Command: pdu.EnquireLink}); err != nil {
		t.Fatal(err)
	}

	stop()
	if code := <-ended; code != 0 {
		t.Errorf("serve ended with %d", code)
	}

	if errs.Len() > 4096 || !strings.Contains(errs.String(), fmt.Sprintf("repeated=%d", unasked-1)) {
		t.Errorf("the log has %d bytes:\n%.4000s", errs.Len(), errs.String())
	}
}
