package web

import (
	"context"
	"fmt"
)

// downloadSeats are the limits of files that are written at the same time. A reader can be slow, so each may take hours.
var downloadSeats = seatLimits{user: 3, account: 10, all: 50}

// Downloads are the files that a server writes. A zero Downloads is not usable, see NewDownloads. It is safe for
// concurrent use.
type Downloads struct {
	seats *seats
	// turn is taken to read a part of a file: one download reads at a time, in the order in which they ask. However many
	// there are, they take one connection to the database and at most one processor from those who send.
	turn chan struct{}
}

// NewDownloads makes the downloads of a server.
func NewDownloads() *Downloads {
	return &Downloads{seats: newSeats(downloadSeats), turn: make(chan struct{}, 1)}
}

// Enter begins a download of a user, of an account or, when that is empty, of the installation. It returns a function that
// ends it, or says which limit it would exceed.
func (d *Downloads) Enter(user, account string) (leave func(), full string) {
	switch limit, of := d.seats.enter(user, account); of {
	case fullForUser:
		return nil, fmt.Sprintf("you have %d downloads running, which is the limit for a user; wait for one or cancel it", limit)
	case fullForAccount:
		return nil, fmt.Sprintf("%d downloads of this account are running, which is its limit; try again soon", limit)
	case fullForAll:
		return nil, fmt.Sprintf("%d downloads of this server are running, which is its limit; try again soon", limit)
	case notFull:
	}

	return func() { d.seats.leave(user, account) }, ""
}

// InTurn reads a part of a file when it is its turn. The error is that of the context, or of read.
func (d *Downloads) InTurn(ctx context.Context, read func() error) error {
	select {
	case d.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-d.turn }()

	return read()
}
