package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/setting"
)

// reader turns a tree of decoded values into a Config and collects what is wrong on the way.
type reader struct {
	Sources
	kinds    map[string]carrier.Factory
	problems Problems
	warnings Problems
}

// byteOrderMark is what some editors put before a text.
var byteOrderMark = []byte("\ufeff")

// decode reads the text of a file. When it is not TOML, it gives nil and reports where it stops being so. All values are
// taken as they are: the table of keys judges their names and types, those of the environment included, so that all
// problems are reported at once.
func (r *reader) decode(data []byte) map[string]any {
	data = bytes.TrimPrefix(data, byteOrderMark)
	tree := map[string]any{}
	err := toml.Unmarshal(data, &tree)
	var syntax *toml.DecodeError
	switch {
	case errors.As(err, &syntax):
		line, column := syntax.Position()
		r.problems = Problems{{
			Where: fmt.Sprintf("%s:%d", r.file, line),
			Text: fmt.Sprintf("the file is not valid TOML from column %d on: %s",
				column, strings.TrimPrefix(syntax.Error(), "toml: ")),
		}}
		return nil
	case err != nil:
		r.problems = Problems{{Where: r.file, Text: err.Error()}}
		return nil
	}
	r.lines = findLines(data)

	return tree
}

const prefix = "SYSSECURE_"

// foreign variables belong to the SDKs and to the command line.
var foreign = []string{"SYSSECURE_API_KEY", "SYSSECURE_BASE_URL", "SYSSECURE_CONFIG", "SYSSECURE_WEBHOOK_SECRET"}

// place is where a variable's value goes.
type place struct {
	table     map[string]any
	path, key string
	secret    bool // also as key + "_file"
	twice     bool // two carriers' names read alike in capitals
}

// overlay writes the environment into the tree, over what the file says.
func (r *reader) overlay(tree map[string]any, env []string) {
	given := map[string]string{}
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		if strings.HasPrefix(name, prefix) && !slices.Contains(foreign, name) {
			given[name] = value
		}
	}

	for _, list := range lists {
		name := variableName(list)
		if value, ok := given[name]; ok {
			r.overlayList(tree, list, name, value)
			delete(given, name)
		}
	}

	places := r.places(tree)
	for _, name := range slices.Sorted(maps.Keys(given)) {
		p, known := places[name]
		switch {
		case !known:
			r.problems = append(r.problems, Problem{name, "is no variable of this server" +
				setting.Nearest(name, slices.Collect(maps.Keys(places))), afterFile + 1})
		case p.twice:
			r.problems = append(r.problems, Problem{name, "could mean two carriers; rename one of them", afterFile + 1})
		default:
			p.set(given[name])
			r.origin[join(p.path, p.key)] = name
		}
	}
}

func (r *reader) overlayList(tree map[string]any, list, name, value string) {
	decoder := json.NewDecoder(strings.NewReader(value))
	decoder.UseNumber()
	var tables []map[string]any
	if err := decoder.Decode(&tables); err != nil && value != "" {
		r.problems = append(r.problems, Problem{name, `must be a JSON list of objects, such as [{"channel":"sms"}]`, afterFile + 1})
		return
	}

	for _, t := range tables {
		for k, v := range t {
			t[k] = fromJSON(v)
		}
	}
	tree[list] = tables
	r.origin[list] = name
}

// fromJSON gives numbers the type that TOML would give them.
func fromJSON(v any) any {
	if n, ok := v.(json.Number); ok {
		if i, err := n.Int64(); err == nil {
			return i
		}
		return n.String()
	}
	return v
}

// places lists every variable that has a meaning with the carriers of the tree.
func (r *reader) places(tree map[string]any) map[string]place {
	out := map[string]place{}
	add := func(table map[string]any, path, variablePrefix string, keys []setting.Key) {
		for _, k := range keys {
			p := place{table: table, path: path, key: k.Name, secret: k.Secret()}
			names := []string{variablePrefix + variableName(k.Name)[len(prefix):]}
			if k.Secret() {
				names = append(names, names[0]+"_FILE")
			}

			for i, name := range names {
				q := p
				if i == 1 {
					q.key += "_file"
				}
				_, q.twice = out[name]
				out[name] = q
			}
		}
	}

	c := &Config{}
	add(tree, "", prefix, c.keys())
	for _, s := range c.sections() {
		add(subtable(tree, s.name), s.name, variableName(s.name)+"_", s.keys)
	}

	tables, _ := asTables(tree["carrier"])
	for i, t := range tables {
		if name, ok := t["name"].(string); ok {
			// The name is what finds the carrier, so it is no key here.
			add(t, fmt.Sprintf("carrier[%d]", i), variableName("carrier_"+name)+"_", r.carrierVariables(t))
		}
	}

	return out
}

// set replaces a value and, for a secret, the other way of giving it.
func (p place) set(value string) {
	if p.secret {
		base := strings.TrimSuffix(p.key, "_file")
		delete(p.table, base)
		delete(p.table, base+"_file")
	}
	p.table[p.key] = setting.Variable(value)
}

// variableName is the variable of a key, section or carrier: capitals, and "_" for whatever is no letter or digit.
func variableName(s string) string {
	return prefix + strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z':
			return c - 'a' + 'A'
		case c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
			return c
		}
		return '_'
	}, s)
}

