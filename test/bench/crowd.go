package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/syssecure/syssecure/internal/id"
)

// The crowd: five accounts with twenty endpoints each, the most that an account may have. Each account sends crowdRate
// texts per second, and each text is an event for all of its endpoints: a thousand deliveries per second, far below
// what the server can do, so that times show which deliveries wait for others.
const (
	crowdAccounts  = 5
	crowdEndpoints = 20
	crowdRate      = 10
	crowdSlice     = 2 * time.Second
	crowdSlices    = 10 // of each of two crowds; longer than the time-out of 15 s of an endpoint that hangs
	crowdBad       = 2  // the first endpoints, which are bad in some runs and counted in none
	crowdRows      = 1_000_000
)

// benchCrowd measures the time from an event to its delivery, in a crowd of good endpoints, next to one that hangs and
// one that fails, and next to a dead one with a million waiting deliveries. The two crowds that are compared take turns
// every two seconds: one commit that takes 0.2 s is the 99th percentile of twenty seconds, so both must have the same
// disk.
func benchCrowd(ctx context.Context, o options, work string, k *sink) error {
	return errors.Join(benchBadEndpoints(ctx, o, filepath.Join(work, "bad"), k),
		benchDeadEndpoint(ctx, o, filepath.Join(work, "dead"), k))
}

// arrivals is the server of all endpoints. The path is the number of the endpoint.
type arrivals struct {
	receiver
	mu    sync.Mutex
	took  []time.Duration
	wrong int
	leave chan struct{} // closed to end those that hang; nil = all are good
}

func (a *arrivals) answer(q call) []byte {
	now := time.Now()
	n, err := strconv.Atoi(strings.TrimPrefix(q.path, "/hook/"))
	event, err2 := id.ParseEvent(q.event)
	a.mu.Lock()
	leave := a.leave
	switch {
	case err != nil || err2 != nil:
		a.wrong++
	case n >= crowdBad:
		a.took = append(a.took, now.Sub(event.Time()))
	}

	a.mu.Unlock()
	switch {
	case leave == nil:
	case n == 0:
		<-leave
	case n == 1:
		return []byte("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n")
	}

	return okAnswer
}

// begin resets the figures, and makes the first endpoints bad or good.
func (a *arrivals) begin(bad bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.took, a.wrong = nil, 0
	if a.leave = nil; bad {
		a.leave = make(chan struct{})
	}
}

// end waits for n deliveries, and returns the 99th percentile since begin.
func (a *arrivals) end(ctx context.Context, n int) (time.Duration, error) {
	for begun := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		a.mu.Lock()
		came, wrong := len(a.took), a.wrong
		a.mu.Unlock()
		if wrong > 0 || came > n || came < n && (ctx.Err() != nil || time.Since(begun) > time.Minute) {
			return 0, fmt.Errorf("%d of %d deliveries came, and %d other requests", came, n, wrong)
		}
		if came == n {
			break
		}
	}

	a.mu.Lock()
	defer a.mu.Unlock()
	if a.leave != nil {
		close(a.leave)
		a.leave = nil
	}

	return p99(a.took), nil
}

// crowdServer is an installation with the crowd's accounts, and the server of their endpoints.
type crowdServer struct {
	*installation
	keys []string
	a    *arrivals
}

func newCrowdServer(ctx context.Context, o options, folder string, k *sink) (*crowdServer, error) {
	program := filepath.Join(o.bin, "syssecure")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}

	i, err := configure(ctx, program, folder, "[webhooks]\nallow_cidrs = [\"127.0.0.0/8\"]\n"+httpCarrier(k, o))
	if err != nil {
		return nil, err
	}

	s := &crowdServer{i, []string{i.key}, &arrivals{}}
	if err := s.a.listen(s.a.answer); err != nil {
		return nil, err
	}

	others, err := i.newAccounts(ctx, program, crowdAccounts-1)
	s.keys = append(s.keys, others...)

	return s, err
}

// makeEndpoints makes the endpoints, the first one at another address if one is given.
func (s *crowdServer) makeEndpoints(v *server, first string) (whe id.Webhook, err error) {
	for n := range crowdAccounts * crowdEndpoints {
		to := s.a.url + "/" + strconv.Itoa(n)
		if n == 0 && first != "" {
			to = first
		}

		v.key = s.keys[n/crowdEndpoints]
		var made struct{ ID string }
		if err := ask(v, http.MethodPost, "/v2/webhooks", `{"url":"`+to+`"}`, &made); err != nil {
			return whe, err
		}
		if n == 0 {
			if whe, err = id.ParseWebhook(made.ID); err != nil {
				return whe, err
			}
		}
	}

	return whe, nil
}

