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

// reader turns a tree of decoded values into a Config, and collects problems.
type reader struct {
	Sources
	kinds    map[string]carrier.Factory
	problems Problems
	warnings Problems
}

// byteOrderMark is what some editors put at the beginning of a file.
var byteOrderMark = []byte("\ufeff")

// decode parses a file. When it is not valid TOML, it reports where and returns nil. It does not check names and types:
// that is done for the file and the environment together, so that all problems are reported in one run.
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

// foreign are variables of the SDKs and of the command line.
var foreign = []string{"SYSSECURE_API_KEY", "SYSSECURE_BASE_URL", "SYSSECURE_CONFIG", "SYSSECURE_WEBHOOK_SECRET"}

// variable says where the value of an environment variable goes.
type variable struct {
	table     map[string]any
	path, key string
	secret    bool // also as key + "_file"
	ambiguous bool // the names of two carriers are the same in capitals
}

// overlay writes the environment into the tree, where it replaces values of the file.
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

	variables := r.variables(tree)
	for _, name := range slices.Sorted(maps.Keys(given)) {
		p, known := variables[name]
		switch {
		case !known:
			r.variableProblem(name, "unknown variable"+setting.Nearest(name, slices.Collect(maps.Keys(variables))))
		case p.ambiguous:
			r.variableProblem(name, "could mean two carriers; rename one of them")
		default:
			p.set(given[name])
			r.origin[join(p.path, p.key)] = name
		}
	}
}

func (r *reader) variableProblem(name, text string) {
	r.problems = append(r.problems, Problem{name, text, afterFile + 1})
}

func (r *reader) overlayList(tree map[string]any, list, name, value string) {
	decoder := json.NewDecoder(strings.NewReader(value))
	decoder.UseNumber()
	var tables []map[string]any
	if err := decoder.Decode(&tables); err != nil && value != "" {
		r.variableProblem(name, `must be a JSON list of objects, such as [{"channel":"sms"}]`)
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

// fromJSON converts numbers to the type that the TOML decoder uses.
func fromJSON(v any) any {
	if n, ok := v.(json.Number); ok {
		if i, err := n.Int64(); err == nil {
			return i
		}
		return n.String()
	}
	return v
}

// variables returns all variables that can be set, those of the tree's carriers included.
func (r *reader) variables(tree map[string]any) map[string]variable {
	out := map[string]variable{}
	add := func(table map[string]any, path, variablePrefix string, keys []setting.Key) {
		for _, k := range keys {
			p := variable{table: table, path: path, key: k.Name, secret: k.Secret()}
			names := []string{variablePrefix + variableName(k.Name)[len(prefix):]}
			if k.Secret() {
				names = append(names, names[0]+"_FILE")
			}

			for i, name := range names {
				q := p
				if i == 1 {
					q.key += "_file"
				}
				_, q.ambiguous = out[name]
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
			add(t, fmt.Sprintf("carrier[%d]", i), variableName("carrier_"+name)+"_", r.carrierVariables(t))
		}
	}

	return out
}

// set replaces a value and, for a secret, the other way of giving it.
func (p variable) set(value string) {
	if p.secret {
		base := strings.TrimSuffix(p.key, "_file")
		delete(p.table, base)
		delete(p.table, base+"_file")
	}
	p.table[p.key] = setting.Variable(value)
}

// variableName is the variable of a key, section or carrier: in capitals, with "_" for all but letters and digits.
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

// subtable returns a table of the tree, and adds it when it is missing. A value of another type stays, to be reported.
func subtable(tree map[string]any, name string) map[string]any {
	if t, ok := tree[name].(map[string]any); ok {
		return t
	}
	t := map[string]any{}
	if _, exists := tree[name]; !exists {
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
			r.problem(s.name, "%s must be a table, written as [%s], not a value", s.name, s.name)
		}
		delete(top, s.name)
	}

	for _, list := range lists {
		known = append(known, list)
		delete(top, list)
	}
	r.table(top, "", "", c.keys(), known) // before the lists: carriers know the public URL

	for _, list := range lists {
		tables, ok := asTables(tree[list])
		if !ok {
			r.problem(list, "%s must be a list of tables, each written as [[%s]]", list, list)
		}
		for i, t := range tables {
			r.listed(c, list, i, t)
		}
	}
}

func (r *reader) listed(c *Config, list string, i int, t map[string]any) {
	path, label := fmt.Sprintf("%s[%d]", list, i), fmt.Sprintf("%s %d: ", list, i+1)
	switch list {
	case "carrier":
		c.Carriers = append(c.Carriers, r.carrier(path, label, t, c))
	case "route":
		var one route.Rule
		r.listTable(t, path, label, routeKeys(&one))
		c.Routes = append(c.Routes, one)
	case "price":
		var one route.Price
		r.listTable(t, path, label, priceKeys(&one))
		c.Prices = append(c.Prices, one)
	case "cost":
		var one route.Cost
		r.listTable(t, path, label, costKeys(&one))
		c.Costs = append(c.Costs, one)
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

// listTable reads a table of a list, and reports missing keys.
func (r *reader) listTable(t map[string]any, path, label string, keys []setting.Key) {
	r.table(t, path, label, keys, nil)
	r.required(t, path, label, keys)
}

// table reads every value of a table, and returns the keys that could be read. elsewhere are names that are not
// keys of the table, but are not reported as unknown either.
func (r *reader) table(
	t map[string]any, path, label string, keys []setting.Key, elsewhere []string,
) (read map[string]bool) {
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

// unknown reports an unknown key, and names the one that was probably meant.
func (r *reader) unknown(path, label, name string, keys []setting.Key, names []string) {
	hint := setting.Nearest(name, names)
	for _, k := range keys {
		if slices.Contains(k.OtherNames, name) {
			hint = fmt.Sprintf(" (did you mean %q?)", k.Name)
		}
	}
	r.problem(path, "%s%s is not a known key%s", label, name, hint)
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

// required reports required keys that are given neither as a value nor as a file, and names that are empty: a table without
// a name is taken for one whose name is missing.
func (r *reader) required(t map[string]any, path, label string, keys []setting.Key) {
	for _, k := range keys {
		there := func(name string) bool { _, is := t[name]; return is }
		if k.Required && !slices.ContainsFunc(k.Names(), there) {
			r.problem(path, "%s%s is missing", label, k.Name)
		}
		if k.Name == "name" && t["name"] == "" {
			r.problem(path+".name", "%sname must not be empty", label)
		}
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
