package message_test

import (
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/message"
)

func TestChoice_String(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		choice message.Choice
		want   string
	}{
		{message.Choice{}, ""},
		{message.Choice{Basis: message.ByOrder}, "no route, order"},
		{message.Choice{Basis: message.ByOrder, Route: 2}, "route 2, order"},
		{message.Choice{Basis: message.ByRate, Route: 1}, "route 1, verified_rate without codes yet"},
		{
			message.Choice{Basis: message.ByRate, Route: 1, Sent: 240, Verified: 218},
			"route 1, verified_rate 0.91 of 240 codes",
		},
		{
			message.Choice{Basis: message.ByFloor, Route: 1, Sent: 31, Verified: 6},
			"route 1, verified_rate 0.19 of 31 codes, floor",
		},
		{
			message.Choice{Basis: message.ByTime, Route: 3, Sent: 10, Verified: 10},
			"route 3, verified_rate 1.00 of 10 codes, faster",
		},
		{
			message.Choice{Basis: message.ByCost, Route: 3, Sent: 10}, "route 3, verified_rate 0.00 of 10 codes, cheaper",
		},
	} {
		if got := c.choice.String(); got != c.want {
			t.Errorf("%+v is %q, want %q", c.choice, got, c.want)
		}
	}
}

// TestMessage_Chosen: the reason of an attempt names the carriers that were skipped for it because they were down or paused.
func TestMessage_Chosen(t *testing.T) {
	t.Parallel()
	by := message.Choice{Basis: message.ByOrder, Route: 1}
	m := message.Message{Plan: []message.Step{
		{Channel: message.SMS, Carrier: "a", Choice: by, Receipts: true, Wait: time.Minute},
		{Channel: message.SMS, Carrier: "b", Choice: by, Receipts: true, Wait: time.Minute},
		{Channel: message.SMS, Carrier: "c", Choice: by, Receipts: true, Wait: time.Minute},
		{Channel: message.SMS, Carrier: "d", Receipts: true, Wait: time.Minute},
	}}
	now := time.Date(2026, 4, 25, 15, 27, 0, 0, time.UTC)
	m.Deadline = now.Add(time.Hour)

	m, _ = message.Start(m, now, []string{"a", "c"})
	if got := m.Chosen(0); m.StepOf(0).Carrier != "b" || got != "route 1, order, without a" {
		t.Errorf("first %s: %q", m.StepOf(0).Carrier, got)
	}

	m, _ = message.Apply(m, message.Input{Kind: message.AnswerAccepted, Down: []string{"a", "c"}}, now)
	now = m.DueAt
	m, _ = message.Apply(m, message.Input{Kind: message.Timer, Down: []string{"a", "c"}}, now)
	if got := m.Chosen(1); m.StepOf(1).Carrier != "d" || got != "" {
		t.Errorf("then %s, whose plan has no reason: %q", m.StepOf(1).Carrier, got)
	}

	m.Plan[3].Choice = by // after the carrier that accepted it, only c came into question
	if got := m.Chosen(1); got != "route 1, order, without c" {
		t.Errorf("then %q", got)
	}
}
