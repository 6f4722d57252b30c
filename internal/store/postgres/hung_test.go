package postgres

import (
	"net"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/store/postgres/pgtest"
	"github.com/syssecure/syssecure/internal/store/storetest"
)

// When a server accepts connections and never answers, those that wait in the queue fail with the first.
func TestConnect_ServerThatHangs(t *testing.T) {
	t.Parallel()
	b, err := Open(t.Context(), pgtest.URL(t), storetest.Codec)
	if err != nil {
		t.Fatal(err)
	}

	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}

	defer l.Close()
	var dialled atomic.Int64
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			dialled.Add(1)
			defer c.Close()
		}
	}()

	silent, err := pgconn.ParseConfig("postgres://u@" + l.Addr().String() + "/d?sslmode=disable")
	if err != nil {
		t.Fatal(err)
	}

	for range readers { // none of them was used yet
		c := <-b.readers
		c.config = silent
		b.readers <- c
	}

	const asked = 5 * readers
	var all sync.WaitGroup
	for range asked {
		all.Go(func() {
			if _, err := b.Find(t.Context(), []store.Key{store.AccountKey(id.Account{1})}); err == nil {
				t.Error("a server that never answers answered")
			}
		})
	}

	all.Wait()
	if n := dialled.Load(); n > 2*readers {
		t.Errorf("%d queries dialled %d times", asked, n)
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
}
