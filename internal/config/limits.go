package config

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/setting"
)

// KeyedLimits are the limits of OTPs by a value of their request: those of client_ip in [limits], and every [[limit]].
func (c *Config) KeyedLimits() []guard.Keyed {
	return append([]guard.Keyed{
		{Name: guard.ClientIP, Key: guard.KeyClientIP, Count: guard.CountSends, Max: c.Limits.ClientIP},
		{
			Name: guard.ClientIPCountries, Key: guard.KeyClientIP, Count: guard.CountCountries,
			Max: c.Limits.ClientIPCountries,
		},
	}, c.Keyed...)
}

func limitKeys(l *guard.Keyed) []setting.Key {
	return []setting.Key{
		{
			Name: "name", To: &l.Name, Required: true, Example: `"user"`,
			Doc: "shown in answers: lower-case letters, digits, underscores",
		},
		{
			Name: "key", To: &l.Key, Required: true, Example: `"metadata.user_id"`,
			Doc: "client_ip, account, or a field of the request's metadata",
		},
		{Name: "count", To: &l.Count, Doc: "sends, or countries: the number of different ones"},
		{
			Name: "max", To: &l.Max, Required: true, Example: `["5/10m"]`, Doc: "all apply together; at most 1000 in 744h",
		},
	}
}

var limitName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,31}$`)

// builtInLimits are the names of limits that every server has, in what it answers.
var builtInLimits = []string{
	guard.SendsPerNumber, guard.SendGaps, guard.RequestsPerKey, guard.GuessBudget, guard.ClientIP,
	guard.ClientIPCountries, "in_flight",
}

func (r *reader) keyed(c *Config) {
	r.keyedRates("limits.client_ip", "limits.client_ip", guard.MaxCounted, c.Limits.ClientIP)
	r.keyedRates("limits.client_ip_countries", "limits.client_ip_countries", maxCountries, c.Limits.ClientIPCountries)
	for i, l := range c.Keyed {
		path, label := fmt.Sprintf("limit[%d]", i), limitLabel(i, l.Name)
		switch {
		case l.Name == "": // missing or not a string, which is reported
		case !limitName.MatchString(l.Name):
			r.problem(path+".name",
				"%sname must have 1 to 32 lower-case letters, digits and underscores and begin with a letter", label)
		case slices.Contains(builtInLimits, l.Name):
			r.problem(path+".name", "%sname belongs to a built-in limit; choose another", label)
		}

		first := slices.IndexFunc(c.Keyed, func(o guard.Keyed) bool { return o.Name == l.Name })
		if l.Name != "" && first < i {
			r.problem(path+".name", "%sname is already that of limit %d", label, first+1)
		}

		most := guard.MaxCounted
		if l.Count == guard.CountCountries {
			most = maxCountries
		}
		r.keyedRates(path+".max", label+"max", most, l.Max)
	}
}

// maxCountries is above the number of countries in the world.
const maxCountries = 250

func (r *reader) keyedRates(path, label string, most int, rates []guard.Rate) {
	for _, rate := range rates {
		if rate.N < 1 || rate.N > most || rate.Per > guard.MaxWindow {
			r.problem(path, "%s must have rates of 1…%d in at most 744h, has %q"+switchOff, label, most, rate)
		}
	}
}

func limitLabel(i int, name string) string {
	if name != "" {
		return fmt.Sprintf("limit %q: ", name)
	}
	return fmt.Sprintf("limit %d: ", i+1)
}
