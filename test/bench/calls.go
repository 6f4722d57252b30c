package main

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"time"
)

// The times of a run: all calls have begun within callsBegin, and end within callsEnd after that.
const (
	callsBegin = 15 * time.Second
	callsEnd   = time.Minute
)

// benchCalls has the server call so many phones at once, and measures how evenly the sound arrives at them. The phones and
// the load are in this process, the server in another.
func benchCalls(ctx context.Context, o options, work string) error {
	ring, err := startPhones()
	if err != nil {
		return err
	}

	defer ring.close()
	s, err := startSysSecure(ctx, filepath.Join(o.bin, "syssecure"), work, fmt.Sprintf("[[carrier]]\nname = \"trunk\"\n"+
		"kind = \"sip\"\nserver = %q\nlocal_addr = \"127.0.0.1:0\"\nrtp_ports = \"20000-24000\"\nmax_calls = %d\n"+
		"from = \"+3221234567\"\n", ring.addr(), o.calls))
	if err != nil {
		return err
	}

	defer s.stop()
	before, err := s.cpu()
	if err != nil {
		return err
	}

	begun := time.Now()
	late := watchClock(ctx)
	if err := sendCalls(ctx, s, o.calls); err != nil {
		return err
	}
	if err := ring.wait(ctx, func() bool { return ring.answered() == o.calls }, callsBegin); err != nil {
		return fmt.Errorf("%d of %d calls came: %w", ring.answered(), o.calls, err)
	}
	if err := ring.wait(ctx, func() bool { return ring.ended() == o.calls }, callsEnd); err != nil {
		return fmt.Errorf("%d of %d calls ended: %w", ring.ended(), o.calls, err)
	}

	after, err := s.cpu()
	if err != nil {
		return err
	}
	fmt.Print(measureSound(ring.packets(), ring.times()))
	fmt.Println(late())
	fmt.Printf("CPU of the server       %6.1f %% of one core\n", 100*float64(after-before)/float64(time.Since(begun)))

	return nil
}

// sendCalls sends so many codes at once.
func sendCalls(ctx context.Context, s *server, calls int) error {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: calls}}
	defer client.CloseIdleConnections()
	failed := make(chan error, calls)
	for range calls {
		go func() {
			var answer struct{ Status string }
			failed <- post(client, s, "/v2/otp/send", `{"to":"`+nextNumber()+`","channels":["voice"],"locale":"en"}`, &answer)
		}()
	}

	for range calls {
		select {
		case err := <-failed:
			if err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}

	return nil
}
