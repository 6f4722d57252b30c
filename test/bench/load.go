package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// sink is the carrier: it accepts every message immediately and remembers the code for each number.
type sink struct {
	url    string
	server *http.Server
	codes  sync.Map
	ids    atomic.Int64
}

var code = regexp.MustCompile(`\b[0-9]{6}\b`)

func startSink() (*sink, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}

	s := &sink{url: "http://" + l.Addr().String() + "/"}
	s.server = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	go s.server.Serve(l)

	return s, nil
}

func (s *sink) close() { s.server.Close() }

func (s *sink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in struct{ To, Body string }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.codes.Store(in.To, code.FindString(in.Body))
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"id":"c%d"}`, s.ids.Add(1))
}

// figures are the results of one round.
type figures struct {
	pairs     float64 // per second
	cpu       time.Duration
	sendP99   time.Duration
	verifyP99 time.Duration
}

func (f figures) String() string {
	return fmt.Sprintf("%7.0f pairs/s  %6.1f µs CPU per pair  send p99 %6.2f ms  verify p99 %6.2f ms",
		f.pairs, float64(f.cpu)/1e3, float64(f.sendP99)/1e6, float64(f.verifyP99)/1e6)
}

var numbers atomic.Int64

// nextNumber makes valid Belgian mobile numbers, each once.
func nextNumber() string { return fmt.Sprintf("+3247%07d", numbers.Add(1)%10_000_000) }

// measure runs the clients against one server for o.duration.
func measure(ctx context.Context, s *server, k *sink, o options) (figures, error) {
	ctx, cancel := context.WithTimeout(ctx, o.duration)
	defer cancel()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: o.clients}}
	defer client.CloseIdleConnections()
	before, err := s.cpu()
	if err != nil {
		return figures{}, err
	}

	start := time.Now()
	sends, verifies := make([][]time.Duration, o.clients), make([][]time.Duration, o.clients)
	errs := make([]error, o.clients)
	var wg sync.WaitGroup
	for i := range o.clients {
		wg.Go(func() {
			for ctx.Err() == nil && errs[i] == nil {
				var a, b time.Duration
				if a, b, errs[i] = pair(client, s.forClient(i), k); errs[i] == nil {
					sends[i], verifies[i] = append(sends[i], a), append(verifies[i], b)
				}
			}
		})
	}

	wg.Wait()
	took := time.Since(start)
	after, err := s.cpu()
	if err := errors.Join(append(errs, err)...); err != nil {
		return figures{}, err
	}

	all, checks := slices.Concat(sends...), slices.Concat(verifies...)
	n := len(all)
	if n == 0 {
		return figures{}, errors.New("no pair was finished")
	}

	return figures{float64(n) / took.Seconds(), (after - before) / time.Duration(n), p99(all), p99(checks)}, nil
}

// measureInTurn measures two servers in turn, so that both have the same conditions.
func measureInTurn(ctx context.Context, o options, k *sink, a, b *server) (first, second []figures, err error) {
	for round := range o.rounds {
		for _, s := range []struct {
			server *server
			into   *[]figures
		}{{server: a, into: &first}, {server: b, into: &second}} {
			f, err := measure(ctx, s.server, k, o)
			if err != nil {
				return nil, nil, err
			}
			*s.into = append(*s.into, f)
			fmt.Printf("round %d  %-14s %s\n", round+1, s.server.name, f)
		}
	}

	return first, second, ctx.Err()
}

// crowd has clients repeat one call until ctx ends or one of them fails, and counts the calls.
func crowd(ctx context.Context, clients int, one func() error) (int64, error) {
	var done atomic.Int64
	errs := make([]error, clients)
	var wg sync.WaitGroup
	for i := range clients {
		wg.Go(func() {
			for ctx.Err() == nil && errs[i] == nil {
				if errs[i] = one(); errs[i] == nil {
					done.Add(1)
				}
			}
		})
	}
	wg.Wait()

	return done.Load(), errors.Join(errs...)
}

func p99(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)*99/100]
}

// pair sends a code and verifies it.
func pair(client *http.Client, s *server, k *sink) (send, verify time.Duration, err error) {
	to := nextNumber()
	var sent struct {
		OTPID  string `json:"otp_id"`
		Status string
	}

	begin := time.Now()
	err = post(client, s, "/v2/otp/send", `{"to":"`+to+`","channels":["sms"],"expires_in":300}`, &sent)
	if err != nil {
		return 0, 0, err
	}

	send = time.Since(begin)
	text, ok := k.codes.LoadAndDelete(to)
	if !ok || sent.Status != "sent" {
		return 0, 0, fmt.Errorf("%s: the carrier got nothing for %s (status %q)", s.name, to, sent.Status)
	}

	var verified struct{ Valid bool }
	begin = time.Now()
	body := `{"otp_id":"` + sent.OTPID + `","code":"` + text.(string) + `"}`
	if err := post(client, s, "/v2/otp/verify", body, &verified); err != nil {
		return 0, 0, err
	}
	if !verified.Valid {
		return 0, 0, fmt.Errorf("%s: the code of %s was not valid", s.name, sent.OTPID)
	}

	return send, time.Since(begin), nil
}

func post(client *http.Client, s *server, path, body string, out any) error {
	r, err := http.NewRequest(http.MethodPost, s.url+path, bytes.NewReader([]byte(body)))
	if err != nil {
		return err
	}

	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+s.key)
	resp, err := client.Do(r)
	if err != nil {
		return err
	}

	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %s %s", s.name, path, strconv.Itoa(resp.StatusCode), b)
	}

	return json.Unmarshal(b, out)
}

// ratios compares the figures of each round: b over a.
func ratios(a, b []figures) (cpu, pairs, sendP99 []float64) {
	for i := range b {
		cpu = append(cpu, float64(b[i].cpu)/float64(a[i].cpu))
		pairs = append(pairs, b[i].pairs/a[i].pairs)
		sendP99 = append(sendP99, float64(b[i].sendP99)/float64(a[i].sendP99))
	}
	return cpu, pairs, sendP99
}

// report prints the median ratios.
func report(floor, us []figures) {
	cpu, pairs, sendP99 := ratios(floor, us)
	fmt.Printf("server CPU per pair   %.2f x bare   (to reach ≤ 1.6, goal 1.25)\n", median(cpu))
	fmt.Printf("pairs per second      %.2f x bare   (to reach ≥ 0.6, goal 0.8)\n", median(pairs))
	fmt.Printf("p99 of a send         %.2f x bare   (to reach ≤ 3)\n", median(sendP99))
}

func median(v []float64) float64 {
	v = slices.Clone(v)
	slices.Sort(v)
	return v[len(v)/2]
}
