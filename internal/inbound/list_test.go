package inbound_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

// Texts are found by any form of the sender's number, by their destination and by their time.
func TestInbound_Filters(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newTrio(t, testworld.Options{Backend: b})
		const mobile, plain = "+5491123456789", "+541123456789"
		send(t, w.World, testworld.To(phoneA))
		send(t, w.World, testworld.To(mobile))
		begun := w.Clock.Now()
		for i, in := range []carrier.Inbound{
			{From: phoneA, To: "Acme"},
			{From: plain, To: "8080"},
			{From: mobile, To: "32460000001"},
			{From: phoneA, To: "8080"},
		} {
			w.Clock.Add(time.Minute)
			in.Carrier, in.Body = "smsc", secret.NewString(fmt.Sprint(i))
			if _, err := w.Inbound(t.Context(), in); err != nil {
				t.Fatal(err)
			}
		}

		for _, c := range []struct {
			name   string
			filter query.InboundFilter
			want   []string
		}{
			{"all", query.InboundFilter{}, []string{"3", "2", "1", "0"}},
			{"from", query.InboundFilter{From: phoneA}, []string{"3", "0"}},
			{"from the other form", query.InboundFilter{From: plain}, []string{"2", "1"}},
			{"to", query.InboundFilter{To: "8080"}, []string{"3", "1"}},
			{"to a number", query.InboundFilter{To: "+32460000001"}, []string{"2"}},
			{"since", query.InboundFilter{Since: begun.Add(2 * time.Minute)}, []string{"3", "2", "1"}},
			{"before", query.InboundFilter{Before: begun.Add(2 * time.Minute)}, []string{"0"}},
			{
				"all together",
				query.InboundFilter{From: phoneA, To: "8080", Since: begun, Before: begun.Add(time.Hour)},
				[]string{"3"},
			},
		} {
			list, next, err := w.Dispatcher.Query.ListInbound(t.Context(), w.Live, c.filter, [16]byte{}, 100)
			if got := textsOf(list); err != nil || next != ([16]byte{}) || !slices.Equal(got, c.want) {
				t.Errorf("%s: %q, %v, want %q", c.name, got, err, c.want)
			}
		}
		// Both forms are shown as the number that the account sent to.
		filter := query.InboundFilter{From: plain}
		list, _, err := w.Dispatcher.Query.ListInbound(t.Context(), w.Live, filter, [16]byte{}, 1)
		if err != nil || list[0].From.E164() != mobile {
			t.Errorf("from %s", list[0].From.E164())
		}
	})
}

// Pages of long texts are shorter, and no text is missing.
func TestInbound_LongPages(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	send(t, w.World, testworld.To(phoneA))
	for range 30 {
		w.Clock.Add(time.Second)
		says(t, w.World, phoneA, "smsc", strings.Repeat("x", 60_000))
	}

	total, pages := 0, 0
	for below := ([16]byte{}); ; pages++ {
		list, next, err := w.Dispatcher.Query.ListInbound(t.Context(), w.Live, query.InboundFilter{}, below, 100)
		if err != nil || len(list) == 0 || len(list) > 12 {
			t.Fatalf("a page of %d, %v", len(list), err)
		}

		total += len(list)
		if below = next; next == ([16]byte{}) {
			break
		}
	}
	if total != 30 || pages < 2 {
		t.Errorf("%d texts in %d pages", total, pages)
	}
}
