package listener

import (
	"bytes"
	"math"
	"strconv"
)

// framing follows HTTP/1 requests through the bytes of a connection (RFC 9112) to find heads with both Content-Length
// and Transfer-Encoding. It is a state machine without I/O, and copies at most the beginning of a line that is split
// between reads. At bytes that it cannot follow it stops: from there on heads are not counted.
type framing struct {
	heads int // complete heads so far
	both  int // the number of the first head with both fields; 0 = none

	mode   mode
	skip   int64         // remaining bytes of a body or a chunk
	start  [maxLine]byte // the beginning of a split line
	kept   int           // how many bytes of start are used
	long   bool          // the line is longer than start
	length int64
	fields fields
}

// mode is what the next bytes are.
type mode uint8

const (
	inStart   mode = iota // a request's first line, or the empty ones before it
	inHead                // fields
	inBody                // a body of Content-Length bytes
	inSize                // a chunk's size
	inChunk               // its bytes
	inEnd                 // the empty line after it
	inTrailer             // fields after the last chunk
	lost
)

// fields are the fields of a head that frame its body.
type fields uint8

const (
	hasLength fields = 1 << iota
	hasCoding
)

// maxLine is how much of a line is read: a name with its value, or a chunk's size.
const maxLine = 48

// ambiguous reports whether the n-th request (from 1) or one before it has both fields.
func (f *framing) ambiguous(n int) bool { return f.both != 0 && n >= f.both }

// feed reads the next bytes.
func (f *framing) feed(b []byte) {
	for len(b) > 0 && f.mode != lost {
		if f.mode == inBody || f.mode == inChunk {
			n := min(f.skip, int64(len(b)))
			b, f.skip = b[n:], f.skip-n
			switch {
			case f.skip > 0:
			case f.mode == inBody:
				f.mode = inStart
			default:
				f.mode = inEnd
			}
			continue
		}

		end := bytes.IndexByte(b, '\n')
		if end < 0 {
			f.keep(b)
			return
		}

		line := b[:end]
		if f.kept > 0 || f.long {
			f.keep(line)
			line = f.start[:f.kept]
		}
		b = b[end+1:]
		f.line(bytes.TrimSuffix(line, []byte("\r")))
		f.kept, f.long = 0, false
	}
}

// keep stores the beginning of a line that has not ended yet.
func (f *framing) keep(b []byte) {
	n := copy(f.start[f.kept:], b)
	f.kept += n
	f.long = f.long || n < len(b)
}

// line reads a whole line, or its first maxLine bytes.
func (f *framing) line(line []byte) {
	empty := len(line) == 0 && !f.long
	switch f.mode {
	case inStart:
		if !empty {
			f.mode, f.fields, f.length = inHead, 0, 0
		}
	case inHead:
		if !empty {
			f.field(line)
			return
		}
		f.endHead()
	case inSize:
		f.chunk(line)
	case inEnd:
		if f.mode = inSize; !empty {
			f.mode = lost
		}
	case inTrailer:
		if empty {
			f.mode = inStart
		}
	case inBody, inChunk, lost: // these have no lines
	}
}

// endHead counts a head and decides how its body is framed.
func (f *framing) endHead() {
	f.heads++
	if f.fields == hasLength|hasCoding && f.both == 0 {
		f.both = f.heads
	}

	switch {
	case f.fields&hasCoding != 0:
		f.mode = inSize
	case f.length < 0:
		f.mode = lost
	case f.length > 0:
		f.mode, f.skip = inBody, f.length
	default:
		f.mode = inStart
	}
}

var contentLength, transferEncoding = []byte("Content-Length"), []byte("Transfer-Encoding")

// field reads a line of a head.
func (f *framing) field(line []byte) {
	switch {
	case named(line, contentLength):
		f.fields |= hasLength
		n, err := strconv.ParseInt(string(bytes.TrimSpace(line[len(contentLength)+1:])), 10, 64)
		if err != nil || n < 0 || f.long {
			n = -1 // invalid, or on a folded line, which net/http may accept
		}
		f.length = n
	case named(line, transferEncoding):
		f.fields |= hasCoding
	}
}

// named compares only when the colon is in the right place, which is cheaper.
func named(line, name []byte) bool {
	return len(line) > len(name) && line[len(name)] == ':' && bytes.EqualFold(line[:len(name)], name)
}

// chunk reads a chunk's size.
func (f *framing) chunk(line []byte) {
	size, _, _ := bytes.Cut(line, []byte(";"))
	n, err := strconv.ParseUint(string(bytes.TrimSpace(size)), 16, 63)
	switch {
	case err != nil || n > math.MaxInt64-2:
		f.mode = lost
	case n == 0:
		f.mode = inTrailer
	default:
		f.mode, f.skip = inChunk, int64(n)
	}
}
