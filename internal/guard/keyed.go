package guard

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/clock"
)

// Names of the limits that are on by default, as in the configuration.
const (
	ClientIP          = "client_ip"
	ClientIPCountries = "client_ip_countries"
)

// MaxCounted is the largest N of a keyed limit: its log is one row, which every send that it counts reads and writes.
const MaxCounted = 1000

// MaxWindow is the longest window of a keyed limit.
const MaxWindow = 31 * 24 * time.Hour

// Key is the value of a request that a limit counts by: "client_ip", "account", or "metadata." and the name of a field.
type Key string

// The keys that are not fields of the metadata.
const (
	KeyClientIP Key = "client_ip"
	KeyAccount  Key = "account"
)

const metadataPrefix = "metadata."

// ParseKey reads a key. The name of the field after "metadata." may contain dots.
func ParseKey(s string) (Key, error) {
	field, ok := strings.CutPrefix(s, metadataPrefix)
	if Key(s) == KeyClientIP || Key(s) == KeyAccount || ok && field != "" && len(field) <= 64 {
		return Key(s), nil
	}
	return "", fmt.Errorf("must be client_ip, account or metadata.FIELD, such as \"metadata.user_id\", is %q", s)
}

// Counting is what a limit counts.
type Counting string

// What limits count.
const (
	CountSends     Counting = "sends"
	CountCountries Counting = "countries" // different countries that were sent to
)

// Keyed is a limit for each value of a key: each user, each address. It is exact, see Admit.
type Keyed struct {
	Name  string
	Key   Key
	Count Counting
	Max   []Rate // all apply; none is no limit
}

// Counted is one send that a limit counted: its time, and the country when countries are counted.
type Counted struct {
	At   time.Time
	Item string
}

// CorrectCounted is Settle for a keyed limit.
func CorrectCounted(counted []Counted, by time.Duration, now time.Time) (out []Counted, changed bool) {
	out = slices.Clone(counted)
	for i := range out {
		if out[i].At = out[i].At.Add(by); out[i].At.After(now.Add(clock.Skew)) {
			out[i].At = now
		}
	}

	slices.SortStableFunc(out, func(a, b Counted) int { return a.At.Compare(b.At) })
	same := slices.EqualFunc(out, counted, func(a, b Counted) bool { return a.Item == b.Item && a.At.Equal(b.At) })

	return out, !same
}

// Admit decides whether one more send is allowed. counted are the sends of the value so far; it returns them with this
// send, or the refusal. Of a country only the last send is kept, which is enough to know the countries of every window
// that ends now.
func (l Keyed) Admit(counted []Counted, country string, now time.Time) ([]Counted, Refusal, bool) {
	item := ""
	others := slices.Clone(counted)
	if l.Count == CountCountries {
		item = country
		others = slices.DeleteFunc(others, func(m Counted) bool { return m.Item == item })
	}

	// Another node's clock may be ahead, so they may be out of order.
	slices.SortStableFunc(others, func(a, b Counted) int { return a.At.Compare(b.At) })
	worst := Refusal{}
	for _, r := range l.Max {
		first := slices.IndexFunc(others, func(m Counted) bool { return m.At.Add(r.Per).After(now) })
		if first < 0 || len(others)-first < r.N {
			continue
		}
		if wait := notAfter(others[len(others)-r.N].At, now).Add(r.Per).Sub(now); wait > worst.After {
			worst = Refusal{Limit: r.String(), Name: l.Name, After: wait}
		}
	}

	if worst.After > 0 {
		return counted, worst, false
	}
	longest := l.Window()
	kept := slices.DeleteFunc(others, func(m Counted) bool { return !m.At.Add(longest).After(now) })

	return append(kept, Counted{At: now, Item: item}), Refusal{}, true
}

// Window is the longest window of the limit: after it a send no longer counts.
func (l Keyed) Window() (longest time.Duration) {
	for _, r := range l.Max {
		longest = max(longest, r.Per)
	}
	return longest
}

