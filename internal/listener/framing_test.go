package listener

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
)

func TestFraming(t *testing.T) {
	t.Parallel()
	const get, chunked = "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nTrailer: a\r\n\r\n"
	const length = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 30\r\n\r\nTransfer-Encoding: chunked\r\n\r\n"
	const twice = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
	for name, c := range map[string]struct {
		bytes       string
		heads, both int
	}{
		"one":               {bytes: get, heads: 1},
		"three in one read": {bytes: get + chunked + get, heads: 3},
		"both":              {bytes: twice, heads: 1, both: 1},
		"both, the other way round": {
			bytes: "POST / HTTP/1.1\r\nTRANSFER-ENCODING: chunked\r\nHost: a\r\ncontent-length:5\r\n\r\n", heads: 1,
			both: 1,
		},
		"both, line feeds": {
			bytes: "POST / HTTP/1.1\nContent-Length: 5\nTransfer-Encoding: x\n\n", heads: 1,
			both: 1,
		},
		"both, after others":        {bytes: get + length + chunked + twice, heads: 4, both: 4},
		"a body that looks like it": {bytes: length + get, heads: 2},
		"a chunk that looks like it": {
			bytes: "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n13\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" +
				get, heads: 2,
		},
		"a trailer that looks like it": {
			bytes: "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 5\r\n\r\n" + get,
			heads: 2,
		},
		"names that look like it": {
			bytes: "GET / HTTP/1.1\r\nX-Content-Length: 5\r\nTransfer-Encodings: x\r\nContent-Length-: 3\r\n\r\n" + get,
			heads: 2,
		},
		"empty lines between": {bytes: chunked + "\r\n\r\n" + get, heads: 2},
		"a very long line": {bytes: "GET /" + strings.Repeat("a", 5000) + " HTTP/1.1\r\nX: " +
			strings.Repeat("b", 5000) + "\r\n\r\n" + get, heads: 2},
		"an invalid length": {bytes: "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n" + get, heads: 1},
		"an invalid chunk":  {bytes: "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n" + get, heads: 1},
		"nothing":           {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for size := 1; size < 64; size++ {
				var f framing
				for b := c.bytes; b != ""; {
					n := min(size, len(b))
					f.feed([]byte(b[:n]))
					b = b[n:]
				}
				if f.heads != c.heads || f.both != c.both {
					t.Fatalf("by %d bytes: %d heads, both in %d; want %d, %d", size, f.heads, f.both, c.heads, c.both)
				}
			}
		})
	}
}

// FuzzFraming compares framing with net/http: it counts as many requests, and finds each one with both fields.
func FuzzFraming(f *testing.F) {
	for _, s := range []string{
		"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\nHost: a\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nGET / " +
			"HTTP/1.1\r\nHost: a\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
		"POST / HTTP/1.1\nHost: a\nContent-Length:\n 3\n\nabc",
	} {
		f.Add(s, uint8(7))
	}

	f.Fuzz(func(t *testing.T, s string, size uint8) {
		var f framing
		for b := []byte(s); len(b) > 0; {
			n := min(int(size)+1, len(b))
			f.feed(b[:n])
			b = b[n:]
		}

		read := &counter{r: iotest.OneByteReader(strings.NewReader(s))} // so that nothing is read ahead
		r, begin, found := bufio.NewReader(read), 0, false
		for n := 1; ; n++ {
			request, err := http.ReadRequest(r)
			if err != nil {
				return
			}
			if !request.ProtoAtLeast(1, 1) {
				return // HTTP/1.0 has no Transfer-Encoding
			}
			if f.heads < n && f.mode != lost {
				t.Fatalf("net/http reads request %d of %q; framing counted %d", n, s, f.heads)
			}

			found = found || both(s[begin:read.n-r.Buffered()])
			if f.heads >= n && f.ambiguous(n) != found {
				t.Fatalf("request %d of %q: ambiguous is %v", n, s, !found)
			}
			if _, err := io.Copy(io.Discard, request.Body); err != nil {
				return
			}
			begin = read.n - r.Buffered()
		}
	})
}

// counter counts what was read.
type counter struct {
	r io.Reader
	n int
}

func (c *counter) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += n
	return n, err
}

// both reads a head line by line.
func both(head string) bool {
	length, coding := false, false
	for line := range strings.Lines(head) {
		name, _, colon := strings.Cut(line, ":")
		length = length || colon && strings.EqualFold(name, "Content-Length")
		coding = coding || colon && strings.EqualFold(name, "Transfer-Encoding")
	}
	return length && coding
}

func BenchmarkFraming(b *testing.B) {
	request := []byte("POST /v2/otp/send HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: " +
		"Go-http-client/1.1\r\nContent-Length: 45\r\n" +
		"Authorization: Bearer sk_live_01234567_0123456789abcdef0123456789abcdef012345\r\nContent-Type: " +
		"application/json\r\nAccept-Encoding: gzip\r\n\r\n" +
		`{"to":"+32470123456","channels":["sms"]}     `)
	var f framing
	b.SetBytes(int64(len(request)))
	b.ReportAllocs()
	for b.Loop() {
		f.feed(request)
	}
	if f.mode == lost {
		b.Fatal("lost")
	}
}
