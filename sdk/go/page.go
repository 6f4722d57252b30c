package syssecure

import (
	"context"
	"iter"
)

// Page is one page of a list.
type Page[T any] struct {
	Meta `json:"-"`

	// Data holds the rows of this page.
	Data []*T `json:"data"`
	// NextCursor is where the next page begins. It is empty on the last page.
	NextCursor string `json:"next_cursor"`
	// HasMore says that the list goes on after this page.
	HasMore bool `json:"-"`

	cursor string
	next   func(ctx context.Context) (*Page[T], error)
}

// Next requests the next page, with the same filters. It returns nil after the last page.
func (p *Page[T]) Next(ctx context.Context) (*Page[T], error) {
	if !p.HasMore || p.NextCursor == "" {
		return nil, nil
	}

	return p.next(ctx)
}

// All iterates over the rows of this page and of all that follow, which it requests one after the other. After an error
// the iteration ends.
func (p *Page[T]) All(ctx context.Context) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		used := map[string]bool{p.cursor: true}
		for page := p; page != nil; {
			for _, row := range page.Data {
				if !yield(row, nil) {
					return
				}
			}
			if page.NextCursor != "" && page.HasMore && used[page.NextCursor] {
				message := "the list has the same cursor twice, so it would never end"
				yield(nil, &ResponseError{Status: 200, RequestID: page.RequestID, Message: message})
				return
			}
			used[page.NextCursor] = true

			var err error
			if page, err = page.Next(ctx); err != nil {
				yield(nil, err)
				return
			}
		}
	}
}

// list requests one page.
func list[T any](ctx context.Context, c *core, op operation, options []RequestOption) (*Page[T], error) {
	page, err := call[Page[T]](ctx, c, op, options)
	if err != nil {
		return nil, err
	}

	page.cursor = op.cursor
	page.HasMore = page.NextCursor != ""
	if op.cursorName == afterCursor {
		page.HasMore = len(page.Data) > 0
	}
	op.cursor = page.NextCursor
	page.next = func(ctx context.Context) (*Page[T], error) { return list[T](ctx, c, op, options) }

	return page, nil
}

const (
	pageCursor  = "cursor"
	afterCursor = "after"
)

// listOf describes a list. Its cursor is taken from the params, so that each page can have its own.
func listOf(path string, params any, cursor string, ids ...string) operation {
	return operation{method: "GET", path: path, ids: ids, query: params, cursorName: pageCursor, cursor: cursor}
}

// all iterates over a list from its first page on.
func all[T any](ctx context.Context, c *core, op operation, options []RequestOption) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		page, err := list[T](ctx, c, op, options)
		if err != nil {
			yield(nil, err)
			return
		}
		page.All(ctx)(yield)
	}
}
