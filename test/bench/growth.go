package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
)

// benchGrowth measures pairs on a small database and on one with o.stored ended verifications, in turn, and then the lists
// of the dashboard on the large one.
func benchGrowth(ctx context.Context, o options, work string, k *sink) error {
	small, large := filepath.Join(work, "small"), filepath.Join(work, "large")
	for _, folder := range []string{small, large} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return err
		}
	}

	program := filepath.Join(o.bin, "syssecure")
	few, err := startSysSecure(ctx, program, small, httpCarrier(k, o))
	if err != nil {
		return err
	}

	defer few.stop()
	conf, err := configure(ctx, program, large, httpCarrier(k, o))
	if err != nil {
		return err
	}
	if err := fill(ctx, conf, o.stored); err != nil {
		return err
	}

	link, err := newUser(ctx, program, conf)
	if err != nil {
		return err
	}
	begin := time.Now()
	many, err := conf.start(ctx, program)
	if err != nil {
		return err
	}

	defer many.stop()
	fmt.Printf("start to ready with %d stored: %.2f s\n", o.stored, time.Since(begin).Seconds())
	few.name, many.name = "small", "large"
	a, b, err := measureInTurn(ctx, o, k, few, many)
	if err != nil {
		return err
	}

	cpu, pairs, _ := ratios(a, b)
	fmt.Printf("growth: %d stored cost %.2f x the CPU of a small database (to reach ≤ 1.2), "+
		"%.2f x its pairs per second\n",
		o.stored, median(cpu), median(pairs))

	return benchScreens(ctx, conf, link, o.stored)
}

// fillBatch is how many verifications one transaction of fill writes.
const fillBatch = 20_000

// fill writes n ended verifications with their messages and contacts, as the server would, in much larger groups.
// Through the API it would take an hour.
func fill(ctx context.Context, i *installation, n int) (err error) {
	base, err := i.open(ctx)
	if err != nil {
		return err
	}

	defer func() { err = errors.Join(err, base.Close()) }()
	at := time.Now().Add(-24 * time.Hour)
	for done := 0; done < n; done += fillBatch {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		rows := ended(base.Keys, i.account, at, min(fillBatch, n-done))
		if err := base.Backend.Group(ctx, func(t store.Batch) error { return t.Write(rows, nil) }); err != nil {
			return err
		}

		at = at.Add(time.Second)
		if done%1_000_000 == 0 {
			fmt.Printf("stored %d of %d\n", done, n)
		}
	}

	return nil
}

// ended makes n verified OTPs, each with its message and contact.
func ended(keys *secret.Keyring, account id.Account, at time.Time, n int) (rows []store.Record) {
	for range n {
		o, m := id.NewOTP(at), id.NewMessage(at)
		var contact store.ContactID
		rand.Read(contact[:])
		number := []byte(nextNumber())
		sealed := func(k store.Key) []byte { return keys.Seal(number, k.Location("number")) }
		rows = append(rows,
			store.Contact{
				Account: account, ID: contact, Mode: id.Live, Sends: []time.Time{at},
				Number: sealed(store.ContactKey(account, contact)),
			},
			store.OTP{Contact: contact, Number: sealed(store.OTPKey(account, o)), OTP: otp.OTP{
				ID: o, Account: account, Mode: id.Live, Length: 6, MaxAttempts: 5,
				Status: otp.Verified, Messages: []id.Message{m}, CreatedAt: at, ExpiresAt: at.Add(5 * time.Minute),
				VerifiedAt: at,
			}},
			store.Message{Contact: contact, Number: sealed(store.MessageKey(account, m)), Locale: "en", Message: message.Message{
				ID: m, Account: account, Mode: id.Live, OTP: o,
				Plan: []message.Step{{Channel: message.SMS, Carrier: "sink"}}, Over: true, State: message.Sent,
				CreatedAt: at, SentAt: at, Deadline: at,
				Attempts: []message.Attempt{{Progress: message.AttemptAccepted, At: at, Parts: 1}},
			}})
	}

	return rows
}
