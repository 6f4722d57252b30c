package queue_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/queue"
)

var start = time.Date(2026, 4, 25, 15, 27, 0, 0, time.UTC)

func account(c byte) id.Account { return id.Account{c} }

// items reads a script: "a" is a code of account a, "A" a text of the same account, a digit after it the cost.
func items(script string) (out []queue.Item[string]) {
	for _, word := range strings.Fields(script) {
		item := queue.Item[string]{Account: account(word[0] | 0x20), Value: word, Cost: 1}
		if word[0] < 'a' {
			item.Class = queue.Texts
		}
		if len(word) > 1 {
			item.Cost = int(word[1] - '0')
		}
		out = append(out, item)
	}

	return out
}

func TestQueue_Order(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		places int
		add    string
		want   string
	}{
		"first come, first served within an account": {places: 9, add: "a1 a2 a3", want: "a1 a2 a3"},
		"codes before texts":                         {places: 9, add: "A A a B b", want: "a b A B A"},
		"accounts in turn":                           {places: 9, add: "a a a a b c", want: "a b c a a a"},
		"texts of accounts in turn":                  {places: 9, add: "A A A B C", want: "A B C A A"},
		"a long text waits for its turns":            {places: 9, add: "A3 B B B B", want: "B B A3 B B"},
		"no more than there are places":              {places: 2, add: "a b c", want: "a b"},
		"a single account does not wait":             {places: 9, add: "A9 A9", want: "A9 A9"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := queue.New[string](c.places, 0)
			for _, item := range items(c.add) {
				if !q.Add(item) {
					t.Fatalf("%s was not added", item.Value)
				}
			}

			var got []string
			for item, _, ok := q.Next(start); ok; item, _, ok = q.Next(start) {
				got = append(got, item.Value)
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("got %v, want %s", got, c.want)
			}
		})
	}
}