// send has each account send at its rate, however fast the server is, and returns how many deliveries count.
func (s *crowdServer) send(ctx context.Context, v *server) (n int, err error) {
	ctx, cancel := context.WithTimeout(ctx, crowdSlice)
	defer cancel()
	clients := &wires{addr: strings.TrimPrefix(v.url, "http://")}
	var all sync.WaitGroup
	var mu sync.Mutex
	one := func(account int) {
		failed := sendText(clients, s.keys[account])
		mu.Lock()
		defer mu.Unlock()
		err = errors.Join(err, failed)
		if n += crowdEndpoints; account == 0 {
			n -= crowdBad
		}
	}

	for account := range s.keys {
		all.Go(func() {
			time.Sleep(time.Duration(account) * time.Second / crowdRate / crowdAccounts) // not all at the same moment
			tick := time.NewTicker(time.Second / crowdRate)
			defer tick.Stop()
			for ctx.Err() == nil {
				all.Go(func() { one(account) })
				<-tick.C
			}
		})
	}
	all.Wait()
	clients.close()

	return n, err
}

func sendText(clients *wires, key string) error {
	c, err := clients.take()
	if err != nil {
		return err
	}

	status, answer, err := c.ask(textHead(clients.addr, key), `{"to":"`+nextNumber()+`","body":"`+benchText+`"}`)
	if err != nil {
		return err
	}

	clients.put(c)
	if status != http.StatusOK {
		return fmt.Errorf("syssecure answered %d %s", status, answer)
	}

	return nil
}

// compareCrowds runs two crowds in turn, the second with bad endpoints when bad is set, and returns the 99th percentile
// of each. It makes their endpoints unless they have them.
func compareCrowds(
	ctx context.Context, o options, both [2]*crowdServer, bad, haveEndpoints bool,
) (took [2]time.Duration, err error) {
	var servers [2]*server
	for i, s := range both {
		if servers[i], err = s.start(ctx, filepath.Join(o.bin, "syssecure")); err != nil {
			return took, err
		}
		defer servers[i].stop()
		if haveEndpoints {
			continue
		}
		if _, err = s.makeEndpoints(servers[i], ""); err != nil {
			return took, err
		}
	}

	for i, s := range both {
		s.a.begin(bad && i == 1)
	}

	var counted [2]int
	for range crowdSlices {
		for i, s := range both {
			n, err := s.send(ctx, servers[i])
			if err != nil {
				return took, err
			}
			counted[i] += n
		}
	}

	for i, s := range both {
		if took[i], err = s.a.end(ctx, counted[i]); err != nil {
			return took, err
		}
	}

	return took, nil
}

func newCrowdServers(ctx context.Context, o options, folder string, k *sink) (both [2]*crowdServer, err error) {
	for i := range both {
		if both[i], err = newCrowdServer(ctx, o, filepath.Join(folder, strconv.Itoa(i)), k); err != nil {
			return both, err
		}
	}
	return both, nil
}

func benchBadEndpoints(ctx context.Context, o options, folder string, k *sink) error {
	var ratios []float64
	for round := range o.rounds {
		both, err := newCrowdServers(ctx, o, filepath.Join(folder, strconv.Itoa(round)), k)
		if err != nil {
			return err
		}

		took, err := compareCrowds(ctx, o, both, true, false)
		if err != nil {
			return err
		}

		both[0].a.close()
		both[1].a.close()
		ratios = append(ratios, float64(took[1])/float64(took[0]))
		fmt.Printf("round %d  p99 from event to delivery: %.2f ms in a crowd of 100, "+
			"%.2f ms next to one that hangs and one that fails\n",
			round+1, float64(took[0])/1e6, float64(took[1])/1e6)
	}
	fmt.Printf("next to one that hangs and one that fails the other 98 take %.2f x in p99   (to reach ≤ 1.1)\n",
		median(ratios))

	return ctx.Err()
}

func benchDeadEndpoint(ctx context.Context, o options, folder string, k *sink) error {
	gone, err := freeAddress()
	if err != nil {
		return err
	}

	both, err := newCrowdServers(ctx, o, folder, k)
	if err != nil {
		return err
	}

	dead := "http://" + gone + "/hook"
	for i, s := range both {
		defer s.a.close()
		if err := s.prepare(ctx, o, dead, i*crowdRows); err != nil {
			return err
		}
	}

	var ratios []float64
	for round := range o.rounds {
		took, err := compareCrowds(ctx, o, both, false, true)
		if err != nil {
			return err
		}
		ratios = append(ratios, float64(took[1])/float64(took[0]))
		fmt.Printf("round %d  p99 from event to delivery: %.2f ms next to a dead endpoint, "+
			"%.2f ms when %d deliveries wait for it\n",
			round+1, float64(took[0])/1e6, float64(took[1])/1e6, crowdRows)
	}
	fmt.Printf("next to a dead endpoint with %d deliveries the others take %.2f x in p99   (to reach: no difference)\n",
		crowdRows, median(ratios))

	return ctx.Err()
}

// prepare makes the endpoints, the first of which is dead, and adds deliveries that wait for it.
func (s *crowdServer) prepare(ctx context.Context, o options, dead string, rows int) error {
	v, err := s.start(ctx, filepath.Join(o.bin, "syssecure"))
	if err != nil {
		return err
	}

	whe, err := s.makeEndpoints(v, dead)
	v.stop()
	if err != nil || rows == 0 {
		return err
	}

	return fillDeliveries(ctx, s.installation, whe, rows)
}
