package queue

import "github.com/syssecure/syssecure/internal/id"

// roundRobin is a deficit round robin by account (Shreedhar and Varghese, 1995), with a quantum of one unit: an account
// whose next item costs five units is skipped until its fifth turn, so that long texts do not use more of a carrier's
// rate than short ones.
type roundRobin[T any] struct {
	lines     []*line[T] // the accounts that wait, the next in turn first
	byAccount map[id.Account]*line[T]
	n         int
}

// line is the waiting items of one account, oldest first.
type line[T any] struct {
	items  []Item[T]
	credit int // units saved for the first item
}

func (t *roundRobin[T]) len(a id.Account) int {
	if l := t.byAccount[a]; l != nil {
		return len(l.items)
	}
	return 0
}

func (t *roundRobin[T]) add(item Item[T]) {
	l := t.byAccount[item.Account]
	if l == nil {
		l = &line[T]{}
		if t.byAccount == nil {
			t.byAccount = map[id.Account]*line[T]{}
		}
		t.byAccount[item.Account] = l
		t.lines = append(t.lines, l)
	}

	l.items = append(l.items, item)
	t.n++
}

// next removes the item whose turn it is. At least one item has to wait.
func (t *roundRobin[T]) next() Item[T] {
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
		l.items[0] = Item[T]{} // lets the garbage collector have its value
		l.items = l.items[1:]
		t.n--
		if len(l.items) > 0 {
			t.lines = append(t.lines, l)
		} else {
			delete(t.byAccount, item.Account) // an account without items saves no units
		}

		return item
	}
}

// charge makes an account that waits pay for an earlier item.
func (t *roundRobin[T]) charge(a id.Account, units int) {
	if l := t.byAccount[a]; l != nil {
		l.credit -= units
	}
}
