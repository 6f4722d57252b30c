// Command bulk_sms sends one text to many numbers, one a line on standard input. It may be run again with the same name of
// the campaign: nobody gets the text twice.
//
//	SYSSECURE_API_KEY=sk_… SYSSECURE_BASE_URL=https://otp.example.com go run . spring-sale "20% off" <numbers.txt
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/syssecure/syssecure/sdk/go/v2"
)

const atOnce = 8

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: bulk_sms CAMPAIGN TEXT <numbers.txt")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	failed := send(ctx, os.Args[1], os.Args[2])
	stop()
	if failed > 0 {
		fmt.Fprintf(os.Stderr, "%d texts were not sent\n", failed)
		os.Exit(1)
	}
}

// send returns how many numbers did not get the text.
func send(ctx context.Context, campaign, text string) int64 {
	client := syssecure.NewClient("")
	defer client.Close()

	var (
		wait   sync.WaitGroup
		failed atomic.Int64
		places = make(chan struct{}, atOnce)
		input  = bufio.NewScanner(os.Stdin)
	)
	for input.Scan() {
		number := strings.TrimSpace(input.Text())
		places <- struct{}{}
		wait.Add(1)
		go func() {
			defer func() { <-places; wait.Done() }()
			message, err := client.SMS.Send(ctx, syssecure.SMSSendParams{To: number, Body: text},
				syssecure.WithIdempotencyKey(campaign+":"+number))
			if err != nil {
				failed.Add(1)
				fmt.Fprintln(os.Stderr, err)
				return
			}
			fmt.Println(message.ID, message.Status, message.Credits)
		}()
	}
	wait.Wait()
	if err := input.Err(); err != nil {
		failed.Add(1)
		fmt.Fprintln(os.Stderr, err)
	}

	return failed.Load()
}
