package config

import (
	"reflect"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/guard"
)

const aLimit = "[[limit]]\nname = \"user\"\nkey = \"metadata.user_id\"\nmax = [\"5/10m\", \"20/24h\"]\n"

func TestLimits_Keyed(t *testing.T) {
	t.Parallel()
	builtin := []guard.Keyed{
		{Name: "client_ip", Key: "client_ip", Count: "sends", Max: []guard.Rate{{N: 10, Per: time.Hour}}},
		{
			Name: "client_ip_countries", Key: "client_ip", Count: "countries",
			Max: []guard.Rate{{N: 3, Per: 24 * time.Hour}},
		},
	}

	user := guard.Keyed{
		Name: "user", Key: "metadata.user_id", Count: "sends",
		Max: []guard.Rate{{N: 5, Per: 10 * time.Minute}, {N: 20, Per: 24 * time.Hour}},
	}
	for name, c := range map[string]struct {
		text string
		env  []string
		want []guard.Keyed
	}{
		"without": {want: builtin},
		"one":     {text: aLimit, want: append(builtin[:2:2], user)},
		"countries": {
			text: aLimit + "count = \"countries\"\n",
			want: append(builtin[:2:2], guard.Keyed{Name: "user", Key: user.Key, Count: "countries", Max: user.Max}),
		},
		"off": {
			text: "[limits]\nclient_ip = []\nclient_ip_countries = \"\"",
			want: []guard.Keyed{
				{Name: "client_ip", Key: "client_ip", Count: "sends", Max: []guard.Rate{}},
				{Name: "client_ip_countries", Key: "client_ip", Count: "countries", Max: []guard.Rate{}},
			},
		},
		"by the environment": {
			text: aLimit,
			env: []string{
				`SYSSECURE_LIMIT=[{"name":"all","key":"account","max":["100/1h"]}]`, "SYSSECURE_LIMITS_CLIENT_IP=2/1m",
			},
			want: []guard.Keyed{
				{Name: "client_ip", Key: "client_ip", Count: "sends", Max: []guard.Rate{{N: 2, Per: time.Minute}}},
				builtin[1],
				{Name: "all", Key: "account", Count: "sends", Max: []guard.Rate{{N: 100, Per: time.Hour}}},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := read(t, c.text, c.env...).KeyedLimits(); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestLimits_Problems(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]mistake{
		"empty": {
			text: "[[limit]]\n",
			want: []string{
				"f.toml:1: limit 1: name is missing",
				"f.toml:1: limit 1: key is missing",
				"f.toml:1: limit 1: max is missing",
			},
		},
		"unknown key": {
			text: aLimit + "maxx = 1\n",
			want: []string{`f.toml:5: limit "user": maxx is not a known key (did you mean "max"?)`},
		},
		"capitals": {
			text: with(aLimit, `"user"`, `"User"`),
			want: []string{`f.toml:2: limit "User": name must have 1 to 32 lower-case letters`},
		},
		"empty name": {
			text: with(aLimit, `"user"`, `""`),
			want: []string{`f.toml:2: limit 1: name must not be empty`},
		},
		"a built-in name": {
			text: with(aLimit, `"user"`, `"client_ip"`),
			want: []string{`f.toml:2: limit "client_ip": name belongs to a built-in limit`},
		},
		"twice": {
			text: aLimit + aLimit,
			want: []string{`f.toml:6: limit "user": name is already that of limit 1`},
		},
		"no such field": {
			text: with(aLimit, `"metadata.user_id"`, `"to"`),
			want: []string{`f.toml:3: limit "user": key must be client_ip, account or metadata.FIELD`},
		},
		"no field's name": {
			text: with(aLimit, `"metadata.user_id"`, `"metadata."`),
			want: []string{`f.toml:3: limit "user": key must be client_ip, account or metadata.FIELD`},
		},
		"key is a number": {
			text: with(aLimit, `"metadata.user_id"`, `5`),
			want: []string{`f.toml:3: limit "user": key must be a string`},
		},
		"count": {
			text: aLimit + "count = \"numbers\"\n",
			want: []string{`f.toml:5: limit "user": count must be sends or countries`},
		},
		"no rate": {
			text: with(aLimit, `"5/10m"`, `"5 in 10m"`),
			want: []string{`f.toml:4: limit "user": max (element 1) must be a rate such as "5/10m"`},
		},
		"no list": {
			text: with(aLimit, `["5/10m", "20/24h"]`, `"5/10m"`),
			want: []string{`f.toml:4: limit "user": max must be a list`},
		},
		"an empty rate": {
			text: with(aLimit, `"5/10m"`, `""`),
			want: []string{`f.toml:4: limit "user": max must have rates of 1…1000`},
		},
		"too many": {
			text: with(aLimit, `"5/10m"`, `"1001/10m"`),
			want: []string{`f.toml:4: limit "user": max must have rates of 1…1000 in at most 744h, has "1001/10m"`},
		},
		"too long": {
			text: with(aLimit, `"5/10m"`, `"5/745h"`),
			want: []string{`f.toml:4: limit "user": max must have rates of 1…1000 in at most 744h, has "5/745h"`},
		},
		"countries": {
			text: with(aLimit, `"5/10m"`, `"251/24h"`) + "count = \"countries\"\n",
			want: []string{`f.toml:4: limit "user": max must have rates of 1…250`},
		},
		"client_ip": {
			text: "[limits]\nclient_ip = [\"0/1h\"]",
			want: []string{`f.toml:2: limits.client_ip (element 1) must be a rate`},
		},
		"client_ip, all": {
			text: "[limits]\nclient_ip = [\"1001/1h\"]\nclient_ip_countries = [\"251/1h\"]",
			want: []string{
				`f.toml:2: limits.client_ip must have rates of 1…1000`,
				`f.toml:3: limits.client_ip_countries must have rates of 1…250`,
			},
		},
		"a week": {
			text: "[limits]\nsends_per_number = [\"5/168h\"]",
			want: []string{`f.toml:2: limits.sends_per_number must have windows of at most 24h, has "5/168h"`},
		},
		"endless rate": {
			text: "[limits]\nrequests_per_key = \"2000000/1s\"",
			want: []string{`f.toml:2: limits.requests_per_key must be at most 1000000 requests`},
		},
		"one table": {
			text: "[limit]\nname = \"user\"",
			want: []string{"f.toml:1: limit must be a list of tables, each written as [[limit]]"},
		},
	} {
		t.Run(name, c.test)
	}
}
