package testworld

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/syssecure/syssecure/internal/store"
)

// ErrOut is the error of a Switch that is out.
var ErrOut = errors.New("the disk is full")

// Switch is a database that a test can make fail, and that can run a function between two steps of a request.
type Switch struct {
	store.Backend
	// Out makes every transaction fail, NoWrites those that write. NoCommits makes writes fail after they were decided.
	Out, NoWrites, NoCommits atomic.Bool
	// Lost is how many transactions succeed but are reported as failed.
	Lost atomic.Int32

	between atomic.Pointer[func()]
}

// AfterView runs fn once, after the next read and before its caller continues.
func (s *Switch) AfterView(fn func()) { s.between.Store(&fn) }

// Group implements store.Backend.
func (s *Switch) Group(ctx context.Context, fn func(store.Batch) error) error {
	if s.Out.Load() || s.NoWrites.Load() {
		return ErrOut
	}
	err := s.Backend.Group(ctx, func(b store.Batch) error {
		if err := fn(b); err != nil || !s.NoCommits.Load() {
			return err
		}
		return ErrOut
	})
	if err == nil && s.Lost.Add(-1) >= 0 {
		return ErrOut
	}

	return err
}

// View implements store.Backend.
func (s *Switch) View(ctx context.Context, fn func(store.Reader) error) error {
	if s.Out.Load() {
		return ErrOut
	}
	err := s.Backend.View(ctx, fn)
	if between := s.between.Swap(nil); between != nil {
		(*between)()
	}

	return err
}

// Peek implements store.Backend.
func (s *Switch) Peek(ctx context.Context, fn func(store.Reader) error) (whole bool, err error) {
	return true, s.View(ctx, fn)
}

// Writable implements store.Backend.
func (s *Switch) Writable(ctx context.Context) error {
	return s.View(ctx, func(store.Reader) error { return nil })
}

// Find implements store.Backend.
func (s *Switch) Find(ctx context.Context, keys []store.Key) (rows store.Rows, err error) {
	err = s.View(ctx, func(r store.Reader) error {
		rows, err = r.Load(keys...)
		return err
	})
	return rows, err
}
