package badlink

import (
	"io"
	"net"
	"testing"
	"time"
)

// echo starts a server that repeats what it gets, and returns its address.
func echo(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	t.Cleanup(func() { _ = l.Close() })

	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(c, c); _ = c.Close() }()
		}
	}()

	return l.Addr().String()
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// ask sends a text and returns the answer, which ends after n bytes, at the end of the connection, or after half a
// second.
func ask(t *testing.T, c net.Conn, text string, n int) string {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		return ""
	}

	check(t, c.SetReadDeadline(time.Now().Add(500*time.Millisecond)))
	b := make([]byte, n)
	got, _ := io.ReadFull(c, b)

	return string(b[:got])
}

func TestLink_Faults(t *testing.T) {
	t.Parallel()
	const text = "twelve bytes"
	for name, c := range map[string]struct {
		fault Fault
		open  bool // an older connection still works afterwards
		good  func(got string) bool
	}{
		"none":  {fault: Fault{}, open: true, good: func(got string) bool { return got == text }},
		"down":  {fault: Fault{Down: true}, good: func(got string) bool { return got == "" }},
		"stall": {fault: Fault{Stall: true}, open: true, good: func(got string) bool { return got == "" }},
		"delay": {
			fault: Fault{Delay: time.Millisecond}, open: true, good: func(got string) bool { return got == text },
		},
		"rate": {fault: Fault{Rate: 1}, open: true, good: func(got string) bool { return got == "" }},
		"reset": {
			fault: Fault{Reset: 5}, open: true, good: func(got string) bool { return len(got) <= 5 && got != text },
		},
		"limit": {fault: Fault{Limit: 5}, open: true, good: func(got string) bool { return got == text[:5] }},
		"garbage": {
			fault: Fault{Garbage: true}, open: true,
			good: func(got string) bool { return len(got) == len(text) && got != text },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, err := New("tcp", echo(t), 1)
			check(t, err)
			defer l.Close()
			before, err := net.Dial("tcp", l.Addr())
			check(t, err)
			defer before.Close()
			if got := ask(t, before, "x", 1); got != "x" {
				t.Fatalf("a good link answers %q", got)
			}

			check(t, l.Set(c.fault))
			after, err := net.Dial("tcp", l.Addr())
			if (err != nil) != c.fault.Down {
				t.Fatalf("dial: %v", err)
			}

			if err == nil {
				defer after.Close()
				if got := ask(t, after, text, len(text)); !c.good(got) {
					t.Errorf("a new connection answers %q", got)
				}
			}

			check(t, l.Set(Fault{}))
			again, err := net.Dial("tcp", l.Addr())
			check(t, err)
			defer again.Close()
			if got := ask(t, again, text, len(text)); got != text {
				t.Errorf("a link without a fault answers %q", got)
			}
			if got := ask(t, before, "y", 1); c.open != (got == "y") {
				t.Errorf("the older connection answers %q", got)
			}
		})
	}
}

func TestLink_Point(t *testing.T) {
	t.Parallel()
	l, err := New("tcp", "127.0.0.1:1", 1)
	check(t, err)
	defer l.Close()
	l.Point("tcp", echo(t))
	c, err := net.Dial("tcp", l.Addr())
	check(t, err)
	defer c.Close()
	if got := ask(t, c, "z", 1); got != "z" {
		t.Errorf("the new target answers %q", got)
	}
}
