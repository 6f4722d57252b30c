package config

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/guard"
)

const aLimit = "[[limit]]\nname = \"user\"\nkey = \"metadata.user_id\"\nmax = [\"5/10m\", \"20/24h\"]\n"

func TestOwnLimits(t *testing.T) {
	t.Parallel()
	builtin := []guard.Keyed{
		{Name: "client_ip", Key: "client_ip", Count: "sends", Max: []guard.Rate{{N: 10, Per: time.Hour}}},
		{Name: "client_ip_countries", Key: "client_ip", Count: "countries", Max: []guard.Rate{{N: 3, Per: 24 * time.Hour}}},
	}

	user := guard.Keyed{Name: "user", Key: "metadata.user_id", Count: "sends", Max: []guard.Rate{{N: 5, Per: 10 * time.Minute}, {N: 20, Per: 24 * time.Hour}}}
	for name, c := range map[string]struct {
		text string
		env  []string
		want []guard.Keyed
	}{
		"without":   {"", nil, builtin},
		"one":       {aLimit, nil, append(builtin[:2:2], user)},
		"countries": {aLimit + "count = \"countries\"\n", nil, append(builtin[:2:2], guard.Keyed{Name: "user", Key: user.Key, Count: "countries", Max: user.Max})},
		"off":       {"[limits]\nclient_ip = []\nclient_ip_countries = \"\"", nil, []guard.Keyed{{Name: "client_ip", Key: "client_ip", Count: "sends", Max: []guard.Rate{}}, {Name: "client_ip_countries", Key: "client_ip", Count: "countries", Max: []guard.Rate{}}}},
		"by the environment": {
			aLimit,
			[]string{`SYSSECURE_LIMIT=[{"name":"all","key":"account","max":["100/1h"]}]`, "SYSSECURE_LIMITS_CLIENT_IP=2/1m"},
			[]guard.Keyed{
				{Name: "client_ip", Key: "client_ip", Count: "sends", Max: []guard.Rate{{N: 2, Per: time.Minute}}},
				builtin[1],
				{Name: "all", Key: "account", Count: "sends", Max: []guard.Rate{{N: 100, Per: time.Hour}}},
			},
		},
	} {
		if got := read(t, c.text, c.env...).KeyedLimits(); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %+v, want %+v", name, got, c.want)
		}
	}
}

func TestProblemsOfLimits(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]mistake{
		"empty":           {"[[limit]]\n", "", []string{"f.toml:1: limit 1: name is missing", "f.toml:1: limit 1: key is missing", "f.toml:1: limit 1: max is missing"}},
		"unknown key":     {aLimit + "maxx = 1\n", "", []string{`f.toml:5: limit "user": maxx is no key that is known here (did you mean "max"?)`}},
		"capitals":        {with(aLimit, `"user"`, `"User"`), "", []string{`f.toml:2: limit "User": name must have 1 to 32 small letters`}},
		"a taken name":    {with(aLimit, `"user"`, `"client_ip"`), "", []string{`f.toml:2: limit "client_ip": name is what answers call another limit`}},
		"twice":           {aLimit + aLimit, "", []string{`f.toml:6: limit "user": name is taken by limit 1`}},
		"no such field":   {with(aLimit, `"metadata.user_id"`, `"to"`), "", []string{`f.toml:3: limit "user": key must be client_ip, account or metadata.FIELD`}},
		"no field's name": {with(aLimit, `"metadata.user_id"`, `"metadata."`), "", []string{`f.toml:3: limit "user": key must be client_ip, account or metadata.FIELD`}},
		"key is a number": {with(aLimit, `"metadata.user_id"`, `5`), "", []string{`f.toml:3: limit "user": key must be a string`}},
		"count":           {aLimit + "count = \"numbers\"\n", "", []string{`f.toml:5: limit "user": count must be sends or countries`}},
		"no rate":         {with(aLimit, `"5/10m"`, `"5 in 10m"`), "", []string{`f.toml:4: limit "user": max (element 1) must be a rate such as "5/10m"`}},
		"no list":         {with(aLimit, `["5/10m", "20/24h"]`, `"5/10m"`), "", []string{`f.toml:4: limit "user": max must be a list`}},
		"an empty rate":   {with(aLimit, `"5/10m"`, `""`), "", []string{`f.toml:4: limit "user": max must have rates of 1…1000`}},
		"too many":        {with(aLimit, `"5/10m"`, `"1001/10m"`), "", []string{`f.toml:4: limit "user": max must have rates of 1…1000 in at most 744h, has "1001/10m"`}},
		"too long":        {with(aLimit, `"5/10m"`, `"5/745h"`), "", []string{`f.toml:4: limit "user": max must have rates of 1…1000 in at most 744h, has "5/745h"`}},
		"countries":       {with(aLimit, `"5/10m"`, `"251/24h"`) + "count = \"countries\"\n", "", []string{`f.toml:4: limit "user": max must have rates of 1…250`}},
		"client_ip":       {"[limits]\nclient_ip = [\"0/1h\"]", "", []string{`f.toml:2: limits.client_ip (element 1) must be a rate`}},
		"client_ip, all":  {"[limits]\nclient_ip = [\"1001/1h\"]\nclient_ip_countries = [\"251/1h\"]", "", []string{`f.toml:2: limits.client_ip must have rates of 1…1000`, `f.toml:3: limits.client_ip_countries must have rates of 1…250`}},
		"a week":          {"[limits]\nsends_per_number = [\"5/168h\"]", "", []string{`f.toml:2: limits.sends_per_number must have windows of at most 24h, has "5/168h"`}},
		"endless rate":    {"[limits]\nrequests_per_key = \"2000000/1s\"", "", []string{`f.toml:2: limits.requests_per_key must be at most 1000000 requests`}},
		"one table":       {"[limit]\nname = \"user\"", "", []string{"f.toml:1: limit must be a list of tables, each written as [[limit]]"}},
	} {
		var env []string
		if c.env != "" {
			env = []string{c.env}
		}

		_, err := parse("f.toml", []byte(c.text), env, built)
		var problems Problems
		if !errors.As(err, &problems) || len(problems) != len(c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
			continue
		}

		for i, want := range c.want {
			if !strings.HasPrefix(problems[i].String(), want) {
				t.Errorf("%s: got %q, want %q", name, problems[i], want)
			}
		}
	}
}
