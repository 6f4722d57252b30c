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
	// dueTexts are scheduled for the same second.
	dueTexts = 100_000
	// waiting is how many scheduled texts must not slow sends.
	waiting = 1_000_000
	// carrierRate is the configured rate of the carrier, in messages per second.
	carrierRate = 5000
)

// benchSchedules measures a hundred thousand texts that are due in one second, and sends while a million wait.
func benchSchedules(ctx context.Context, o options, work string, k *sink) error {
	return errors.Join(benchDue(ctx, o, filepath.Join(work, "due")), benchWaiting(ctx, o, work, k))
}

func benchDue(ctx context.Context, o options, folder string) error {
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
	s, err := startSysSecure(ctx, filepath.Join(o.bin, "syssecure"), folder,
		smppCarrier(centre)+fmt.Sprintf("window = 100\nrate = %d\n", carrierRate))
	if err != nil {
		return err
	}

	defer s.stop()
	due := time.Now().Add(time.Minute).Truncate(time.Second)
	if err := schedule(ctx, s, o, due); err != nil {
		return err
	}
	if left := time.Until(due); left < 0 {
		return fmt.Errorf("scheduling %d took longer than a minute", dueTexts)
	}

	for centre.Submits() < dueTexts && time.Since(due) < 5*time.Minute && ctx.Err() == nil {
		time.Sleep(100 * time.Millisecond)
	}

	took := time.Duration(last.Load() - first.Load())
	fmt.Printf("schedules: %d due together were submitted in %.1f s, %.0f/s (the carrier's rate is %d/s), "+
		"the first %.2f s after its time, %d twice\n",
		centre.Submits(), took.Seconds(), float64(centre.Submits())/took.Seconds(), carrierRate,
		time.Unix(0, first.Load()).Sub(due).Seconds(), twice.Load())

	return ctx.Err()
}

// schedule schedules the texts over the API.
func schedule(ctx context.Context, s *server, o options, due time.Time) error {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: o.clients}}
	defer client.CloseIdleConnections()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var left atomic.Int64
	left.Store(dueTexts)
	_, err := crowd(ctx, o.clients, func() error {
		if left.Add(-1) < 0 {
			stop()
			return nil
		}
		var answer struct{ Status string }
		body := `{"to":"` + nextNumber() + `","body":"` + benchText + `","scheduled_at":"` +
			due.UTC().Format(time.RFC3339) + `"}`
		return post(client, s, "/v2/sms/send", body, &answer)
	})

	return err
}

// benchWaiting measures pairs on an empty installation and on one where a million texts wait, in turn.
func benchWaiting(ctx context.Context, o options, work string, k *sink) error {
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
		s.name = name
		servers = append(servers, s)
	}

	none, many, err := measureInTurn(ctx, o, k, servers[0], servers[1])
	if err != nil {
		return err
	}
	cpu, pairs, _ := ratios(none, many)
	fmt.Printf("schedules: with %d that wait a pair costs %.2f x the CPU, %.2f x the pairs per second\n", waiting,
		median(cpu), median(pairs))

	return nil
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
			rows = append(rows, store.Message{
				Contact: contact, Number: make([]byte, 44), Body: make([]byte, 76),
				Message: message.Message{
					ID: id.NewMessage(at), Account: i.account, Mode: id.Live, Type: message.TextMessage,
					State: message.Scheduled, CreatedAt: at,
					ScheduledAt: due, DueAt: due, Deadline: due.Add(time.Hour),
					Plan: []message.Step{{Channel: message.SMS, Carrier: "sink", Segments: 1}},
				},
			})
		}
		if err := base.Backend.Group(ctx, func(t store.Batch) error { return t.Write(rows, nil) }); err != nil {
			return err
		}
		due = due.Add(time.Second)
	}

	return nil
}
