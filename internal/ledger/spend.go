package ledger

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/clock"
	"github.com/syssecure/syssecure/internal/phone"
)

// Caps are the most credits that an account may spend in an hour, in a day, and in a day on one country. 0 is no cap.
// Hours and days are those of UTC, so a cap is exact and its end can be told; over the turn of an hour twice the cap of
// an hour can be spent within 60 minutes.
type Caps struct {
	Hour, Day int64
	Countries CountryCaps
}

// Names of the caps, as account set takes them.
const (
	CapHour      = "spend_cap_hour"
	CapDay       = "spend_cap_day"
	CapCountries = "spend_cap_countries"
)

// CountryCaps are caps by country as "BE=5000,FR=1000,*=200"; "*" is every other country. The text is kept as it is: it
// is read only when credits are held, and few accounts have one.
type CountryCaps string

// Of is the cap of a country; false when it has none.
func (c CountryCaps) Of(country string) (most int64, capped bool) {
	for pair := range strings.SplitSeq(string(c), ",") {
		name, value, _ := strings.Cut(pair, "=")
		if name == country || name == "*" && !capped {
			n, err := strconv.ParseInt(value, 10, 64)
			if most, capped = n, err == nil; name == country {
				break
			}
		}
	}

	return most, capped
}

// Map gives the caps by country.
func (c CountryCaps) Map() map[string]int64 {
	out := map[string]int64{}
	for pair := range strings.SplitSeq(string(c), ",") {
		if name, value, found := strings.Cut(pair, "="); found {
			out[name], _ = strconv.ParseInt(value, 10, 64) // ParseCountryCaps let nothing else through
		}
	}
	return out
}

// maxCap keeps sums of what was spent far from the end of int64.
const maxCap = 1_000_000_000_000

var countryPattern = regexp.MustCompile(`^([A-Z]{2}|001|\*)$`)

// ParseCountryCaps checks caps by country and gives them sorted, without spaces.
func ParseCountryCaps(s string) (CountryCaps, error) {
	const want = "must be such as BE=5000,FR=1000,*=200: countries of two letters, * for every other one, and credits a day"
	if strings.TrimSpace(s) == "" {
		return "", nil
	}

	var pairs, names []string
	for pair := range strings.SplitSeq(s, ",") {
		name, value, _ := strings.Cut(pair, "=")
		name = strings.ToUpper(strings.TrimSpace(name))
		n, err := ParseCap(strings.TrimSpace(value))
		switch {
		case !countryPattern.MatchString(name):
			return "", fmt.Errorf("%s; %q is no country", want, name)
		case name == "UK":
			return "", fmt.Errorf("%s; UK is written GB", want)
		case len(name) == 2 && !phone.IsRegion(name):
			return "", fmt.Errorf("%s; %q is no country that has numbers", want, name)
		case err != nil:
			return "", fmt.Errorf("%s; %s %w", want, name, err)
		case slices.Contains(names, name):
			return "", fmt.Errorf("%s; %s stands there twice", want, name)
		}
		names, pairs = append(names, name), append(pairs, fmt.Sprintf("%s=%d", name, n))
	}
	slices.Sort(pairs)

	return CountryCaps(strings.Join(pairs, ",")), nil
}

// ParseCap reads a number of credits.
func ParseCap(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || n > maxCap {
		return 0, fmt.Errorf("must be a whole number of credits from 0 to %d", int64(maxCap))
	}
	return n, nil
}

// Spending is what has to be remembered of an account's spending: for the caps, and for the alarm of low credits. What
// counts as spent is what was held and neither released nor refunded, in the hour and day in which it was held.
type Spending struct {
	Hour, Day     time.Time // when the hour and day of the sums began
	InHour, InDay int64
	Countries     []CountrySpend // of the day, only countries with a cap
	// LowReported is the threshold below which credits were reported last; 0 = not since credits were added.
	LowReported int64
}

// CountrySpend is what was spent on a country in a day.
type CountrySpend struct {
	Country string
	Spent   int64
}

// Capped says which cap refuses, as account set takes it, and when it lets the next one through.
type Capped struct {
	Name  string
	Limit string
	Until time.Time
}

