package syssecure

import (
	"context"
	"iter"
	"time"
)

// EventsService lists what happened.
type EventsService struct{ core *core }

// StoredEvent is an event as the server keeps it.
type StoredEvent struct {
	Meta `json:"-"`

	// ID identifies the event.
	ID string `json:"id"`
	// Event is the type, such as message.delivered.
	Event string `json:"event"`
	// CreatedAt is when it happened.
	CreatedAt time.Time `json:"created_at"`
	// Payload is what is posted to endpoints.
	Payload map[string]any `json:"payload" log:"-"`
}

// EventListParams are the parameters of [EventsService.List] and [EventsService.All]. All are optional.
type EventListParams struct {
	// Limit is the number of events on a page.
	Limit int `api:"limit"`
	// Cursor is the NextCursor of the page before, when the list is newest first.
	Cursor string `api:"cursor"`
	// Type selects the events of one type, such as message.delivered. Not with After.
	Type string `api:"type"`
	// After is the id of an event. The list then has what came after it, oldest first.
	After string `api:"after"`
}

func (p EventListParams) operation() operation {
	op := listOf("/events", p, p.Cursor)
	if p.After != "" {
		op.cursorName, op.cursor = afterCursor, p.After
	}

	return op
}

// List returns one page of the events: newest first, or oldest first with After.
func (s *EventsService) List(
	ctx context.Context, params EventListParams, options ...RequestOption,
) (*Page[StoredEvent], error) {
	return list[StoredEvent](ctx, s.core, params.operation(), options)
}

// All iterates over the events, and requests page after page. With After it ends when there are no newer events.
func (s *EventsService) All(
	ctx context.Context, params EventListParams, options ...RequestOption,
) iter.Seq2[*StoredEvent, error] {
	return all[StoredEvent](ctx, s.core, params.operation(), options)
}
