package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/syssecure/syssecure/internal/carrier/carriertest/smsc"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
)

const (
	// dueTogether texts are scheduled for one second.
	dueTogether = 100_000
	// waiting schedules must not slow sends.
	waiting = 1_000_000
	// carrierRate is what the carrier is set to, in messages per second.
	carrierRate = 5000
)

// benchSchedules lets a hundred thousand texts fall due in one second, and measures sends beside a million that wait.
func benchSchedules(ctx context.Context, o options, work string, k *sink) error {
	return errors.Join(fallDue(ctx, o, filepath.Join(work, "due")), beside(ctx, o, work, k))
}

func fallDue(ctx context.Context, o options, folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	var seen sync.Map
	var first, last, twice atomic.Int64
	centre, err := smsc.Start(smsc.Options{Receipts: true, React: func(in smsc.Submit) smsc.Reaction {
		now := time.Now().UnixNano()
		first.CompareAndSwap(0, now)
		last.Store(now)
		if _, again := seen.LoadOrStore(in.SM.Dest.Addr, true); again {
			twice.Add(1)
		}
		return smsc.Reaction{}
	}})
	if err != nil {
		return err
	}

	defer centre.Close()
	s, err := startSysSecure(ctx, filepath.Join(o.bin, "syssecure"), folder, fmt.Sprintf("[[carrier]]\nname = \"centre\"\nkind = \"smpp\"\n"+
		"addr = %q\nsystem_id = \"bench\"\npassword = \"bench\"\nfrom = \"Acme\"\nwindow = 100\nrate = %d\n", centre.Addr(), carrierRate))
	if err != nil {
		return err
	}

	defer s.stop()
	due := time.Now().Add(time.Minute).Truncate(time.Second)
	if err := schedule(ctx, s, o, due); err != nil {
		return err
	}
	if left := time.Until(due); left < 0 {
		return fmt.Errorf("scheduling %d took longer than a minute", dueTogether)
	}

	for centre.Submits() < dueTogether && time.Since(due) < 5*time.Minute && ctx.Err() == nil {
		time.Sleep(100 * time.Millisecond)
	}

	took := time.Duration(last.Load() - first.Load())
	fmt.Printf("schedules: %d due at once left in %.1f s, %.0f/s (the carrier's rate is %d/s), the first %.2f s after its time, %d twice\n",
		centre.Submits(), took.Seconds(), float64(centre.Submits())/took.Seconds(), carrierRate, time.Unix(0, first.Load()).Sub(due).Seconds(), twice.Load())

	return ctx.Err()
}

// schedule asks for the texts over the API.
func schedule(ctx context.Context, s *server, o options, due time.Time) error {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: o.clients}}
	defer client.CloseIdleConnections()
	ctx, enough := context.WithCancel(ctx)
	defer enough()
	var left atomic.Int64
	left.Store(dueTogether)
	_, err := crowd(ctx, o.clients, func() error {
		if left.Add(-1) < 0 {
			enough()
			return nil
		}
		var answer struct{ Status string }
		return post(client, s, "/v2/sms/send", `{"to":"`+nextNumber()+`","body":"`+benchText+`","scheduled_at":"`+due.UTC().Format(time.RFC3339)+`"}`, &answer)
	})

	return err
}

// beside measures pairs on an empty installation and on one where a million texts wait, in turn.
func beside(ctx context.Context, o options, work string, k *sink) error {
	program := filepath.Join(o.bin, "syssecure")
	var servers []*server
	for _, name := range []string{"none", "many"} {
		folder := filepath.Join(work, name)
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return err
		}

		i, err := configure(ctx, program, folder, httpCarrier(k, o))
		if err != nil {
			return err
		}
		if name == "many" {
			if err := fillSchedules(ctx, i); err != nil {
				return err
			}
		}

		s, err := i.start(ctx, program)
		if err != nil {
			return err
		}
		defer s.stop()
		servers = append(servers, s)
	}

	both := make([][]figures, 2)
	for range o.rounds {
		for i, s := range servers {
			f, err := measure(ctx, s, k, o)
			if err != nil {
				return err
			}
			both[i] = append(both[i], f)
		}
	}
	cpu, pairs, _ := ratios(both[0], both[1])
	fmt.Printf("schedules: beside %d that wait a pair costs %.2f x the CPU, %.2f x the pairs per second\n", waiting, median(cpu), median(pairs))

	return ctx.Err()
}

// fillSchedules writes texts that are due in twenty days.
func fillSchedules(ctx context.Context, i *installation) (err error) {
	base, err := i.open(ctx)
	if err != nil {
		return err
	}

	defer func() { err = errors.Join(err, base.Close()) }()
	at, due := time.Now(), time.Now().Add(20*24*time.Hour)
	for range waiting / fillBatch {
		var rows []store.Record
		for range fillBatch {
			var contact store.ContactID
			rand.Read(contact[:])
			rows = append(rows, store.Message{Contact: contact, Number: make([]byte, 44), Body: make([]byte, 76), Message: message.Message{
				ID: id.NewMessage(at), Account: i.account, Mode: id.Live, Purpose: message.ForText, State: message.Scheduled, CreatedAt: at,
				ScheduledAt: due, DueAt: due, Deadline: due.Add(time.Hour), Plan: []message.Step{{Channel: message.SMS, Carrier: "sink", Segments: 1}},
			}})
		}
		if err := base.Backend.Group(ctx, func(t store.Batch) error { return t.Write(rows, nil) }); err != nil {
			return err
		}
		due = due.Add(time.Second)
	}

	return nil
}