// Values are the values of a request that limits can count by.
type Values struct {
	Account  string
	ClientIP string // as Address gives it, "" when the request has none
	Metadata []byte // a JSON object, nil when there is none
}

// Of returns the value of each limit's key in the request, in the limits' order; "" where there is none, so that the
// limit does not count the request. Numbers and strings with the same text are one value: an application that sends 7
// and "7" means the same user.
func (v Values) Of(limits []Keyed) []string {
	var fields map[string]json.RawMessage
	out := make([]string, len(limits))
	for i, l := range limits {
		switch l.Key {
		case KeyClientIP:
			out[i] = v.ClientIP
		case KeyAccount:
			out[i] = v.Account
		default:
			if fields == nil && len(v.Metadata) > 0 && json.Unmarshal(v.Metadata, &fields) != nil {
				return out // it was checked to be an object before
			}
			out[i] = plainValue(fields[strings.TrimPrefix(string(l.Key), metadataPrefix)])
		}
	}

	return out
}

func plainValue(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil { // null leaves s empty
		return s
	}
	return string(raw)
}

var errAddress = errors.New("client_ip must be one IPv4 or IPv6 address, with or without a port; " +
	`write "client_ip": "203.0.113.7"`)

// nat64 are the internet's IPv4 addresses behind a translator (RFC 6052): all of them are in one /64.
var nat64 = netip.MustParsePrefix("64:ff9b::/96")

var broadcast = netip.AddrFrom4([4]byte{255, 255, 255, 255})

// Address reads an end user's address and returns the value to count by: an IPv4 address, or the /64 of an IPv6
// address, since one subscriber has at least a /64 and could use a new address for every request. An address that no
// other machine can have is an error: it is the application's own, so all its users would share one budget. Private
// addresses are allowed: users within a company have them.
func Address(s string) (string, error) {
	a, ok := readAddress(s)
	if !ok {
		return "", errAddress
	}

	if nat64.Contains(a) {
		b := a.As16()
		a = netip.AddrFrom4([4]byte(b[12:]))
	}

	if a.IsUnspecified() || a.IsLoopback() || a.IsMulticast() || a.IsLinkLocalUnicast() || a == broadcast {
		return "", fmt.Errorf("client_ip is %v, which no end user can have; send the address that your user's request "+
			"came from, and check your proxy", a)
	}

	if a.Is4() {
		return a.String(), nil
	}

	return netip.PrefixFrom(a, 64).Masked().String(), nil
}

// readAddress reads an address as frameworks and proxies write it: 192.0.2.1, 192.0.2.1:443, 2001:db8::1,
// [2001:db8::1], [2001:db8::1]:443. It drops the port, and the zone, which names an interface of the machine that wrote
// it. An IPv4 address within IPv6 is that IPv4 address.
func readAddress(s string) (netip.Addr, bool) {
	s = strings.TrimSpace(s)
	a, err := netip.ParseAddr(s)
	if err != nil {
		var with netip.AddrPort
		with, err = netip.ParseAddrPort(s)
		a = with.Addr()
	}

	if inner, ok := strings.CutPrefix(s, "["); err != nil && ok {
		inner, closed := strings.CutSuffix(inner, "]")
		if a, err = netip.ParseAddr(inner); !closed || a.Is4() {
			return netip.Addr{}, false
		}
	}

	return a.Unmap().WithZone(""), err == nil
}

// Remainder is what a rate still allows: how many requests now, and how long until there is one more.
type Remainder struct {
	Left int
	More time.Duration
}

// Remaining returns the space that Spend has left.
func Remaining(tat time.Time, r Rate, now time.Time) Remainder {
	if r.N == 0 {
		return Remainder{}
	}
	each := r.Per / time.Duration(r.N)
	ahead := tat.Sub(now)
	if ahead <= 0 {
		return Remainder{Left: r.N}
	}
	used := int((ahead + each - 1) / each)

	return Remainder{max(0, r.N-used), max(0, ahead-time.Duration(used-1)*each)}
}
