package dashboard_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/api"
	"github.com/syssecure/syssecure/internal/hooks"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/template"
)

var (
	filterBar   = regexp.MustCompile(`(?s)<form class="filters".*?</form>`)
	filterField = regexp.MustCompile(`(?s)<select class="input" name="([^"]+)">(.*?)</select>|` +
		`<input class="input" name="([^"]+)" type="([^"]+)"`)
	filterOption = regexp.MustCompile(`<option value="([^"]+)"`)
	shownCall    = regexp.MustCompile(`curl '([^']+)'`)
)

// ownSearch are the lists that the screens search themselves: the API has no people and no list of routes, and gives
// all endpoints at once.
var ownSearch = []string{"/dashboard/users", "/dashboard/routes", "/team", "/webhooks"}

// sample is a value for a filter, and how the API's query has it.
func sample(name, kind string) (value, sent string) {
	switch {
	case kind == "tel":
		return "+32 470 12 34 56", "+32470123456"
	case kind == "datetime-local":
		return "2026-04-25T12:00:00+02:00", "2026-04-25T10:00:00Z"
	case kind == "date":
		return "2026-04-20", "2026-04-20"
	case name == "metadata":
		return "user_id=42", "42"
	case name == "country":
		return "be", "BE"
	case name == "key":
		return "key_ab12CD34", "key_ab12CD34"
	}
	return "zebra", "zebra"
}

// fieldsOf are the filters of a page with a value for each.
func fieldsOf(p page) (fields [][3]string) {
	for _, f := range filterField.FindAllStringSubmatch(filterBar.FindString(p.raw), -1) {
		if f[1] != "" { // a select, whose first option is every row
			value := filterOption.FindStringSubmatch(f[2])[1]
			fields = append(fields, [3]string{f[1], value, value})
			continue
		}
		value, sent := sample(f[3], f[4])
		fields = append(fields, [3]string{f[3], value, sent})
	}

	return fields
}

// parametersOf are the query parameters of the operation that a path of the API calls.
func parametersOf(t *testing.T, path string) (names []string) {
	t.Helper()
	var document struct {
		Paths map[string]map[string]struct {
			Parameters []struct{ Name, In string }
		}
	}
	if err := json.Unmarshal(api.JSON, &document); err != nil {
		t.Fatal(err)
	}

	for template, methods := range document.Paths {
		pattern := regexp.MustCompile(`\\\{[^/]+\\\}`).ReplaceAllString(regexp.QuoteMeta(template), "[^/]+")
		if !regexp.MustCompile("^" + pattern + "$").MatchString(path) {
			continue
		}
		for _, p := range methods["get"].Parameters {
			if p.In == "query" {
				names = append(names, p.Name)
			}
		}
	}

	return names
}

// Each filter of a screen is in the call of the API that the screen shows, also in the part that a script fetches.
func TestParity_Filters(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	endpoint, _, err := w.Hooks.Create(t.Context(), w.Live, hooks.NewEndpoint{URL: "https://example.com/hooks"}, nil)
	if err != nil {
		t.Fatal(err)
	}

	change := template.Change{Name: new("Login"), Translations: map[string]string{"en": "{{code}} is your code."}}
	once := func(ctx context.Context, keys []store.Key, change func(*store.Tx) (any, error)) error {
		_, err := w.Answers.Once(ctx, w.Live, nil, keys, change)
		return err
	}
	if _, err := w.Admin.CreateTemplate(t.Context(), w.Live, change, once); err != nil {
		t.Fatal(err)
	}

	lists := 0
	for _, row := range rows() {
		if row.Method != http.MethodGet || strings.HasSuffix(row.Path, "/live") || strings.HasSuffix(row.Path, ".csv") {
			continue
		}
		path := strings.NewReplacer("{account}", w.Account.String(), "{mode}", id.Live.String(), "{$}", "",
			"/webhooks/{id}", "/webhooks/"+endpoint.ID.String()).Replace(row.Path)
		fields := fieldsOf(w.operator.get(t, path))
		if len(fields) == 0 || slices.Contains(ownSearch, strings.TrimPrefix(path, w.at(id.Live, ""))) {
			continue
		}

		lists++
		t.Run(row.Path, func(t *testing.T) {
			for _, f := range fields {
				address := path + "?" + url.Values{f[0]: {f[1]}}.Encode()
				for _, headers := range [][]string{nil, {"X-Fragment", "rows"}} {
					p := w.operator.get(t, address, headers...).shows(t, 200)
					calls := shownCall.FindAllStringSubmatch(p.text, -1)
					if len(calls) == 0 {
						t.Fatalf("%s shows no call of the API with %v", address, headers)
					}
					w.holds(t, calls[len(calls)-1][1], f)
				}
			}
		})
	}
	if lists < 13 {
		t.Errorf("%d screens have filters", lists)
	}
}

// holds fails unless a call has the value of a filter in a parameter that the operation has.
func (w *world) holds(t *testing.T, call string, field [3]string) {
	t.Helper()
	u, err := url.Parse(call)
	if err != nil {
		t.Fatal(err)
	}

	known, found := parametersOf(t, u.Path), false
	for name, values := range u.Query() {
		plain, _, _ := strings.Cut(name, "[")
		if !slices.Contains(known, plain) {
			t.Errorf("%s has %s, which is no parameter of the operation", call, name)
		}
		found = found || slices.Contains(values, field[2])
	}
	if !found {
		t.Errorf("the filter %s is not in %s", field[0], call)
	}
}
