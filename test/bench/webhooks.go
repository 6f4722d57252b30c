package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/outbox"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// receiver is the customer's server: it reads a delivery and answers 200.
type receiver struct {
	url string
	l   net.Listener
	got atomic.Int64
}

func startReceiver() (*receiver, error) {
	r := &receiver{}
	return r, r.listen(func(call) []byte {
		r.got.Add(1)
		return okAnswer
	})
}

// listen answers requests with what got returns.
func (r *receiver) listen(got func(call) []byte) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}

	r.l, r.url = l, "http://"+l.Addr().String()+"/hook"
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}

			go func() {
				if err := serveWire(c, got); err != nil && !errors.Is(err, syscall.ECONNRESET) &&
					!errors.Is(err, syscall.EPIPE) {
					fmt.Fprintln(os.Stderr, "the receiver:", err)
				}
			}()
		}
	}()

	return nil
}

func (r *receiver) close() { _ = r.l.Close() }

// await waits for n deliveries.
func (r *receiver) await(ctx context.Context, n int64) error {
	for r.got.Load() < n {
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d of %d deliveries came: %w", r.got.Load(), n, ctx.Err())
		case <-time.After(time.Millisecond):
		}
	}

	return nil
}

// posts are the figures of one run.
type posts struct {
	rate float64
	cpu  time.Duration // per delivery
}

func (p posts) String() string {
	return fmt.Sprintf("%7.0f deliveries/s  %6.1f µs CPU each", p.rate, float64(p.cpu)/1e3)
}

// benchWebhooks measures, in turn, deliveries that wait in the database (they are read, signed and posted, and the
// result is stored with fsync), and a bare client that posts the same from memory.
func benchWebhooks(ctx context.Context, o options, work string) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	r, err := startReceiver()
	if err != nil {
		return err
	}

	defer r.close()
	program := filepath.Join(o.bin, "syssecure")
	var floor, us []posts
	for round := range o.rounds {
		folder := filepath.Join(work, strconv.Itoa(round))
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return err
		}

		bare, err := bareHooks(ctx, o, r)
		if err != nil {
			return err
		}

		fmt.Printf("round %d  bare       %s\n", round+1, bare)
		ours, err := ourHooks(ctx, o, program, folder, r)
		if err != nil {
			return err
		}
		fmt.Printf("round %d  syssecure  %s\n", round+1, ours)
		floor, us = append(floor, bare), append(us, ours)
	}

	var cpu, rate []float64
	for i := range us {
		cpu, rate = append(cpu, float64(us[i].cpu)/float64(floor[i].cpu)), append(rate, us[i].rate)
	}
	fmt.Printf("CPU per delivery      %.2f x bare   (to reach ≤ 2.0)\n", median(cpu))
	fmt.Printf("deliveries per second %.0f          (to reach ≥ 10000)\n", median(rate))

	return ctx.Err()
}

func exampleBody() []byte {
	latency := int64(1241)
	p := webhook.Payload{
		Event: webhook.MessageDelivered, MessageID: "msg_01HWXYZABC123DEF4560000000",
		OTPID:   "otp_01HWXYZABC123DEF4560000000",
		Channel: "sms", To: new("+32470123456"), Status: "delivered", LatencyMS: &latency,
		Metadata: json.RawMessage(`{"user_id":"usr_abc123","action":"login"}`), Sequence: 2,
	}
	p.At(time.Now())
	return p.Body()
}

