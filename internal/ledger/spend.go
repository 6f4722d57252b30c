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
// Hours and days are those of UTC, so a cap is exact and its end is known; within 60 minutes that are in two hours,
// twice the cap of an hour can be spent.
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

// CountryCaps are caps by country as "BE=5000,FR=1000,*=200"; "*" is every other country. They stay a string, because
// they are read only when credits are held, and few accounts have any.
type CountryCaps string

// Of is the cap of a country; false when it has none.
func (c CountryCaps) Of(country string) (limit int64, capped bool) {
	for pair := range strings.SplitSeq(string(c), ",") {
		name, value, _ := strings.Cut(pair, "=")
		if name == country || name == "*" && !capped {
			n, err := strconv.ParseInt(value, 10, 64)
			if limit, capped = n, err == nil; name == country {
				break
			}
		}
	}

	return limit, capped
}

// Map returns the caps by country.
func (c CountryCaps) Map() map[string]int64 {
	out := map[string]int64{}
	for pair := range strings.SplitSeq(string(c), ",") {
		if name, value, found := strings.Cut(pair, "="); found {
			out[name], _ = strconv.ParseInt(value, 10, 64) // ParseCountryCaps has checked it
		}
	}

	return out
}

// maxCap keeps the sums far below the largest int64.
const maxCap = 1_000_000_000_000

var countryPattern = regexp.MustCompile(`^([A-Z]{2}|001|\*)$`)

// ParseCountryCaps checks caps by country and returns them sorted, without spaces.
func ParseCountryCaps(s string) (CountryCaps, error) {
	const want = "must be like BE=5000,FR=1000,*=200: countries of two letters, * for every other one, and " +
		"credits a day"
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
			return "", fmt.Errorf("%s; %q is not a country", want, name)
		case name == "UK":
			return "", fmt.Errorf("%s; write GB for UK", want)
		case len(name) == 2 && !phone.IsRegion(name):
			return "", fmt.Errorf("%s; %q is not a country with phone numbers", want, name)
		case err != nil:
			return "", fmt.Errorf("%s; %s %w", want, name, err)
		case slices.Contains(names, name):
			return "", fmt.Errorf("%s; %s is in it twice", want, name)
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

// Spending is the state of an account's caps and of its alarm for low credits. Credits count as spent in the hour and
// day in which they were held, unless they are released or refunded.
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

// Capped is the cap that refuses a hold, as the command account set names it, and when it ends.
type Capped struct {
	Name  string
	Limit string
	Until time.Time
}

func hourOf(t time.Time) time.Time { return t.UTC().Truncate(time.Hour) }
func dayOf(t time.Time) time.Time  { return t.UTC().Truncate(24 * time.Hour) }

// Settle moves an hour or day of the future, which a clock that was ahead began, to that of now: what was spent in it
// still counts, and for no longer than that. changed says that the result has to be stored, even if the send is
// refused.
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

// startPeriods begins a new hour or day. A clock that steps back begins none, or the caps could be spent again.
func (w Spending) startPeriods(now time.Time) Spending {
	w, _ = w.Settle(now)
	if h := hourOf(now); h.After(w.Hour) {
		w.Hour, w.InHour = h, 0
	}
	if d := dayOf(now); d.After(w.Day) {
		w.Day, w.InDay, w.Countries = d, 0, nil
	}

	return w
}

// Spend counts a hold of amount for a message to the country, or returns the cap that refuses it. The returned Spending
// has to be stored in both cases.
func Spend(w Spending, c Caps, country string, amount int64, now time.Time) (Spending, Capped, bool) {
	w = w.startPeriods(now)
	limit, limited := c.Countries.Of(country)
	tomorrow := w.Day.Add(24 * time.Hour)
	switch {
	case c.Hour > 0 && w.InHour > c.Hour-amount:
		return w, Capped{CapHour, fmt.Sprintf("%s=%d", CapHour, c.Hour), w.Hour.Add(time.Hour)}, false
	case c.Day > 0 && w.InDay > c.Day-amount:
		return w, Capped{CapDay, fmt.Sprintf("%s=%d", CapDay, c.Day), tomorrow}, false
	case limited && w.spentOn(country) > limit-amount:
		return w, Capped{CapCountries, fmt.Sprintf("%s=%s=%d", CapCountries, country, limit), tomorrow}, false
	}

	w.InHour += amount
	w.InDay += amount
	if limited {
		w = w.addSpent(country, amount)
	}

	return w, Capped{}, true
}

// Unspend subtracts what was released or refunded of a hold. After the hour or day of the hold there is nothing to
// subtract: today's cap does not grow by what was spent yesterday.
func Unspend(w Spending, country string, amount int64, heldAt time.Time) Spending {
	if hourOf(heldAt).Equal(w.Hour) {
		w.InHour = max(0, w.InHour-amount)
	}
	if dayOf(heldAt).Equal(w.Day) {
		w.InDay = max(0, w.InDay-amount)
		w = w.addSpent(country, -amount)
	}

	return w
}

func (w Spending) spentOn(country string) int64 {
	if i := w.find(country); i >= 0 {
		return w.Countries[i].Spent
	}
	return 0
}

func (w Spending) find(country string) int {
	return slices.IndexFunc(w.Countries, func(s CountrySpend) bool { return s.Country == country })
}

// addSpent adds to a country's sum; a sum begins with a hold, never with a negative amount.
func (w Spending) addSpent(country string, amount int64) Spending {
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

// Low decides whether to report, after a movement, that the remaining credits are low: once when they are below the
// threshold, and again only after a grant raised them to it. Releases and refunds do not count, or every send around
// the threshold would be reported. A grant, also a negative one, is not reported, because the operator made it; the
// next hold is. A threshold of 0 reports nothing.
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
