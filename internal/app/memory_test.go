package app

import "testing"

func TestMemory_HeapLimit(t *testing.T) {
	t.Parallel()
	for live, want := range map[int64]int64{0: 60 << 20, 20 << 20: 60 << 20, 30 << 20: 90 << 20, 1 << 30: 3 << 30} {
		if got := heapLimit(live); got != want {
			t.Errorf("with %d MB that live: %d MB, want %d MB", live>>20, got>>20, want>>20)
		}
	}
}
