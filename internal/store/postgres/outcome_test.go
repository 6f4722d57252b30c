package postgres_test

import (
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/store/postgres"
	"github.com/syssecure/syssecure/internal/store/postgres/pgtest"
)

// cutting is a connection that is lost when the commit was sent, before or after the server has it.
type cutting struct {
	net.Conn
	cut *atomic.Int32
}

const (
	cutBefore = 1
	cutAfter  = 2
)

func (c cutting) Write(p []byte) (int, error) {
	if !strings.Contains(string(p), "COMMIT\x00") || c.cut.Load() == 0 {
		return c.Conn.Write(p)
	}
	switch c.cut.Swap(0) {
	case cutBefore:
		_ = c.Close()
		return 0, net.ErrClosed
	default:
		n, err := c.Conn.Write(p)
		if err == nil {
			// The server answers when it has committed. Closed before, with an answer under way, the connection would
			// be reset, and the server might never see the commit.
			_, err = c.Read(make([]byte, 1))
		}
		_ = c.Close()
		return n, err
	}
}

// The connection is lost in the commit. The client gets one answer, and it is correct.
func TestCommit_ConnectionLost(t *testing.T) {
	t.Parallel()
	for _, when := range []int32{cutBefore, cutAfter} {
		t.Run(fmt.Sprint(when), func(t *testing.T) {
			t.Parallel()
			var cut atomic.Int32
			b, err := postgres.OpenOver(t.Context(), pgtest.URL(t), func(c net.Conn) net.Conn { return cutting{c, &cut} })
			if err != nil {
				t.Fatal(err)
			}

			s := store.Open(b)
			defer s.Close()
			a := store.Account{Account: account.Account{ID: customer(0), Name: "Acme", CreatedAt: at}}
			cut.Store(when) // the first COMMIT of a connection carries its text
			runs := 0
			err = s.Update(t.Context(), a.ID, []store.Key{a.Key()}, func(tx *store.Tx) error {
				runs++
				row, found := store.Get[store.Account](tx, a.Key())
				if !found {
					row = a
				}
				row.Balance.Credits++
				tx.Put(row)

				return nil
			})
			if err != nil || cut.Load() != 0 {
				t.Fatalf("got %v, and the connection was cut: %v", err, cut.Load() == 0)
			}

			rows, err := s.Find(t.Context(), a.Key())
			if err != nil {
				t.Fatal(err)
			}
			if row, _ := store.Get[store.Account](rows, a.Key()); row.Balance.Credits != 1 {
				t.Errorf("%d credits after %d runs, want 1", row.Balance.Credits, runs)
			}
			if want := map[int32]int{cutBefore: 2, cutAfter: 1}[when]; runs != want {
				t.Errorf("ran %d times, want %d", runs, want)
			}
		})
	}
}
