package postgres

import (
	"context"
	"fmt"
	"net"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/syssecure/syssecure/internal/store/storetest"
)

// OpenOver opens a database over connections of the test.
func OpenOver(ctx context.Context, url string, wrap func(net.Conn) net.Conn) (*Backend, error) {
	config, err := pgconn.ParseConfig(url)
	if err != nil {
		return nil, err
	}

	dial := config.DialFunc
	config.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return wrap(c), nil
	}

	return openConfig(ctx, config, storetest.Codec, true)
}

// Overfill gives every connection so many statements that it releases them, and returns a function that counts them.
func Overfill(b *Backend) (kept func() int) {
	each := func(do func(*conn)) {
		for _, pool := range []chan *conn{b.writers, b.readers} {
			for range cap(pool) {
				c := <-pool
				do(c)
				pool <- c
			}
		}
	}

	each(func(c *conn) {
		for n := range keptStatements {
			if c.known != nil {
				c.known[fmt.Sprint(n)] = nil
			}
		}
	})

	return func() (most int) {
		each(func(c *conn) { most = max(most, len(c.known)) })
		return most
	}
}

// Forget makes every statement of a backend name the table itself.
func Forget(b *Backend) { b.parts.forget() }

// Statements returns the prepared statements of the backend's connections.
func Statements(b *Backend) (all []string) {
	for _, pool := range []chan *conn{b.writers, b.readers} {
		for range cap(pool) {
			c := <-pool
			for sql := range c.known {
				all = append(all, sql)
			}
			pool <- c
		}
	}

	return all
}
