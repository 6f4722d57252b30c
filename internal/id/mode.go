package id

// Mode separates real traffic from the sandbox. Nothing of one mode is visible in the other.
type Mode uint8

// The modes; the zero value is neither.
const (
	Live Mode = iota + 1
	Test
)

// String returns "live" or "test", as in a key's prefix.
func (m Mode) String() string {
	switch m {
	case Live:
		return "live"
	case Test:
		return "test"
	}
	return "none"
}
