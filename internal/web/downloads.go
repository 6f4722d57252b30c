package web

import "context"

// Downloads are the files that a server writes at the same time. A reader can be slow, so each may take hours. A zero
// Downloads is not usable, see NewDownloads. It is safe for concurrent use.
type Downloads struct {
	seats *Seats
	// turn is taken to read a part of a file: one download reads at a time, in the order in which they ask. However many
	// there are, they take one connection to the database and at most one processor from those who send.
	turn turns
}

// turns are how many may read at the same time. Others wait, in the order in which they ask.
type turns chan struct{}

// in reads when it is the caller's turn. The error is that of the context, or of read.
func (t turns) in(ctx context.Context, read func() error) error {
	select {
	case t <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-t }()

	return read()
}

// NewDownloads makes the downloads of a server.
func NewDownloads() *Downloads {
	return &Downloads{seats: NewSeats(SeatLimits{User: 3, Account: 10, All: 50}), turn: make(turns, 1)}
}

// Enter begins a download of a user, of an account or, when that is empty, of the installation. It returns a function that
// ends it, or says which limit it would exceed.
func (d *Downloads) Enter(user, account string) (leave func(), full string) {
	return d.seats.Enter(user, account, "downloads")
}

// InTurn reads a part of a file when it is its turn. The error is that of the context, or of read.
func (d *Downloads) InTurn(ctx context.Context, read func() error) error {
	return d.turn.in(ctx, read)
}
