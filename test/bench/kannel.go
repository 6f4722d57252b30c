package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/carrier/carriertest/smsc"
	"github.com/syssecure/syssecure/test/netns"
)

// benchKannel sends texts through Kannel and through SysSecure to the same kind of message centre: HTTP request,
// submit_sm, receipt, callback. Both store what they accepted on disk: Kannel in its spool, SysSecure with fsync.
func benchKannel(ctx context.Context, o options, work string) error {
	if !netns.Inside() {
		// bearerbox opens its admin port on every interface, which cannot be configured.
		cmd := netns.Again(ctx, os.Args[1:]...)
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("in a network namespace (needs root): %w", err)
		}
		return nil
	}
	if err := netns.LoopbackUp(); err != nil {
		return err
	}

	callbacks, err := startReceiver()
	if err != nil {
		return err
	}

	defer callbacks.close()
	var rate, cpu []float64
	for round := range o.rounds {
		folder := filepath.Join(work, fmt.Sprint(round))
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return err
		}

		theirs, err := kannelFigures(ctx, o, folder, callbacks)
		if err != nil {
			return err
		}

		fmt.Printf("round %d  kannel     %s\n", round+1, theirs)
		ours, err := ourFigures(ctx, o, folder, callbacks)
		if err != nil {
			return err
		}
		fmt.Printf("round %d  syssecure  %s\n", round+1, ours)
		rate, cpu = append(rate, ours.rate/theirs.rate), append(cpu, float64(ours.cpu)/float64(theirs.cpu))
	}
	fmt.Printf("messages submitted per second   %.1f x kannel   (to reach ≥ 6)\n", median(rate))
	fmt.Printf("CPU for each submitted          %.2f x kannel   (to reach ≤ 0.3)\n", median(cpu))

	return nil
}

// texts are the figures of one gateway.
type texts struct {
	rate      float64 // submitted, per second
	cpu       time.Duration
	accepted  int64
	callbacks int64
	bench     time.Duration // what the benchmark itself used for each
}

func (t texts) String() string {
	return fmt.Sprintf("%6.0f submits/s  %6.1f µs CPU each  "+
		"(%d accepted, %d callbacks; the benchmark itself %.0f µs each)",
		t.rate, float64(t.cpu)/1e3, t.accepted, t.callbacks, float64(t.bench)/1e3)
}

// gateway is a program that texts are sent through.
type gateway struct {
	addr string // of its HTTP API
	cpu  func() (time.Duration, error)
	send func(*wire) error
}

// flood has the clients send for o.duration and counts what the centre got.
func flood(ctx context.Context, o options, g gateway, centre *smsc.Server, callbacks *receiver) (t texts, err error) {
	ctx, cancel := context.WithTimeout(ctx, o.duration)
	defer cancel()
	clients := &wires{addr: g.addr}
	defer clients.close()
	before, err := g.cpu()
	if err != nil {
		return t, err
	}

	submitted, called, start, own := centre.Submits(), callbacks.got.Load(), time.Now(), ownCPU()
	accepted, err := crowd(ctx, o.clients, func() error {
		c, err := clients.take()
		if err != nil {
			return err
		}
		defer clients.put(c)
		return g.send(c)
	})
	if err != nil {
		return t, err
	}

	after, err := g.cpu()
	n, took, mine := centre.Submits()-submitted, time.Since(start), ownCPU()-own
	if err != nil {
		return t, err
	}
	if n == 0 {
		return t, errors.New("nothing was submitted")
	}
	each := time.Duration(n)

	return texts{
		float64(n) / took.Seconds(), (after - before) / each, accepted, callbacks.got.Load() - called,
		mine / each,
	}, nil
}

const benchText = "Your parcel arrives today between 14 and 16 h."

func ourFigures(ctx context.Context, o options, work string, callbacks *receiver) (texts, error) {
	centre, err := smsc.Start(smsc.Options{Receipts: true})
	if err != nil {
		return texts{}, err
	}

	defer centre.Close()
	s, err := startSysSecure(ctx, filepath.Join(o.bin, "syssecure"), work,
		"[webhooks]\nallow_cidrs = [\"127.0.0.0/8\"]\n"+smppCarrier(centre)+"window = 100\n")
	if err != nil {
		return texts{}, err
	}

	defer s.stop()
	host := strings.TrimPrefix(s.url, "http://")
	head := textHead(host, s.key)

	return flood(ctx, o, gateway{host, s.cpu, func(c *wire) error {
		status, answer, err := c.ask(head,
			`{"to":"`+nextNumber()+`","body":"`+benchText+`","callback_url":"`+callbacks.url+`"}`)
		if err == nil && status != http.StatusOK {
			err = fmt.Errorf("syssecure answered %d %s", status, answer)
		}
		return err
	}}, centre, callbacks)
}

