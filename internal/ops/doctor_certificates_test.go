package ops_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/app/apptest"
	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/carriertest"
	"github.com/syssecure/syssecure/internal/carrierwatch"
	"github.com/syssecure/syssecure/internal/cluster"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/ops"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/testworld"
)

// ready waits until a carrier that runs has its socket, or has noticed that it gets no session.
func ready(t *testing.T, k carrier.Carrier) carrier.Result {
	t.Helper()
	for late := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		got := k.Send(ctx, carrier.Message{
			Ref: "msg_1", Channel: k.Channels()[0], To: "+32470000001", Body: secret.NewString("Code 735190"),
			Code: secret.NewString("735190"), Locale: "en", Validity: time.Minute,
		})
		cancel()

		_, runs := k.(carrier.Runner)
		settled := !runs || !strings.Contains(got.Cause, "local_addr is not open")
		if b, bound := k.(carrier.Bound); bound {
			_, _, problem := b.Sessions()
			settled = problem != ""
		}
		if settled || time.Now().After(late) {
			return got
		}
	}
}

// TestDoctor_Certificates: over every kind that speaks TLS, doctor names what is wrong with the provider's certificate, and
// nothing was sent.
func TestDoctor_Certificates(t *testing.T) {
	t.Parallel()
	for _, bad := range []carriertest.Certificate{carriertest.SelfSigned, carriertest.Expired, carriertest.OtherHost} {
		t.Run(string(bad), func(t *testing.T) {
			t.Parallel()
			conf := apptest.WithKinds(t, apptest.Kinds(carriertest.ListenTLS(t, bad), true))
			b := apptest.Open(t, conf)
			defer b.Close()

			made, names := map[string]carrier.Carrier{}, []string{}
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			for _, c := range conf.Carriers {
				one, err := c.Settings.Make(c.Common, slog.New(slog.DiscardHandler))
				if err != nil {
					t.Fatal(err)
				}
				if r, ok := one.(carrier.Runner); ok && c.Kind != "telegram-gateway" {
					go func() { _ = r.Run(ctx, carrier.Sink{}) }()
				}
				made[c.Common.Name] = one
				names = append(names, c.Common.Name)
			}

			now := time.Now()
			w := carrierwatch.New(carrierwatch.Config{
				Store: b.Store, Carriers: names, Epoch: 1, Nodes: cluster.Alone(1), Now: func() time.Time { return now },
				Log: testworld.Discard,
			})
			for name, k := range made {
				got := ready(t, k)
				if got.Outcome != carrier.Retry || got.Reason != message.CarrierError {
					t.Errorf("%s: %+v", name, got)
				}
				if bound, ok := k.(carrier.Bound); ok { // a server shows it with the sessions
					if _, _, problem := bound.Sessions(); !strings.Contains(problem, bad.Named()) {
						t.Errorf("%s: %q", name, problem)
					}
					continue
				}
				w.Note(name, now, got)
			}
			now = now.Add(10 * time.Second)
			w.Round(t.Context())
			says := doctorOfCarriers(t, ops.CheckOpen(t.Context(), b))
			for name, k := range made {
				if _, bound := k.(carrier.Bound); bound {
					continue
				}
				_, after, named := strings.Cut(says, name+" has failed since")
				line, _, _ := strings.Cut(after, " has failed since") // of the next
				if !named || !strings.Contains(line, bad.Named()) {
					t.Errorf("%s: doctor says %q", name, line)
				}
			}
		})
	}
}

func doctorOfCarriers(t *testing.T, checks []ops.Check) string {
	t.Helper()
	for _, check := range checks {
		if check.Name == "carriers" {
			return check.Problem
		}
	}
	t.Fatal("doctor does not look at carriers")

	return ""
}
