package egress

import (
	"cmp"
	"context"
	"sync"
	"time"
)

// Bounds of the connections that are kept. An endpoint may be given 200 posts at once.
const (
	idleFor     = 30 * time.Second
	maxIdleHost = 256
	maxIdle     = 2048 // when nothing else is asked for
)

// idle keeps connections between posts, and nobody reads them meanwhile: what came over one is found out when it is taken.
// The zero value is ready.
type idle struct {
	mu    sync.Mutex
	lines map[place][]*conn // each list oldest first
	n     int
	most  int         // 0 = maxIdle
	timer *time.Timer // armed while any is kept
}

// take gives the connection to a place that was used last, or nil.
func (i *idle) take(ctx context.Context, to place) *conn {
	for {
		c := i.pop(to)
		if c == nil || time.Since(c.since) < idleFor && quiet(c.raw) && c.bind(ctx) {
			return c
		}
		c.close()
	}
}

func (i *idle) pop(to place) *conn {
	i.mu.Lock()
	defer i.mu.Unlock()
	list := i.lines[to]
	if len(list) == 0 {
		return nil
	}
	c := list[len(list)-1]
	list[len(list)-1] = nil
	i.lines[to] = list[:len(list)-1]
	i.n--
	return c
}

// put keeps a connection, unless there are enough.
func (i *idle) put(c *conn) {
	c.since = time.Now()
	i.mu.Lock()
	keep := i.n < cmp.Or(i.most, maxIdle) && len(i.lines[c.to]) < maxIdleHost
	if keep {
		if i.lines == nil {
			i.lines = map[place][]*conn{}
		}
		i.lines[c.to] = append(i.lines[c.to], c)
		i.n++
		if i.timer == nil {
			i.timer = time.AfterFunc(idleFor, i.expire)
		}
	}
	i.mu.Unlock()
	if !keep {
		c.close()
	}
}

// expire closes what was not used for a while.
func (i *idle) expire() { i.drop(time.Now().Add(-idleFor)) }

// drop closes every connection that was last used before a time.
func (i *idle) drop(before time.Time) {
	i.mu.Lock()
	var old []*conn
	for to, list := range i.lines {
		n := 0
		for n < len(list) && list[n].since.Before(before) {
			n++
		}
		old = append(old, list[:n]...)
		if i.lines[to] = append([]*conn(nil), list[n:]...); n == len(list) {
			delete(i.lines, to)
		}
	}
	i.n -= len(old)
	i.timer = nil
	if i.n > 0 {
		i.timer = time.AfterFunc(idleFor, i.expire)
	}
	i.mu.Unlock()
	for _, c := range old {
		c.close()
	}
}
