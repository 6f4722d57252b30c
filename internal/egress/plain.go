package egress

import "bytes"

// plainSuccess reads the head of the answer that nearly every delivery gets: a success of HTTP/1.1 with a short length, whose
// head has come whole. It gives the length of head and body together. Whatever is not plain, or not right, is left to
// net/http: a doubt here costs a microsecond, and a wrong guess would take a body for the next answer.
func plainSuccess(b []byte, err error) (status, length int, ok bool) {
	const begin = "HTTP/1.1 2"
	end := bytes.Index(b, []byte("\r\n\r\n"))
	if err != nil || end < len(begin)+3 || string(b[:len(begin)]) != begin || b[len(begin)+2] != ' ' {
		return 0, 0, false
	}
	ten, one := b[len(begin)]-'0', b[len(begin)+1]-'0'
	if ten > 9 || one > 9 || ten == 0 && one == 4 { // a 204 has no body, and so no length
		return 0, 0, false
	}
	body := -1
	lines := b[len(begin)+3 : end+2]
	for first := true; len(lines) > 0; first = false {
		n := bytes.IndexByte(lines, '\r')
		if n < 0 || n+1 >= len(lines) || lines[n+1] != '\n' || !visible(lines[:n]) {
			return 0, 0, false
		}
		line := lines[:n]
		if lines = lines[n+2:]; first {
			continue // the reason phrase
		}
		name, value, colon := bytes.Cut(line, []byte(":"))
		switch {
		case !colon || !plainName(name):
			return 0, 0, false
		case bytes.EqualFold(name, []byte("Content-Length")):
			if body >= 0 {
				return 0, 0, false
			}
			if body, ok = digits(bytes.TrimPrefix(value, []byte(" "))); !ok {
				return 0, 0, false
			}
		case bytes.EqualFold(name, []byte("Transfer-Encoding")), bytes.EqualFold(name, []byte("Connection")), bytes.EqualFold(name, []byte("Trailer")):
			return 0, 0, false
		}
	}
	return 200 + 10*int(ten) + int(one), end + 4 + body, body >= 0 && body <= readAnswer
}

// visible reports whether all of a line is printable ASCII.
func visible(line []byte) bool {
	for _, c := range line {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

// plainName reports whether a header's name is letters, digits and hyphens.
func plainName(name []byte) bool {
	for _, c := range name {
		if c != '-' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return len(name) > 0
}

// digits reads a number of one to six digits.
func digits(b []byte) (n int, ok bool) {
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int(c-'0')
	}
	return n, len(b) > 0 && len(b) <= 6
}
