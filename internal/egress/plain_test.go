package egress

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"testing"
)

func TestPlainSuccess(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string][2]int{
		"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n":                               {200, 38},
		"HTTP/1.1 202 \r\ncontent-length:5\r\nDate: x\r\n\r\nhello":                  {202, 49},
		"HTTP/1.1 200 OK\r\nDate: Tue, 01 Jan\r\nContent-Length: 2\r\n\r\n":          {200, 59}, // the body is still to come
		"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n":                       {},
		"HTTP/1.1 200 OK\r\n\r\n":                                                    {},
		"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n":                                   {},
		"HTTP/1.1 200 OK\nContent-Length: 0\n\n":                                     {},
		"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n":                               {},
		"HTTP/1.1 500 OK\r\nContent-Length: 0\r\n\r\n":                               {},
		"HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n":                              {},
		"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n":          {},
		"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nTRANSFER-ENCODING: chunked\r\n\r\n": {},
		"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n":          {},
		"HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n":                              {},
		"HTTP/1.1 200 OK\r\n Content-Length: 0\r\n\r\n":                              {},
		"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX\r\n\r\n":                          {},
		"HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\n":                              {},
		"HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\n":                            {},
		"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n":                          {},
		"HTTP/1.1 200 OK\r\nX: a\rb\r\nContent-Length: 0\r\n\r\n":                    {},
		"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: a\r\n b\r\n\r\n":                 {},
	} {
		status, length, ok := plainSuccess([]byte(answer), nil)
		if ok != (want != [2]int{}) || ok && [2]int{status, length} != want {
			t.Errorf("%q: %d, %d, %v, want %v", answer, status, length, ok, want)
		}
	}
	if _, _, ok := plainSuccess([]byte("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), io.EOF); ok {
		t.Error("an answer that could not be read was taken")
	}
}

// FuzzPlainSuccess: what is taken as plain, net/http reads as the same status and length, on a connection that stays.
func FuzzPlainSuccess(f *testing.F) {
	for _, s := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 202 A\r\nDate: x\r\nContent-Length: 3\r\nX-Y: z\r\n\r\nabcHTTP/1.1",
		"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		status, length, ok := plainSuccess(b, nil)
		if !ok {
			return
		}
		b = append(b, make([]byte, readAnswer)...) // the rest of the body
		in := bufio.NewReaderSize(bytes.NewReader(b), 16)
		r, err := http.ReadResponse(in, asked)
		if err != nil {
			t.Fatalf("%q: %v", b[:200], err)
		}
		body, err := io.ReadAll(r.Body)
		if err != nil || r.StatusCode != status || r.Close || int64(len(body)) != r.ContentLength || length != bytes.Index(b, []byte("\r\n\r\n"))+4+len(body) {
			t.Fatalf("%q: %d with %d bytes, close %v, %v; read as %d and %d", b[:200], r.StatusCode, len(body), r.Close, err, status, length)
		}
	})
}
