package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// liveRate is how many codes a second are sent while a page of the dashboard shows them.
const liveRate = 2_000

// benchLive measures what a page of the dashboard that is open on a live list costs the server, while liveRate codes are
// sent each second. Slices with the page and without it take turns.
func benchLive(ctx context.Context, o options, work string, k *sink) error {
	program := filepath.Join(o.bin, "syssecure")
	conf, err := configure(ctx, program, work, httpCarrier(k, o))
	if err != nil {
		return err
	}
	link, err := newUser(ctx, program, conf)
	if err != nil {
		return err
	}

	s, err := conf.start(ctx, program)
	if err != nil {
		return err
	}
	defer s.stop()
	visitor, err := signIn(ctx, conf.listen, link)
	if err != nil {
		return err
	}

	return comparePage(ctx, o, s, "/verifications", func(ctx context.Context) (int, error) {
		return readStream(ctx, visitor, conf.screen("/verifications/live"))
	})
}

// newUser makes an owner of the account, and returns the link that lets them choose a password.
func newUser(ctx context.Context, program string, i *installation) (string, error) {
	var user struct{ Link string }
	err := command(ctx, &user, program, "user", "create", "--account", i.account.String(), "--role", "owner",
		"--email", "ada@example.com", "--json", "--config", i.conf)

	return user.Link, err
}

// local is the server's address as browsers know it.
func local(listen string) string { return "http://localhost" + listen[strings.LastIndex(listen, ":"):] }

// screen is the address of a screen of the account in live mode.
func (i *installation) screen(path string) string {
	return local(i.listen) + "/dashboard/" + i.account.String() + "/live" + path
}

// signIn follows the link of a new user, and returns a browser with the session.
func signIn(ctx context.Context, listen, link string) (*http.Client, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	visitor := &http.Client{Jar: jar}
	parsed, err := url.Parse(link)
	if err != nil {
		return nil, err
	}

	origin := local(listen)
	form := url.Values{
		"token": {parsed.Query().Get("token")}, "email": {"ada@example.com"}, "name": {"Ada"},
		"password": {"seven quiet rivers bend slowly"},
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, origin+"/dashboard/setup",
		strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", origin)
	resp, err := visitor.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		why, _ := io.ReadAll(io.LimitReader(resp.Body, 10_000))
		return nil, fmt.Errorf("sign in: the dashboard answered %s %s", resp.Status, why)
	}

	return visitor, nil
}

// readStream reads a live list until ctx ends, and counts its rows.
func readStream(ctx context.Context, visitor *http.Client, stream string) (rows int, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, stream, nil)
	if err != nil {
		return 0, err
	}
	r.Header.Set("Accept", "text/event-stream")
	resp, err := visitor.Do(r)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("%s: the dashboard answered %s", stream, resp.Status)
	}

	for lines := bufio.NewReader(resp.Body); ; {
		line, err := lines.ReadString('\n')
		if strings.HasPrefix(line, "event: row") {
			rows++
		}
		switch {
		case ctx.Err() != nil:
			return rows, nil
		case errors.Is(err, io.EOF):
			return rows, errors.New("the server ended the live list")
		case err != nil:
			return rows, err
		}
	}
}

// comparePage measures slices without and with one page, in turn, and prints the ratio of the server's CPU for a code.
func comparePage(
	ctx context.Context, o options, s *server, page string, watch func(context.Context) (int, error),
) error {
	var more []float64
	for round := range o.rounds {
		closed, err := sendSteadily(ctx, o, s)
		if err != nil {
			return err
		}

		watching, stop := context.WithCancel(ctx)
		var rows int
		var failed error
		var done sync.WaitGroup
		done.Go(func() { rows, failed = watch(watching) })
		open, err := sendSteadily(ctx, o, s)
		stop()
		done.Wait()
		if err := errors.Join(err, failed); err != nil {
			return err
		}
		if rows == 0 {
			return fmt.Errorf("%s: the page showed no row", page)
		}

		more = append(more, float64(open.cpu)/float64(closed.cpu))
		fmt.Printf("round %d  %-14s closed %6.1f µs a code at %.0f/s  open %6.1f µs at %.0f/s, %d rows shown\n",
			round+1, page,
			float64(closed.cpu)/1e3, closed.rate, float64(open.cpu)/1e3, open.rate, rows)
	}

	fmt.Printf("live: %s open costs %.3f x the server's CPU (to reach ≤ 1.03)\n", page, median(more))

	return nil
}

// steady is what a slice at a fixed rate took.
type steady struct {
	cpu  time.Duration // of the server, for each code
	rate float64       // codes a second
}

// sendSteadily sends liveRate codes a second for o.duration, or as many as the machine can.
func sendSteadily(ctx context.Context, o options, s *server) (steady, error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: o.clients}}
	defer client.CloseIdleConnections()
	before, err := s.cpu()
	if err != nil {
		return steady{}, err
	}

	begin := time.Now()
	var next, sent atomic.Int64
	failed := make([]error, o.clients)
	var all sync.WaitGroup
	for i := range o.clients {
		all.Go(func() {
			for failed[i] == nil && ctx.Err() == nil {
				due := time.Duration(next.Add(1)) * time.Second / liveRate
				if due > o.duration {
					return
				}
				time.Sleep(time.Until(begin.Add(due)))
				if failed[i] = sendCode(client, s); failed[i] == nil {
					sent.Add(1)
				}
			}
		})
	}
	all.Wait()
	if err := errors.Join(failed...); err != nil {
		return steady{}, err
	}
	took := time.Since(begin)
	after, err := s.cpu()
	if err != nil {
		return steady{}, err
	}
	if sent.Load() == 0 {
		return steady{}, errors.New("no code was sent")
	}

	return steady{cpu: (after - before) / time.Duration(sent.Load()), rate: float64(sent.Load()) / took.Seconds()}, ctx.Err()
}

func sendCode(client *http.Client, s *server) error {
	var answer struct{ Status string }
	return post(client, s, "/v2/otp/send", `{"to":"`+nextNumber()+`","channels":["sms"]}`, &answer)
}