// textHead is the head of a request that sends a text.
func textHead(host, key string) string {
	return "POST /v2/sms/send HTTP/1.1\r\nHost: " + host +
		"\r\nContent-Type: application/json\r\nAuthorization: Bearer " + key + "\r\n"
}

func kannelFigures(ctx context.Context, o options, work string, callbacks *receiver) (texts, error) {
	centre, err := smsc.Start(smsc.Options{SystemID: "kannel", Password: "secret", Receipts: true})
	if err != nil {
		return texts{}, err
	}

	defer centre.Close()
	spool := filepath.Join(work, "spool")
	if o.spool != "" {
		if spool, err = os.MkdirTemp(o.spool, "kannel-"); err != nil {
			return texts{}, err
		}
		defer os.RemoveAll(spool)
	}

	boxes, err := startKannel(ctx, work, spool, centre.Addr())
	if err != nil {
		return texts{}, err
	}

	defer func() {
		for _, b := range boxes {
			b.stop()
		}
	}()

	awaitKannel(centre, callbacks)
	cpu := func() (sum time.Duration, err error) {
		for _, b := range boxes {
			used, err := b.cpu()
			if err != nil {
				return 0, err
			}
			sum += used
		}

		return sum, nil
	}

	return flood(ctx, o, gateway{kannelAddr, cpu, func(c *wire) error { return kannelSend(c, callbacks.url) }}, centre,
		callbacks)
}

// awaitKannel waits until Kannel has bound and accepts messages, for ten seconds at most.
func awaitKannel(centre *smsc.Server, callbacks *receiver) {
	for range 100 {
		if c, err := dialWire(kannelAddr); err == nil {
			err = kannelSend(c, callbacks.url)
			_ = c.conn.Close()
			if err == nil && centre.Bound() > 0 {
				return
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// startKannel runs bearerbox with its spool, and smsbox.
func startKannel(ctx context.Context, work, spool, centre string) (boxes []*server, err error) {
	host, port, err := net.SplitHostPort(centre)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(spool, 0o700); err != nil {
		return nil, err
	}

	conf := filepath.Join(work, "kannel.conf")
	if err := os.WriteFile(conf, []byte(fmt.Sprintf(kannelConf, spool, host, port)), 0o600); err != nil {
		return nil, err
	}

	for _, program := range []string{"bearerbox", "smsbox"} {
		cmd := exec.CommandContext(ctx, program, "-v", "4", conf)
		if err := cmd.Start(); err != nil {
			return boxes, fmt.Errorf("start %s (apt-get install kannel): %w", program, err)
		}
		boxes = append(boxes, &server{name: program, cmd: cmd})
		time.Sleep(time.Second) // smsbox gives up when bearerbox does not listen yet
	}

	return boxes, nil
}

const kannelAddr = "127.0.0.1:13013"

func kannelSend(c *wire, callback string) error {
	q := url.Values{
		"username": {"user"}, "password": {"secret"}, "from": {"Acme"}, "to": {nextNumber()}, "text": {benchText},
		"dlr-mask": {"31"}, "dlr-url": {callback + "?type=%d"},
	}

	status, answer, err := c.ask("GET /cgi-bin/sendsms?"+q.Encode()+" HTTP/1.1\r\nHost: "+kannelAddr+"\r\n", "")
	if err == nil && status != http.StatusAccepted {
		err = fmt.Errorf("kannel answered %d %s", status, answer)
	}

	return err
}

const kannelConf = `group = core
admin-port = 13000
admin-password = secret
smsbox-port = 13001
smsbox-interface = "127.0.0.1"
box-allow-ip = "127.0.0.1"
store-type = spool
store-location = "%s"
dlr-storage = internal
log-level = 4

group = smsc
smsc = smpp
smsc-id = centre
host = "%s"
port = %s
transceiver-mode = true
smsc-username = kannel
smsc-password = secret
system-type = ""
interface-version = 34
max-pending-submits = 100

group = smsbox
bearerbox-host = "127.0.0.1"
sendsms-port = 13013
sendsms-interface = "127.0.0.1"
log-level = 4

group = sendsms-user
username = user
password = secret
max-messages = 10
`
