package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/syssecure/syssecure/internal/carrier/carriertest/smsc"
	"github.com/syssecure/syssecure/test/netns"
)

// benchKannel sends texts through Kannel and through SysSecure to the same message centre, with receipts and a callback
// for each: HTTP in, submit_sm, receipt, callback. Both keep on disk what they accepted: Kannel in its spool, SysSecure
// with fsync.
func benchKannel(ctx context.Context, o options, work string) error {
	if !netns.Inside() {
		// bearerbox opens its admin port on every interface and cannot be told otherwise.
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
	defer callbacks.server.Close()
	theirs, err := kannelFigures(ctx, o, work, callbacks)
	if err != nil {
		return err
	}
	fmt.Println("kannel     ", theirs)
	ours, err := ourFigures(ctx, o, work, callbacks)
	if err != nil {
		return err
	}
	fmt.Println("syssecure  ", ours)
	fmt.Printf("messages submitted per second   %.1f x kannel   (to reach ≥ 6)\n", ours.rate/theirs.rate)
	fmt.Printf("CPU for each submitted          %.2f x kannel   (to reach ≤ 0.3)\n", float64(ours.cpu)/float64(theirs.cpu))
	return nil
}

// texts is what one gateway did.
type texts struct {
	rate      float64 // submitted, per second
	cpu       time.Duration
	accepted  int64
	callbacks int64
}

func (t texts) String() string {
	return fmt.Sprintf("%6.0f submits/s  %6.1f µs CPU each  (%d accepted, %d callbacks)", t.rate, float64(t.cpu)/1e3, t.accepted, t.callbacks)
}

// flood has the clients send for a while and counts what the centre got.
func flood(ctx context.Context, o options, centre *smsc.Server, callbacks *receiver, cpu func() (time.Duration, error), send func(*http.Client) error) (t texts, err error) {
	ctx, cancel := context.WithTimeout(ctx, o.duration)
	defer cancel()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: o.clients}, Timeout: 30 * time.Second}
	defer client.CloseIdleConnections()
	before, err := cpu()
	if err != nil {
		return t, err
	}
	submitted, called, start := centre.Submits(), callbacks.got.Load(), time.Now()
	accepted, err := crowd(ctx, o.clients, func() error { return send(client) })
	if err != nil {
		return t, err
	}
	after, err := cpu()
	n, took := centre.Submits()-submitted, time.Since(start)
	if err != nil {
		return t, err
	}
	if n == 0 {
		return t, errors.New("nothing was submitted")
	}
	return texts{float64(n) / took.Seconds(), (after - before) / time.Duration(n), accepted, callbacks.got.Load() - called}, nil
}

const benchText = "Your parcel arrives today between 14 and 16 h."

func ourFigures(ctx context.Context, o options, work string, callbacks *receiver) (texts, error) {
	centre, err := smsc.Start(smsc.Options{Receipts: true})
	if err != nil {
		return texts{}, err
	}
	defer centre.Close()
	s, err := startSysSecure(ctx, filepath.Join(o.bin, "syssecure"), work, fmt.Sprintf("[webhooks]\nallow_cidrs = [\"127.0.0.0/8\"]\n"+
		"[[carrier]]\nname = \"centre\"\nkind = \"smpp\"\naddr = %q\nsystem_id = \"bench\"\npassword = \"bench\"\nfrom = \"Acme\"\nwindow = 100\n", centre.Addr()))
	if err != nil {
		return texts{}, err
	}
	defer s.stop()
	return flood(ctx, o, centre, callbacks, s.cpu, func(c *http.Client) error {
		var answer struct{ Status string }
		body := `{"to":"` + nextNumber() + `","body":"` + benchText + `","callback_url":"` + callbacks.url + `"}`
		return post(c, s, "/v2/sms/send", body, &answer)
	})
}

func kannelFigures(ctx context.Context, o options, work string, callbacks *receiver) (texts, error) {
	centre, err := smsc.Start(smsc.Options{SystemID: "kannel", Password: "secret", Receipts: true})
	if err != nil {
		return texts{}, err
	}
	defer centre.Close()
	boxes, err := startKannel(ctx, work, centre.Addr())
	if err != nil {
		return texts{}, err
	}
	defer func() {
		for _, b := range boxes {
			b.stop()
		}
	}()
	for range 100 { // until it has bound
		if centre.Bound() > 0 && kannelSend(http.DefaultClient, callbacks.url) == nil {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	return flood(ctx, o, centre, callbacks, func() (sum time.Duration, err error) {
		for _, b := range boxes {
			used, err := b.cpu()
			if err != nil {
				return 0, err
			}
			sum += used
		}
		return sum, nil
	}, func(c *http.Client) error { return kannelSend(c, callbacks.url) })
}

// startKannel runs bearerbox with its spool, and smsbox.
func startKannel(ctx context.Context, work, centre string) (boxes []*server, err error) {
	host, port, err := net.SplitHostPort(centre)
	if err != nil {
		return nil, err
	}
	spool := filepath.Join(work, "spool")
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

func kannelSend(c *http.Client, callback string) error {
	q := url.Values{"username": {"user"}, "password": {"secret"}, "from": {"Acme"}, "to": {nextNumber()}, "text": {benchText},
		"dlr-mask": {"31"}, "dlr-url": {callback + "?type=%d"}}
	resp, err := c.Get("http://127.0.0.1:13013/cgi-bin/sendsms?" + q.Encode())
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusAccepted {
		return fmt.Errorf("kannel answered %s", resp.Status)
	}
	return nil
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