// subtable returns a table of the tree, made when it is missing; of a wrong type it stays as it is, to be reported.
func subtable(tree map[string]any, name string) map[string]any {
	if t, ok := tree[name].(map[string]any); ok {
		return t
	}
	t := map[string]any{}
	if _, taken := tree[name]; !taken {
		tree[name] = t
	}

	return t
}

func asTables(v any) ([]map[string]any, bool) {
	switch v := v.(type) {
	case nil:
		return nil, true
	case []map[string]any:
		return v, true
	case []any:
		var out []map[string]any
		for _, item := range v {
			t, ok := item.(map[string]any)
			if !ok {
				return nil, false
			}
			out = append(out, t)
		}
		return out, true
	}

	return nil, false
}

func (r *reader) config(c *Config, tree map[string]any) {
	var known []string
	top := maps.Clone(tree)
	for _, s := range c.sections() {
		known = append(known, s.name)
		if table, ok := tree[s.name].(map[string]any); ok {
			r.table(table, s.name, s.name+".", s.keys, nil)
		} else if _, there := tree[s.name]; there {
			r.problem(s.name, "%s must be a table, written as [%s], is a value", s.name, s.name)
		}
		delete(top, s.name)
	}

	for _, list := range lists {
		known = append(known, list)
		tables, ok := asTables(tree[list])
		if !ok {
			r.problem(list, "%s must be a list of tables, each written as [[%s]]", list, list)
		}

		for i, t := range tables {
			r.listed(c, list, i, t)
		}
		delete(top, list)
	}
	r.table(top, "", "", c.keys(), known)
}

func (r *reader) listed(c *Config, list string, i int, t map[string]any) {
	path, label := fmt.Sprintf("%s[%d]", list, i), fmt.Sprintf("%s %d: ", list, i+1)
	switch list {
	case "carrier":
		c.Carriers = append(c.Carriers, r.carrier(path, label, t))
	case "route":
		var one route.Rule
		r.listTable(t, path, label, routeKeys(&one))
		c.Routes = append(c.Routes, one)
	case "price":
		var one route.Price
		r.listTable(t, path, label, priceKeys(&one))
		c.Prices = append(c.Prices, one)
	case "test_number":
		var one TestNumber
		r.listTable(t, path, label, one.keys())
		r.testNumber(one, path, label, t)
		c.TestNumbers = append(c.TestNumbers, one)
	case "limit":
		one := guard.Keyed{Count: guard.CountSends}
		name, _ := t["name"].(string)
		label = limitLabel(i, name)
		r.listTable(t, path, label, limitKeys(&one))
		c.Keyed = append(c.Keyed, one)
	}
}

// listTable assigns every value of a table in a list, and reports what is missing.
func (r *reader) listTable(t map[string]any, path, label string, keys []setting.Key) {
	r.table(t, path, label, keys, nil)
	r.required(t, path, label, keys)
}

// table assigns every value of a table, and gives the keys that could be read. Names that are known elsewhere only serve
// the hint for an unknown key.
func (r *reader) table(t map[string]any, path, label string, keys []setting.Key, elsewhere []string) (read map[string]bool) {
	read = map[string]bool{}
	names := slices.Clone(elsewhere)
	for _, k := range keys {
		names = append(names, k.Name)
		v, there := t[k.Name]
		if there {
			err := k.Set(v)
			if err != nil {
				r.problem(join(path, k.Name), "%s%s %v", label, k.Name, err)
			}
			read[k.Name] = err == nil
		}

		if p, ok := k.To.(*secret.String); ok {
			names = append(names, k.Name+"_file")
			if file, ok := t[k.Name+"_file"]; ok {
				r.secretFile(p, join(path, k.Name+"_file"), label, k.Name, file, there)
			}
		}
	}

	for _, name := range slices.Sorted(maps.Keys(t)) {
		if !slices.Contains(names, name) {
			r.unknown(join(path, name), label, name, keys, names)
		}
	}

	return read
}

// unknown reports a key that no table has, and names the one that was probably meant.
func (r *reader) unknown(path, label, name string, keys []setting.Key, names []string) {
	hint := setting.Nearest(name, names)
	for _, k := range keys {
		if slices.Contains(k.OtherNames, name) {
			hint = fmt.Sprintf(" (did you mean %q?)", k.Name)
		}
	}
	r.problem(path, "%s%s is no key that is known here%s", label, name, hint)
}

func (r *reader) secretFile(to *secret.String, path, label, name string, v any, both bool) {
	var file string
	if err := (setting.Key{To: &file}).Set(v); err != nil {
		r.problem(path, "%s%s_file %v", label, name, err)
		return
	}

	data, err := os.ReadFile(file)
	switch text := bytes.TrimRight(data, "\r\n"); {
	case both:
		r.problem(path, "%s%s and %s_file are both given; keep one", label, name, name)
	case err != nil:
		r.problem(path, "%s%s_file cannot be read: %v", label, name, err)
	case len(text) == 0:
		r.problem(path, "%s%s_file: %s is empty", label, name, file)
	default:
		*to = secret.NewString(string(text))
	}
}

// required reports keys that have to be given, with a value or a file.
func (r *reader) required(t map[string]any, path, label string, keys []setting.Key) {
	for _, k := range keys {
		there := func(name string) bool { _, is := t[name]; return is }
		if k.Required && !slices.ContainsFunc(k.Names(), there) {
			r.problem(path, "%s%s is missing", label, k.Name)
		}
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
