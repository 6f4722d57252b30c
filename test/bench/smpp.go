package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/carriertest/smsc"
	"github.com/syssecure/syssecure/internal/carrier/smpp"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
)

// benchSMPP measures the SMPP carrier with receipts twice: alone against a message centre in this process, and behind
// the API, where every submit and every receipt is stored with fsync.
func benchSMPP(ctx context.Context, o options, work string) error {
	centre, err := smsc.Start(smsc.Options{Receipts: true})
	if err != nil {
		return err
	}

	defer centre.Close()
	if err := carrierAlone(ctx, o, centre.Addr()); err != nil {
		return err
	}

	s, err := startSysSecure(ctx, filepath.Join(o.bin, "syssecure"), work, smppCarrier(centre))
	if err != nil {
		return err
	}

	defer s.stop()
	before, err := s.cpu()
	if err != nil {
		return err
	}

	submitted := centre.Submits()
	sent, err := sendOnly(ctx, s, o)
	if err != nil {
		return err
	}

	after, err := s.cpu()
	if err != nil {
		return err
	}

	n := centre.Submits() - submitted
	fmt.Printf("SMPP behind the API     %6.0f messages/s with receipts stored, %.0f µs server CPU each "+
		"(%d submitted for %d answered)\n",
		float64(n)/o.duration.Seconds(), float64((after-before).Microseconds())/float64(max(n, 1)), n, sent)

	return nil
}

// carrierAlone measures the carrier without a server.
func carrierAlone(ctx context.Context, o options, addr string) error {
	c, err := smpp.New(smpp.Config{
		Name: "bench", Addr: addr, SystemID: "bench", Password: secret.NewString("bench"), Window: 100,
		Connections: 1, From: "Acme", Receipts: true,
	}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		return err
	}

	var receipts atomic.Int64
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() {
		ended <- c.Run(ctx, carrier.Sink{
			Receipt: func(context.Context, carrier.Receipt) (bool, error) { receipts.Add(1); return true, nil },
			Inbound: func(context.Context, carrier.Inbound) (bool, error) { return true, nil },
		})
	}()

	var accepted, other atomic.Int64
	end := time.Now().Add(o.duration)
	var wg sync.WaitGroup
	for range o.clients {
		wg.Go(func() {
			for time.Now().Before(end) {
				m := carrier.Message{
					Ref: "bench", Channel: message.SMS, To: "+32470123456",
					Body: secret.NewString("123456 is your Acme verification code."),
				}
				if c.Send(ctx, m).Outcome == carrier.Accepted {
					accepted.Add(1)
				} else {
					other.Add(1)
				}
			}
		})
	}

	wg.Wait()
	fmt.Printf("SMPP carrier alone      %6.0f submits/s and %.0f receipts/s over one link "+
		"(%d not accepted; to reach ≥ 5,000)\n",
		float64(accepted.Load())/o.duration.Seconds(), float64(receipts.Load())/o.duration.Seconds(), other.Load())
	stop()

	return <-ended
}

// sendOnly has the clients send codes, each to another number.
func sendOnly(ctx context.Context, s *server, o options) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, o.duration)
	defer cancel()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: o.clients}}
	defer client.CloseIdleConnections()

	return crowd(ctx, o.clients, func() error {
		var answer struct{ Status string }
		return post(client, s, "/v2/otp/send", `{"to":"`+nextNumber()+`","channels":["sms"]}`, &answer)
	})
}
