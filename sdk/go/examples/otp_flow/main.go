// Command otp_flow sends a code to a phone, and asks for it until it is right.
//
//	SYSSECURE_API_KEY=sk_… SYSSECURE_BASE_URL=https://otp.example.com go run . +32470123456
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"

	"github.com/syssecure/syssecure/sdk/go/v2"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: otp_flow +32470123456")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(number string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	client := syssecure.NewClient("")
	defer client.Close()

	otp, err := client.OTP.Send(ctx, syssecure.OTPSendParams{
		To: number, Channels: []syssecure.Channel{syssecure.ChannelWhatsApp, syssecure.ChannelSMS}, Purpose: "example",
	})
	var apiErr *syssecure.APIError
	switch {
	case errors.Is(err, syssecure.ErrInvalidPhone):
		return fmt.Errorf("%s cannot be reached", number)
	case errors.As(err, &apiErr) && apiErr.OTPID != "":
		return fmt.Errorf("a code was sent a moment ago, try again in %v", apiErr.RetryAfter)
	case err != nil:
		return err
	}

	input := bufio.NewScanner(os.Stdin)
	for fmt.Print("Code: "); input.Scan(); fmt.Print("Code: ") {
		code := strings.TrimSpace(input.Text())
		result, err := client.OTP.Verify(ctx, syssecure.OTPVerifyParams{OTPID: otp.ID, Code: code})
		if err != nil {
			return err
		}
		if result.Valid {
			fmt.Println("The number is verified.")
			return nil
		}
		if result.Reason != syssecure.ReasonIncorrect {
			return fmt.Errorf("the code cannot be used any more: %s", result.Reason)
		}
		fmt.Printf("Wrong code, %d attempts remain.\n", result.AttemptsRemaining)
	}

	return errors.New("no code was entered")
}
