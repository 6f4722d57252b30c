package tests

import (
	"errors"
	"slices"
	"testing"

	"github.com/syssecure/syssecure/sdk/go/v2"
	"github.com/syssecure/syssecure/sdk/go/v2/syssecuretest"
)

func pages(t *testing.T) *syssecuretest.Server {
	server := syssecuretest.NewServer(t)
	server.Answer("GET /v2/messages",
		syssecuretest.Answer{Body: `{"data": [{"message_id": "msg_1"}, {"message_id": "msg_2"}], "next_cursor": "c1"}`},
		syssecuretest.Answer{Body: `{"data": [], "next_cursor": "c2"}`},
		syssecuretest.Answer{Body: `{"data": [{"message_id": "msg_3"}], "next_cursor": null}`})

	return server
}

func TestAllGoesOnToTheLastPage(t *testing.T) {
	server := pages(t)
	var ids []string
	for m, err := range server.Client().Messages.All(ctx, syssecure.MessageListParams{Limit: 2, Status: "sent"}) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, m.ID)
	}

	if want := []string{"msg_1", "msg_2", "msg_3"}; !slices.Equal(ids, want) {
		t.Errorf("got %v, want %v", ids, want)
	}
	for i, want := range []string{"", "c1", "c2"} {
		query := server.Requests()[i].Query
		if query.Get("cursor") != want || query.Get("limit") != "2" || query.Get("status") != "sent" {
			t.Errorf("request %d has the query %v", i+1, query)
		}
	}
}

func TestLeavingEarlySendsNothing(t *testing.T) {
	server := pages(t)
	for range server.Client().Messages.All(ctx, syssecure.MessageListParams{}) {
		break
	}
	if n := len(server.Requests()); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
}

func TestPagesByHand(t *testing.T) {
	server := pages(t)
	page, err := server.Client().Messages.List(ctx, syssecure.MessageListParams{})
	more := []bool{}
	for ; page != nil && err == nil; page, err = page.Next(ctx) {
		more = append(more, page.HasMore)
	}
	if err != nil || !slices.Equal(more, []bool{true, true, false}) {
		t.Errorf("got %v, %v", more, err)
	}
}

func TestErrorOnALaterPage(t *testing.T) {
	tests := map[string]syssecuretest.Answer{
		"an error of the API": {Status: 404, Body: `{"code": "not_found"}`},
		"the same cursor":     {Body: `{"data": [], "next_cursor": "c1"}`},
	}
	for name, second := range tests {
		t.Run(name, func(t *testing.T) {
			server := syssecuretest.NewServer(t)
			first := syssecuretest.Answer{Body: `{"data": [{"message_id": "msg_1"}], "next_cursor": "c1"}`}
			server.Answer("GET /v2/messages", first, second)

			var errs []error
			for _, err := range server.Client().Messages.All(ctx, syssecure.MessageListParams{}) {
				errs = append(errs, err)
			}
			if len(errs) != 2 || errs[0] != nil || errs[1] == nil || len(server.Requests()) != 2 {
				t.Errorf("got %v after %d requests, want a row and an error", errs, len(server.Requests()))
			}
			var responseErr *syssecure.ResponseError
			if isCursor := name == "the same cursor"; errors.As(errs[1], &responseErr) != isCursor {
				t.Errorf("got %v", errs[1])
			}
		})
	}
}
