package config

import (
	"slices"

	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/setting"
)

// Numbers is [numbers]: prefixes for which the operator's word goes before the numbering plans, see phone.Policy.
type Numbers struct{ AlsoValid, Never []string }

// Policy is what the server keeps to.
func (n Numbers) Policy() phone.Policy { return phone.Policy{AlsoValid: n.AlsoValid, Never: n.Never} }

func (n *Numbers) keys() []setting.Key {
	return []setting.Key{{Name: "also_valid", To: &n.AlsoValid}, {Name: "never", To: &n.Never}}
}

// numbers checks the prefixes. An entry that could not have an effect is a mistake.
func (r *reader) numbers(n Numbers) {
	alsoValid := r.prefixes("numbers.also_valid", n.AlsoValid)
	never := r.prefixes("numbers.never", n.Never)

	for _, p := range alsoValid {
		if i := slices.IndexFunc(never, func(over string) bool { return phone.Overrules(over, p) }); i >= 0 {
			r.problem("numbers.also_valid", "numbers.also_valid has %q, whose numbers numbers.never refuses by %q; "+
				"take one of them out", p, never[i])
		}
		if code, refused := phone.NeverServed(p); refused {
			r.problem("numbers.also_valid", "numbers.also_valid has %q, and numbers of %s are never served: satellites, "+
				"international networks and international premium rate; take it out", p, code)
		}
	}
}

// prefixes checks a list by itself, and gives its good entries.
func (r *reader) prefixes(path string, list []string) (good []string) {
	for i, p := range list {
		switch {
		case !numberPrefix.MatchString(p):
			r.problem(path, "%s must have prefixes of + and digits, such as \"+8160\", has %q", path, p)
		case slices.Contains(list[:i], p):
			r.problem(path, "%s has %q twice; keep one", path, p)
		default:
			good = append(good, p)
		}
	}

	return good
}
