package speech

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// The formats of a WAV file that are read (RFC 2361).
const (
	wavLinear = 1
	wavA      = 6
	wavMu     = 7
)

var errWAV = errors.New("must be a WAV file of 8,000 samples a second and one channel: 16 bits linear, A-law or µ-law")

// readWAV returns the recording of a WAV file in µ-law. It goes by the chunks "fmt " and "data" and skips all others.
func readWAV(file []byte) ([]byte, error) {
	if len(file) < 12 || string(file[:4]) != "RIFF" || string(file[8:12]) != "WAVE" {
		return nil, errWAV
	}

	format := []byte(nil)
	for rest := file[12:]; len(rest) >= 8; {
		size := int(binary.LittleEndian.Uint32(rest[4:8]))
		name, body := string(rest[:4]), rest[8:]
		if size < 0 || size > len(body) {
			size = len(body) // programs that write to a pipe do not know the size
		}

		switch {
		case name == "fmt " && size >= 16:
			format = body[:size]
		case name == "data" && format != nil:
			return toMu(format, body[:size])
		}
		rest = body[min(size+size&1, len(body)):]
	}

	return nil, errWAV
}

// toMu turns the samples of a format into µ-law.
func toMu(format, data []byte) ([]byte, error) {
	kind, channels := binary.LittleEndian.Uint16(format), binary.LittleEndian.Uint16(format[2:])
	rate, bits := binary.LittleEndian.Uint32(format[4:]), binary.LittleEndian.Uint16(format[14:])
	if channels != 1 || rate != SampleRate || len(data) == 0 {
		return nil, fmt.Errorf("%w; it has %d samples a second and %d channels", errWAV, rate, channels)
	}

	switch {
	case kind == wavMu && bits == 8:
		return data, nil
	case kind == wavA && bits == 8:
		out := make([]byte, len(data))
		for i, a := range data {
			out[i] = encodeMu(decodeA(a))
		}
		return out, nil
	case kind == wavLinear && bits == 16 && len(data) >= 2:
		out := make([]byte, len(data)/2)
		for i := range out {
			out[i] = encodeMu(int16(binary.LittleEndian.Uint16(data[2*i:])))
		}
		return out, nil
	}

	return nil, errWAV
}
