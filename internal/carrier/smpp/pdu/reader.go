package pdu

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
)

// Reader reads PDUs off a stream. It is not safe for concurrent use.
type Reader struct{ r *bufio.Reader }

// NewReader reads from r with a buffer for the longest PDU, which bounds the memory of a stream.
func NewReader(r io.Reader) *Reader { return &Reader{bufio.NewReaderSize(r, MaxLength)} }

// Next returns the next PDU. After a *DecodeError the stream goes on; ErrLength and the stream's own errors end it.
// io.EOF comes only between two PDUs.
func (r *Reader) Next() (PDU, error) {
	head, err := r.r.Peek(4)
	if err != nil {
		if len(head) > 0 && errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return PDU{}, err
	}

	length := binary.BigEndian.Uint32(head)
	if length < HeaderLength || length > MaxLength {
		return PDU{}, ErrLength
	}

	octets, err := r.r.Peek(int(length))
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return PDU{}, err
	}

	p, err := Decode(octets)
	// Discard cannot fail: Peek has just shown that the octets are there.
	_, _ = r.r.Discard(int(length))

	return p, err
}

// Idle reports whether the buffer is empty, so that a writer knows when to flush.
func (r *Reader) Idle() bool { return r.r.Buffered() == 0 }
