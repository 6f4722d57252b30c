package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/setting"
)

// Carrier is one [[carrier]].
type Carrier struct {
	Kind string
	// Common has the settings of every kind, and Settings those of this one.
	Common   carrier.Common
	Settings carrier.Settings
}

func (c Carrier) channels() []message.Channel {
	if c.Settings == nil { // the kind is unknown, which is reported
		return nil
	}
	return c.Settings.Channels()
}

// serves reports whether a route may name the carrier for a channel.
func (c Carrier) serves(ch message.Channel) bool {
	channels := c.channels()
	return len(channels) == 0 || slices.Contains(channels, ch)
}

func joined[T fmt.Stringer](list []T, separator string) string {
	var words []string
	for _, v := range list {
		words = append(words, v.String())
	}
	return strings.Join(words, separator)
}

func namesOf(carriers []Carrier) (names []string) {
	for _, c := range carriers {
		names = append(names, c.Common.Name)
	}
	return names
}

func carrierLabel(name string) string { return fmt.Sprintf("carrier %q: ", name) }

// carrier reads and checks one carrier of a server, of which the public URL and the data folder are read already.
func (r *reader) carrier(path, label string, t map[string]any, server *Config) Carrier {
	if name, ok := t["name"].(string); ok && name != "" {
		label = carrierLabel(name)
	}

	var c Carrier
	kind := setting.Key{Name: "kind", To: &c.Kind, Required: true}
	given, there := t["kind"]
	wrong := kind.Set(given) // reported with the other keys
	factory, known := r.kinds[c.Kind]
	c.Common = factory.Common()
	c.Common.PublicURL, c.Common.Data = strings.TrimRight(server.PublicURL, "/"), server.Data
	keys := slices.Insert(c.Common.Keys(), 1, kind)
	if known {
		c.Settings = factory.NewSettings()
		keys = append(keys, c.Settings.Keys()...)
	}

	found := setting.Findings{Read: r.table(r.ownKeys(c.Kind, path, label, t, keys), path, label, keys, nil)}
	r.required(t, path, label, keys)
	if there && wrong == nil {
		r.kind(c.Kind, path, label)
	}
	c.Common.Check(c.channels(), &found)
	if known {
		c.Settings.Check(&c.Common, &found)
	}
	r.found(path, label, found)

	return c
}

// kind reports a kind that this program does not have.
func (r *reader) kind(kind, path, label string) {
	built := slices.Sorted(maps.Keys(r.kinds))
	switch {
	case slices.Contains(built, kind):
	case kind == "":
		r.problem(path+".kind", "%skind must not be empty; write %s", label, strings.Join(built, " or "))
	default:
		r.problem(path+".kind", "%skind must be %s, is %q%s",
			label, strings.Join(built, " or "), kind, setting.Nearest(kind, built))
	}
}

// ownKeys returns the table without keys that only other kinds have, and reports those.
func (r *reader) ownKeys(kind, path, label string, t map[string]any, keys []setting.Key) map[string]any {
	own := maps.Clone(t)
	owners := r.owners()
	for _, name := range slices.Sorted(maps.Keys(t)) {
		kinds := owners[name]
		mine := slices.ContainsFunc(keys, func(k setting.Key) bool { return k.Is(name) })
		if mine || kinds == nil {
			continue
		}

		delete(own, name)
		if _, known := r.kinds[kind]; known {
			r.problem(join(path, name), "%s%s belongs to kind %s, but this carrier is of kind %s",
				label, name, strings.Join(kinds, ", "), kind)
		}
	}

	return own
}

// owners returns the kinds that have a key, by the key's name.
func (r *reader) owners() map[string][]string {
	owners := map[string][]string{}
	for _, kind := range slices.Sorted(maps.Keys(r.kinds)) {
		for _, k := range r.kinds[kind].NewSettings().Keys() {
			for _, name := range k.Names() {
				owners[name] = append(owners[name], kind)
			}
		}
	}

	return owners
}

// carrierVariables returns the keys that variables of a carrier may set: those of its kind, and those of other kinds,
// which are reported later. The variable contains the carrier's name, so the name itself cannot be set.
func (r *reader) carrierVariables(t map[string]any) []setting.Key {
	kind, _ := t["kind"].(string)
	kinds := slices.Sorted(maps.Keys(r.kinds))
	if i := slices.Index(kinds, kind); i > 0 {
		kinds[0], kinds[i] = kinds[i], kinds[0]
	}

	keys := append((&carrier.Common{}).Keys()[1:], setting.Key{Name: "kind", To: new(string)})
	for _, other := range kinds {
		for _, k := range r.kinds[other].NewSettings().Keys() {
			if !slices.ContainsFunc(keys, func(o setting.Key) bool { return o.Name == k.Name }) {
				keys = append(keys, k)
			}
		}
	}

	return keys
}

// names reports carriers with the same name.
func (r *reader) names(carriers []Carrier) {
	names := namesOf(carriers)
	for i, name := range names {
		if first := slices.Index(names, name); name != "" && first < i {
			r.problem(fmt.Sprintf("carrier[%d].name", i), "%sname is already that of carrier %d",
				carrierLabel(name), first+1)
		}
	}
}

// found reports the findings of a table's checks.
func (r *reader) found(path, label string, found setting.Findings) {
	for _, p := range found.Problems {
		r.problem(join(path, p.Key), "%s%s", label, p.Text)
	}
	for _, w := range found.Warnings {
		r.warn(join(path, w.Key), "%s%s", label, w.Text)
	}
}
