package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"github.com/syssecure/syssecure/sdk/go/v2"
)

const (
	starts = 60
	rounds = 5000
)

// bench prints what the package costs: when a program starts, for each call, and in bytes.
func bench(ctx context.Context, dist string) error {
	ratio, err := startTime(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("start of a program: %.2f x that of one with net/http alone (at most 1.3 wanted)\n", ratio)

	raw, sdk, err := callTime(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("a call: %.0f us, %.0f us with net/http alone: %.2f x, %.0f us more (at most 1.3 x or 150 us wanted)\n",
		sdk, raw, sdk/raw, sdk-raw)

	info, err := os.Stat(zipName(dist))
	if err != nil {
		return fmt.Errorf("run make package first: %w", err)
	}
	fmt.Printf("package: %d bytes (at most %d wanted)\n", info.Size(), largest)
	if ratio > 1.3 || (sdk > 1.3*raw && sdk-raw > 150) || info.Size() > largest {
		return errors.New("a figure is not met")
	}

	return nil
}

const (
	bareProgram = `package main

import "net/http"

func main() {
	client := &http.Client{Transport: &http.Transport{}}
	client.CloseIdleConnections()
}
`
	sdkProgram = `package main

import "github.com/syssecure/syssecure/sdk/go/v2"

func main() {
	client := syssecure.NewClient("sk_test_key")
	client.Close()
}
`
)

// startTime compares the times that two programs take from their start to their end.
func startTime(ctx context.Context) (ratio float64, err error) {
	folder, err := os.MkdirTemp(".", ".bench-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()

	programs := []string{}
	for name, text := range map[string]string{"bare": bareProgram, "sdk": sdkProgram} {
		source := filepath.Join(folder, name+".go")
		if err := os.WriteFile(source, []byte(text), 0o644); err != nil {
			return 0, err
		}
		program := filepath.Join(folder, name)
		if out, err := exec.CommandContext(ctx, "go", "build", "-o", program, source).CombinedOutput(); err != nil {
			return 0, fmt.Errorf("%w: %s", err, out)
		}
		programs = append(programs, program)
	}
	slices.Sort(programs)

	times := [2][]float64{}
	for range starts {
		for i, program := range programs {
			start := time.Now()
			if err := exec.CommandContext(ctx, program).Run(); err != nil {
				return 0, err
			}
			times[i] = append(times[i], time.Since(start).Seconds())
		}
	}

	return median(times[1]) / median(times[0]), nil
}

const sent = `{"otp_id":"otp_01HWXYZABC123DEF456","status":"sent","channel":"whatsapp","to":"+32470123456",` +
	`"expires_at":"2026-04-25T15:32:00Z","created_at":"2026-04-25T15:27:00Z"}`

// callTime compares a call with the same request by net/http, in microseconds.
func callTime(ctx context.Context) (raw, sdk float64, err error) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, sent)
	}))
	defer server.Close()
	client := syssecure.NewClient("sk_test_key", syssecure.WithBaseURL(server.URL))
	defer client.Close()

	params := syssecure.OTPSendParams{
		To: "+32470123456", Channels: []syssecure.Channel{syssecure.ChannelSMS}, ExpiresIn: 5 * time.Minute,
	}
	calls := []func() error{
		func() error { return rawCall(ctx, server.URL+"/v2/otp/send") },
		func() error { _, err := client.OTP.Send(ctx, params); return err },
	}
	times := [2][]float64{}
	for range rounds {
		for i, call := range calls {
			start := time.Now()
			if err := call(); err != nil {
				return 0, 0, err
			}
			times[i] = append(times[i], float64(time.Since(start).Nanoseconds())/1e3)
		}
	}

	return median(times[0]), median(times[1]), nil
}

// rawCall is what a program without the package would do.
func rawCall(ctx context.Context, url string) error {
	body, err := json.Marshal(map[string]any{"to": "+32470123456", "channels": []string{"sms"}, "expires_in": 300})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer sk_test_key")
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", "ss-00000000-0000-4000-8000-000000000000")

	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(res.Body)
	if err := errors.Join(err, res.Body.Close()); err != nil {
		return err
	}
	var answer struct {
		ID        string    `json:"otp_id"`
		Status    string    `json:"status"`
		ExpiresAt time.Time `json:"expires_at"`
	}

	return json.Unmarshal(text, &answer)
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
