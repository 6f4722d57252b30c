package spelling

import (
	"strings"
	"testing"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	names := []string{"to", "channels", "expires_in", "length", "force_new", "client_ip"}
	for name, want := range map[string]string{
		"chanels": "channels", "channel": "channels", "Channels": "channels", "cahnnels": "channels",
		"expiresIn": "expires_in", "expires-in": "expires_in", "expire_in": "expires_in",
		"lenght": "length", //nolint:misspell // as people mistype it
		"To":     "to", "forceNew": "force_new", "clientip": "client_ip",
		"ip": "", "x": "", "": "", "tp": "", "phone": "", "ttl": "", strings.Repeat("length", 20): "",
	} {
		if got := Nearest(name, names); got != want {
			t.Errorf("%q is near %q, want %q", name, got, want)
		}
	}
}

// Of names that are equally near, the order of the list must not decide.
func TestNearest_AnyOrder(t *testing.T) {
	t.Parallel()
	names := []string{"carrier_c", "carrier_a", "carrier_b", "Carrier-A"}
	for range names {
		names = append(names[1:], names[0])
		for word, want := range map[string]string{
			"carrier_d": "Carrier-A", "carriera": "Carrier-A", "carrier_b": "carrier_b",
		} {
			if got := Nearest(word, names); got != want {
				t.Errorf("%q among %v: got %q, want %q", word, names, got, want)
			}
		}
	}
}

func FuzzDistance(f *testing.F) {
	f.Add("channels", "chanels")
	f.Add("", "a")
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(a) > 64 || len(b) > 64 {
			return
		}
		d := distance(a, b)
		if d != distance(b, a) || (d == 0) != (a == b) ||
			d > max(len(a), len(b)) || d < max(len(a), len(b))-min(len(a), len(b)) {
			t.Fatalf("%q and %q are %d apart", a, b, d)
		}
	})
}
