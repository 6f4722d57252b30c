package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"
)

// screenTimes is how often each list is opened.
const screenTimes = 40

// benchScreens measures lists of the dashboard in an account with so many verifications.
func benchScreens(ctx context.Context, i *installation, link string, stored int) error {
	visitor, err := signIn(ctx, i.listen, link)
	if err != nil {
		return err
	}

	today := time.Now().UTC().Format("2006-01-02")
	var worst time.Duration
	for _, path := range []string{
		"/verifications", "/verifications?status=verified", "/verifications?status=failed", "/verifications?channel=sms",
		"/verifications?channel=voice", "/verifications?to=%2B32470123456", "/verifications?metadata=user%3D42",
		"/verifications?country=NL", "/verifications?carrier=none", "/messages?country=NL&carrier=none",
		"/verifications?from=" + today + "T00%3A00&until=" + today + "T23%3A59",
		"/messages", "/messages?status=failed", "/messages?channel=sms",
	} {
		took, err := openScreen(ctx, visitor, i.screen(path))
		if err != nil {
			return err
		}
		fmt.Printf("%-62s p95 %6.1f ms\n", path, float64(took)/1e6)
		worst = max(worst, took)
	}
	fmt.Printf("lists over %d rows: p95 at most %.1f ms (to reach ≤ 50)\n", stored, float64(worst)/1e6)

	return nil
}

// openScreen opens a page screenTimes times, and returns the 95th percentile.
func openScreen(ctx context.Context, visitor *http.Client, address string) (time.Duration, error) {
	var took []time.Duration
	for range screenTimes {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return 0, err
		}

		begin := time.Now()
		resp, err := visitor.Do(r)
		if err != nil {
			return 0, err
		}
		_, err = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		if err != nil {
			return 0, err
		}
		if resp.StatusCode != http.StatusOK {
			return 0, fmt.Errorf("%s: the dashboard answered %s", address, resp.Status)
		}
		took = append(took, time.Since(begin))
	}
	slices.Sort(took)

	return took[len(took)*95/100], nil
}
