package tests

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/sdk/go/v2"
	"github.com/syssecure/syssecure/sdk/go/v2/syssecuretest"
)

func TestFakeServerGivesItsAnswers(t *testing.T) {
	server := syssecuretest.NewServer(t)
	pattern := "POST /v2/otp/{otp_id}/resend"
	server.Answer(pattern,
		syssecuretest.Answer{Body: map[string]any{"otp_id": "otp_1"}}, syssecuretest.Answer{Status: 404})
	client := server.Client()

	wants := []error{nil, syssecure.ErrNotFound, syssecure.ErrNotFound}
	for i, want := range wants {
		_, err := client.OTP.Resend(ctx, "otp_1", syssecure.OTPResendParams{Channel: syssecure.ChannelVoice})
		if !errors.Is(err, want) {
			t.Errorf("answer %d gives %v, want %v", i+1, err, want)
		}
	}
	server.Answer(pattern, syssecuretest.Answer{Body: []byte(`{"otp_id": "otp_2"}`)})
	if sent, err := client.OTP.Resend(ctx, "otp_1", syssecure.OTPResendParams{}); err != nil || sent.ID != "otp_2" {
		t.Errorf("new answers give %v, %v", sent, err)
	}

	first := server.Requests()[0]
	if first.Method != http.MethodPost || first.Path != "/v2/otp/otp_1/resend" || first.JSON()["channel"] != "voice" {
		t.Errorf("recorded %+v", first)
	}
}

func TestFakeServerNamesWhatItHasNoAnswerFor(t *testing.T) {
	server := syssecuretest.NewServer(t)
	_, err := server.Client().Balance.Get(ctx)
	if !errors.Is(err, syssecure.ErrNotFound) || !strings.Contains(err.Error(), "GET /v2/balance") {
		t.Errorf("got %v, want the request that has no answer", err)
	}
	if fields := server.Requests()[0].JSON(); fields != nil {
		t.Errorf("a request without a body has the JSON %v", fields)
	}
}

func TestFakeServerRefusesAnAnswerThatIsNoJSON(t *testing.T) {
	server := syssecuretest.NewServer(t)
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	server.Answer("/v2/balance", syssecuretest.Answer{Body: func() {}})
}
