package memory_test

import (
	"testing"

	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/store/memory"
	"github.com/syssecure/syssecure/internal/store/storetest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(*testing.T) storetest.Open {
		b := memory.New(storetest.Codec)
		return func(*testing.T) store.Backend { return b }
	})
}
