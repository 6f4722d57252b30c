package queue

import "github.com/syssecure/syssecure/internal/id"

// turns is a deficit round robin by account (Shreedhar and Varghese, 1995), with a quantum of one unit: an account whose
// next item costs five units is passed by until it has waited for five turns, so that long texts do not take more of a
// carrier's rate than short ones.
type turns[T any] struct {
	lines []*line[T] // the accounts that wait, the next in turn first
	by    map[id.Account]*line[T]
	n     int
}

// line is what one account has waiting, oldest first.
type line[T any] struct {
	items  []Item[T]
	credit int // units that were saved for the first item
}

func (t *turns[T]) len(a id.Account) int {
	if l := t.by[a]; l != nil {
		return len(l.items)
	}
	return 0
}

func (t *turns[T]) add(item Item[T]) {
	l := t.by[item.Account]
	if l == nil {
		l = &line[T]{}
		if t.by == nil {
			t.by = map[id.Account]*line[T]{}
		}
		t.by[item.Account] = l
		t.lines = append(t.lines, l)
	}

	l.items = append(l.items, item)
	t.n++
}

// next takes the item whose turn it is. Something has to wait.
func (t *turns[T]) next() Item[T] {
	for {
		l := t.lines[0]
		t.lines = t.lines[1:]
		l.credit++

		item := l.items[0]
		cost := max(1, item.Cost)
		if l.credit < cost {
			t.lines = append(t.lines, l)
			continue
		}

		l.credit -= cost
		l.items[0] = Item[T]{} // lets go of its value
		l.items = l.items[1:]
		t.n--
		if len(l.items) > 0 {
			t.lines = append(t.lines, l)
		} else {
			delete(t.by, item.Account) // an account that is not there saves nothing up
		}

		return item
	}
}

// charge has an account that waits pay for an item that it got before.
func (t *turns[T]) charge(a id.Account, units int) {
	if l := t.by[a]; l != nil {
		l.credit -= units
	}
}