func hourOf(t time.Time) time.Time { return t.UTC().Truncate(time.Hour) }
func dayOf(t time.Time) time.Time  { return t.UTC().Truncate(24 * time.Hour) }

// Settle counts what was spent in an hour or day of the future, which a clock that was ahead began, in the one of now:
// it makes no room, and refuses for no longer than that. changed says that the watch has to be stored, also when it refuses.
func (w Spending) Settle(now time.Time) (out Spending, changed bool) {
	latest := now.Add(clock.Skew)
	if w.Hour.After(latest) {
		w.Hour, changed = hourOf(now), true
	}
	if w.Day.After(latest) {
		w.Day, changed = dayOf(now), true
	}

	return w, changed
}

// turn begins a new hour or day. A clock that steps back does not: it would make room that is not there.
func (w Spending) turn(now time.Time) Spending {
	w, _ = w.Settle(now)
	if h := hourOf(now); h.After(w.Hour) {
		w.Hour, w.InHour = h, 0
	}
	if d := dayOf(now); d.After(w.Day) {
		w.Day, w.InDay, w.Countries = d, 0, nil
	}

	return w
}

// Spend counts a hold of amount for a message to the country, or says which cap refuses it. What has to be stored is
// returned in both cases.
func Spend(w Spending, c Caps, country string, amount int64, now time.Time) (Spending, Capped, bool) {
	w = w.turn(now)
	most, limited := c.Countries.Of(country)
	tomorrow := w.Day.Add(24 * time.Hour)
	switch {
	case c.Hour > 0 && w.InHour > c.Hour-amount:
		return w, Capped{CapHour, fmt.Sprintf("%s=%d", CapHour, c.Hour), w.Hour.Add(time.Hour)}, false
	case c.Day > 0 && w.InDay > c.Day-amount:
		return w, Capped{CapDay, fmt.Sprintf("%s=%d", CapDay, c.Day), tomorrow}, false
	case limited && w.on(country) > most-amount:
		return w, Capped{CapCountries, fmt.Sprintf("%s=%s=%d", CapCountries, country, most), tomorrow}, false
	}

	w.InHour += amount
	w.InDay += amount
	if limited {
		w = w.onCountry(country, amount)
	}

	return w, Capped{}, true
}

// Unspend takes back what was released or refunded of a hold. Of an hour or day that is over, nothing is left to take
// back: what comes back today makes no room for more than today's cap.
func Unspend(w Spending, country string, amount int64, heldAt time.Time) Spending {
	if hourOf(heldAt).Equal(w.Hour) {
		w.InHour = max(0, w.InHour-amount)
	}
	if dayOf(heldAt).Equal(w.Day) {
		w.InDay = max(0, w.InDay-amount)
		w = w.onCountry(country, -amount)
	}

	return w
}

func (w Spending) on(country string) int64 {
	if i := w.find(country); i >= 0 {
		return w.Countries[i].Spent
	}
	return 0
}

func (w Spending) find(country string) int {
	return slices.IndexFunc(w.Countries, func(s CountrySpend) bool { return s.Country == country })
}

// onCountry adds to a country's sum; one that is not counted yet begins with a hold, never with what comes back.
func (w Spending) onCountry(country string, amount int64) Spending {
	i := w.find(country)
	switch {
	case i >= 0:
		w.Countries = slices.Clone(w.Countries)
		w.Countries[i].Spent = max(0, w.Countries[i].Spent+amount)
	case amount > 0:
		w.Countries = append(slices.Clip(w.Countries), CountrySpend{country, amount})
	}

	return w
}

// Low decides whether a movement that left credits is to be reported: once, when they are below the threshold, and again
// only after a grant lifted them to it. What holds give back does not count, or every send around the threshold would
// report. A grant, also one that takes back, is the operator's own doing and is not reported; the next hold is. A threshold
// of 0 reports nothing.
func Low(w Spending, kind Kind, credits, threshold int64) (Spending, bool) {
	if kind == Grant {
		if credits >= threshold {
			w.LowReported = 0
		}
		return w, false
	}
	if threshold <= 0 || credits >= threshold || w.LowReported == threshold {
		return w, false
	}
	w.LowReported = threshold

	return w, true
}