func bareHooks(ctx context.Context, o options, r *receiver) (posts, error) {
	cmd := exec.CommandContext(ctx, filepath.Join(o.bin, "barehook"), r.url,
		"whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
		string(exampleBody()), strconv.Itoa(o.deliveries), strconv.Itoa(o.clients))
	cmd.Stderr = os.Stderr
	in, err1 := cmd.StdinPipe()
	out, err2 := cmd.StdoutPipe()
	if err := errors.Join(err1, err2); err != nil {
		return posts{}, err
	}
	if err := cmd.Start(); err != nil {
		return posts{}, err
	}

	s := &server{name: "barehook", cmd: cmd}
	lines := bufio.NewReader(out)
	_, err := lines.ReadString('\n')
	before, err2 := s.cpu()
	begin := time.Now()
	_, err3 := in.Write([]byte{'\n'})
	_, err4 := lines.ReadString('\n')
	took := time.Since(begin)
	after, err5 := s.cpu()
	err = errors.Join(err, err2, err3, err4, err5, in.Close(), cmd.Wait())

	return posts{float64(o.deliveries) / took.Seconds(), (after - before) / time.Duration(o.deliveries)}, err
}

// ourHooks fills a database with deliveries for a disabled endpoint, starts the server and enables the endpoint.
func ourHooks(ctx context.Context, o options, program, folder string, r *receiver) (posts, error) {
	conf, err := configure(ctx, program, folder, "[webhooks]\nallow_cidrs = [\"127.0.0.0/8\"]\n")
	if err != nil {
		return posts{}, err
	}

	first, err := conf.start(ctx, program)
	if err != nil {
		return posts{}, err
	}

	var made struct{ ID string }
	err = ask(first, http.MethodPost, "/v2/webhooks", `{"url":"`+r.url+`","enabled":false}`, &made)
	first.stop()
	if err != nil {
		return posts{}, err
	}

	whe, err := id.ParseWebhook(made.ID)
	if err != nil {
		return posts{}, err
	}
	if err := fillDeliveries(ctx, conf, whe, o.deliveries); err != nil {
		return posts{}, err
	}

	s, err := conf.start(ctx, program)
	if err != nil {
		return posts{}, err
	}

	defer s.stop()
	before, err := s.cpu()
	if err != nil {
		return posts{}, err
	}

	start := r.got.Load()
	begin := time.Now()
	if err := ask(s, http.MethodPatch, "/v2/webhooks/"+made.ID, `{"enabled":true}`, &made); err != nil {
		return posts{}, err
	}
	if err := r.await(ctx, start+int64(o.deliveries)); err != nil {
		return posts{}, err
	}
	took := time.Since(begin)
	after, err := s.cpu()

	return posts{float64(o.deliveries) / took.Seconds(), (after - before) / time.Duration(o.deliveries)}, err
}

// fillDeliveries writes events and their deliveries as the server does, while it is stopped.
func fillDeliveries(ctx context.Context, i *installation, whe id.Webhook, n int) error {
	base, err := i.open(ctx)
	if err != nil {
		return err
	}

	body, now := exampleBody(), time.Now()
	const batch = 500
	for from := 0; from < n && err == nil; from += batch {
		err = base.Store.Update(ctx, i.account, nil, func(tx *store.Tx) error {
			for k := from; k < min(n, from+batch); k++ {
				at := now.Add(time.Duration(k-n) * time.Millisecond)
				e := store.Event{
					Account: i.account, Mode: id.Live, Type: webhook.MessageDelivered,
					Targets: []webhook.Target{webhook.Target(whe)}, CreatedAt: at,
				}
				e.ID = webhook.EventID(at, []byte("bench"), k, e.Type)
				e.Payload = outbox.Seal(base.Keys, e.Key(), body)
				tx.Insert(e)
				tx.Insert(store.Delivery{Delivery: webhook.Delivery{
					Account: i.account, Target: webhook.Target(whe), Event: e.ID, Mode: id.Live,
					State: webhook.Waiting, DueAt: at, CreatedAt: at,
				}})
			}

			return nil
		})
	}

	return errors.Join(err, base.Close())
}

// ask makes one request of the API.
func ask(s *server, method, path, body string, out any) error {
	r, err := http.NewRequest(method, s.url+path, bytes.NewReader([]byte(body)))
	if err != nil {
		return err
	}

	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+s.key)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}

	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: %s %s", method, path, resp.Status, b)
	}
	if err != nil {
		return err
	}

	return json.Unmarshal(b, out)
}
