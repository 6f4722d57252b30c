package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"

	"github.com/syssecure/syssecure/internal/webhook"
)

// The benchmark shares the machine with the servers that it measures. So where thousands of requests per second matter,
// its clients and its receiver have their own minimal HTTP/1.1: one goroutine per connection, one write per request or
// answer, and only the necessary parsing.

// wire is a client with its own connection.
type wire struct {
	conn net.Conn
	in   *bufio.Reader
	out  []byte
}

func dialWire(addr string) (*wire, error) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &wire{conn: c, in: bufio.NewReader(c)}, nil
}

// ask sends a request, to whose head it adds the length, and reads the answer.
func (w *wire) ask(head, body string) (status int, answer []byte, err error) {
	w.out = append(w.out[:0], head...)
	if body != "" {
		w.out = append(strconv.AppendInt(append(w.out, "Content-Length: "...), int64(len(body)), 10), "\r\n"...)
	}

	w.out = append(append(w.out, "\r\n"...), body...)
	if _, err := w.conn.Write(w.out); err != nil {
		return 0, nil, err
	}

	resp, err := http.ReadResponse(w.in, nil)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	answer, err = io.ReadAll(resp.Body)

	return resp.StatusCode, answer, err
}

// wires is a pool of clients.
type wires struct {
	addr string
	mu   sync.Mutex
	free []*wire
}

func (w *wires) take() (*wire, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if n := len(w.free); n > 0 {
		c := w.free[n-1]
		w.free = w.free[:n-1]
		return c, nil
	}

	return dialWire(w.addr)
}

func (w *wires) put(c *wire) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.free = append(w.free, c)
}

func (w *wires) close() {
	for _, c := range w.free {
		_ = c.conn.Close()
	}
}

// okAnswer is the answer of a receiver.
var okAnswer = []byte("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

// call is a request that a receiver got.
type call struct {
	path   string
	event  string // the delivery's, by its header
	length int    // of the body
	ends   bool   // the client wants the connection closed
}

// serveWire answers the requests of a connection until it ends, each with what got returns.
func serveWire(c net.Conn, got func(call) []byte) error {
	defer c.Close()
	in := bufio.NewReaderSize(c, 8<<10)
	for {
		if _, err := in.Peek(1); err != nil {
			return nil // a client may close between two requests
		}
		q, err := readCall(in)
		if err != nil {
			return err
		}
		if _, err := in.Discard(q.length); err != nil {
			return err
		}
		if _, err := c.Write(got(q)); err != nil || q.ends {
			return err
		}
	}
}

// readCall reads a request up to its body.
func readCall(in *bufio.Reader) (q call, err error) {
	first, err := in.ReadSlice('\n')
	if err != nil {
		return q, err
	}

	_, rest, _ := bytes.Cut(first, []byte(" "))
	path, _, ok := bytes.Cut(rest, []byte(" "))
	if !ok {
		return q, fmt.Errorf("not a request: %q", first)
	}

	q.path = string(path)
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return q, err
		}

		name, value, ok := bytes.Cut(bytes.TrimRight(line, "\r\n"), []byte(":"))
		if !ok {
			return q, nil
		}

		switch value = bytes.TrimSpace(value); {
		case bytes.EqualFold(name, []byte("Content-Length")):
			if q.length, err = strconv.Atoi(string(value)); err != nil {
				return q, err
			}
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			return q, errors.New("chunked requests are not supported")
		case bytes.EqualFold(name, []byte("Connection")):
			q.ends = bytes.EqualFold(value, []byte("close"))
		case bytes.EqualFold(name, []byte(webhook.HeaderEventID)):
			q.event = string(value)
		}
	}
}
