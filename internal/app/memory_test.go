package app

import "testing"

func TestMemory_HeapLimit(t *testing.T) {
	t.Parallel()
	for live, want := range map[int64]int64{0: 64 << 20, 16 << 20: 64 << 20, 20 << 20: 80 << 20, 1 << 30: 4 << 30} {
		if got := heapLimit(live); got != want {
			t.Errorf("with %d MB that live: %d MB, want %d MB", live>>20, got>>20, want>>20)
		}
	}
}
