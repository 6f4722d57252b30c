package config

import (
	"slices"

	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/setting"
)

// Numbers is [numbers]: prefixes for which the operator overrules the numbering plans, see phone.Policy.
type Numbers struct{ AlsoValid, Never []string }

// Policy is the policy that phone numbers are checked with.
func (n Numbers) Policy() phone.Policy { return phone.Policy{AlsoValid: n.AlsoValid, Never: n.Never} }

func (n *Numbers) keys() []setting.Key {
	return []setting.Key{
		{
			Name: "also_valid", To: &n.AlsoValid,
			Doc: "such as +8160: prefixes that are accepted although the plans do not know them yet",
		},
		{Name: "never", To: &n.Never, Doc: "such as +88213: prefixes that are always refused, whatever the plans say"},
	}
}

// numbers checks the prefixes. An entry that could not have an effect is a mistake.
func (r *reader) numbers(n Numbers) {
	alsoValid := r.prefixes("numbers.also_valid", n.AlsoValid)
	never := r.prefixes("numbers.never", n.Never)

	for _, p := range alsoValid {
		if i := slices.IndexFunc(never, func(over string) bool { return phone.Overrules(over, p) }); i >= 0 {
			r.problem("numbers.also_valid", "numbers.also_valid has %q, but numbers.never refuses these numbers "+
				"by %q; remove one of them", p, never[i])
		}
		if code, refused := phone.NeverServed(p); refused {
			r.problem("numbers.also_valid", "numbers.also_valid has %q, but numbers of %s are never served: "+
				"satellites, international networks and international premium rate; remove it", p, code)
		}
	}
}

// prefixes checks one list, and returns its valid entries.
func (r *reader) prefixes(path string, list []string) (valid []string) {
	for i, p := range list {
		switch {
		case !numberPrefix.MatchString(p):
			r.problem(path, "%s must have prefixes of + and digits, such as \"+8160\", has %q", path, p)
		case slices.Contains(list[:i], p):
			r.problem(path, "%s has %q twice; keep one", path, p)
		default:
			valid = append(valid, p)
		}
	}

	return valid
}