func TestQueue_Try(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		places  int
		waiting string
		class   queue.Class
		want    bool
	}{
		"code, free place":    {places: 1, want: true},
		"text, free place":    {places: 1, class: queue.Texts, want: true},
		"no free place":       {places: 0, class: queue.Codes},
		"code after a code":   {places: 1, waiting: "a"},
		"text after a code":   {places: 1, waiting: "a", class: queue.Texts},
		"code overtakes text": {places: 1, waiting: "A A", want: true},
		"text after a text":   {places: 1, waiting: "A", class: queue.Texts},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := queue.New[string](1, 0)
			if c.places == 0 && !q.Try(queue.Codes, 1, start) {
				t.Fatal("the only place was not free")
			}

			for _, item := range items(c.waiting) {
				q.Add(item)
			}
			if got := q.Try(c.class, 1, start); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestQueue_Release(t *testing.T) {
	t.Parallel()
	q := queue.New[string](1, 0)
	for _, item := range items("a b") {
		q.Add(item)
	}
	if _, _, ok := q.Next(start); !ok || q.Free() != 0 {
		t.Fatalf("an item is next: %v, %d places free", ok, q.Free())
	}
	if _, _, ok := q.Next(start); ok {
		t.Fatal("two items got the only place")
	}

	q.Release()
	if item, _, ok := q.Next(start); !ok || item.Value != "b" {
		t.Errorf("after the release: %v, %v", item.Value, ok)
	}
}

func TestQueue_Bounds(t *testing.T) {
	t.Parallel()
	q := queue.New[int](1, 0)
	add := func(a id.Account) bool { return q.Add(queue.Item[int]{Account: a, Class: queue.Texts, Cost: 1}) }
	for n := range queue.MaxPerAccount {
		if !add(account('a')) {
			t.Fatalf("item %d of an account was not added", n)
		}
	}
	if add(account('a')) {
		t.Error("an account has more than its bound")
	}

	n := queue.MaxPerAccount
	for ; add(id.Account{'b', byte(n), byte(n >> 8)}); n++ {
		if n > queue.MaxPerClass {
			t.Fatal("a class has no bound")
		}
	}
	if n != queue.MaxPerClass || q.Len(queue.Texts) != n {
		t.Errorf("%d items, counted %d, want %d", n, q.Len(queue.Texts), queue.MaxPerClass)
	}
	if !q.Add(queue.Item[int]{Account: account('a'), Cost: 1}) {
		t.Error("a code was not added when texts had reached their bound")
	}
	if got := len(q.Clear()); got != n+1 || q.Len(queue.Texts)+q.Len(queue.Codes) != 0 {
		t.Errorf("%d items dropped, want %d", got, n+1)
	}
}

// TestQueue_Rate adds a code and another account's text to a flood of texts: the code leaves with the next unit, the
// text after at most one of the flood, and the rate is kept.
func TestQueue_Rate(t *testing.T) {
	t.Parallel()
	q := queue.New[string](100, 10)
	for range 600 {
		q.Add(queue.Item[string]{Account: account('a'), Class: queue.Texts, Cost: 1, Value: "flood"})
	}

	left, now := map[string]time.Duration{}, start
	for n := range 100 {
		if n == 20 {
			q.Add(queue.Item[string]{Account: account('b'), Class: queue.Texts, Cost: 1, Value: "text"})
			q.Add(queue.Item[string]{Account: account('c'), Class: queue.Codes, Cost: 1, Value: "code"})
			left["added"] = now.Sub(start)
		}

		item, wait, ok := q.Next(now)
		for ; !ok; item, wait, ok = q.Next(now) {
			if wait <= 0 {
				t.Fatal("no item is next, and the wait is 0")
			}
			now = now.Add(wait)
		}
		left[item.Value] = now.Sub(start)
		q.Release()
	}
	if took := now.Sub(start); took < 9800*time.Millisecond || took > 10*time.Second {
		t.Errorf("100 submits at 10 a second took %v", took)
	}
	if d := left["code"] - left["added"]; d > 150*time.Millisecond {
		t.Errorf("the code left after %v", d)
	}
	if d := left["text"] - left["added"]; d > 350*time.Millisecond {
		t.Errorf("the other account's text left after %v", d)
	}
}

// TestQueue_ClockStep checks that a clock that is set stops no carrier.
func TestQueue_ClockStep(t *testing.T) {
	t.Parallel()
	for _, step := range []time.Duration{-time.Hour, -365 * 24 * time.Hour, time.Hour} {
		t.Run(fmt.Sprint(step), func(t *testing.T) {
			t.Parallel()
			q := queue.New[string](100, 10)
			for _, item := range items("a a a a") {
				q.Add(item)
			}

			q.Next(start)
			now := start.Add(step)
			if _, wait, ok := q.Next(now); !ok && (wait <= 0 || wait > 100*time.Millisecond) {
				t.Errorf("waits %v after the step", wait)
			}
		})
	}
}

// FuzzQueue checks that no script exceeds the places or changes the order within an account.
func FuzzQueue(f *testing.F) {
	f.Add([]byte("aAbBnnrrn"), uint8(2), uint8(0))
	f.Add([]byte("aaaabnnnrnrnrnrtt"), uint8(1), uint8(10))
	f.Fuzz(func(t *testing.T, script []byte, places, rate uint8) {
		q, now := queue.New[int](int(places), float64(rate)), start
		held, n, last := 0, 0, map[string]int{}
		for _, op := range script {
			switch {
			case op == 'n':
				item, _, ok := q.Next(now)
				if !ok {
					continue
				}
				held++
				line := fmt.Sprint(item.Account, item.Class)
				if item.Value <= last[line] {
					t.Fatalf("item %d of %s came after %d", item.Value, line, last[line])
				}
				if item.Class == queue.Texts && q.Len(queue.Codes) > 0 {
					t.Fatal("a text came before a code")
				}
				last[line] = item.Value
			case op == 'r' && held > 0:
				q.Release()
				held--
			case op == 't':
				if q.Try(queue.Codes, 1, now) {
					held++
				}
			case op > 200:
				now = now.Add(time.Duration(op-200) * 10 * time.Millisecond)
			default:
				n++
				q.Add(queue.Item[int]{Account: account(op | 0x20), Class: queue.Class(op & 0x20 >> 5), Cost: int(op & 7), Value: n})
			}
			if held > max(1, int(places)) {
				t.Fatalf("%d places held of %d", held, places)
			}
		}
	})
}

// TestQueue_Spent counts the units of all submits, also those that are charged afterwards.
func TestQueue_Spent(t *testing.T) {
	t.Parallel()
	q := queue.New[string](3, 0)
	q.Try(queue.Codes, 1, start)
	q.Add(items("A3")[0])
	q.Next(start)
	q.Charge(queue.Texts, account('a'), 2, start)
	q.Release()
	if q.Spent() != 6 || q.Taken() != 1 {
		t.Errorf("%d units, %d places, want 6 and 1", q.Spent(), q.Taken())
	}
}
