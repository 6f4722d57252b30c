package phone

import (
	"encoding/binary"
	"regexp/syntax"
	"slices"
	"strconv"
	"sync"
)

// A plan is the numbering plan of one region as an automaton over digits. libphonenumber tests a number against up to
// twenty regular expressions, each twice; here all of them are one table, so that a number costs one step for each
// digit. The plans of a calling code are made from the library's metadata when a number first needs them.
type plan struct {
	*territory
	next    [][10]uint16 // state, digit → state; state 0 is never left
	accepts []uint16     // the classes that each state accepts, as bits
	lengths [maxNational + 1]uint16
}

// maxNational is 15 digits without a calling code of one.
const maxNational = 14

// The classes of a plan: the general description, each type by its own number, and the first digits of the region.
const (
	general       = 0
	leadingDigits = 15
)

// ranked lists the types in the order in which overlapping ranges are decided. Fixed line and mobile come after them.
var ranked = [...]Type{PremiumRate, TollFree, SharedCost, VoIP, Personal, Pager, UAN, Voicemail}

// plansByCode holds the plans of each calling code. Each is filled when it is first needed, because building all of
// them takes longer than the whole start of the server; then it never changes.
var plansByCode [1000]struct {
	once  sync.Once
	plans []*plan
}

// describe looks up a number; digits is E.164 without its "+".
func describe(digits string) Info {
	code, plans := plansOf(digits)
	if code == 0 {
		return Info{}
	}
	info := Info{CallingCode: code}
	national := digits[codeLength(code):]
	for _, p := range plans {
		info.Possible = info.Possible || p.lengths[len(national)]&(1<<general) != 0
	}
	for _, p := range plans {
		classes := p.classes(national)
		kind := p.kind(classes)
		switch {
		case len(plans) == 1:
		case p.leading != "" && classes&(1<<leadingDigits) == 0:
			continue
		case p.leading == "" && kind == Unknown:
			continue
		}
		info.Country, info.Type, info.Valid = p.region, kind, kind != Unknown
		return info
	}

	return info
}

// plansOf finds the calling code that a number begins with, and its plans; no code is the beginning of another one.
func plansOf(digits string) (code int, plans []*plan) {
	for _, c := range []byte(digits[:3]) {
		code = 10*code + int(c-'0')
		entry := &plansByCode[code]
		entry.once.Do(func() { entry.plans = readPlans(code) })
		if entry.plans != nil {
			return code, entry.plans
		}
	}

	return 0, nil
}

func codeText(code int) string { return strconv.Itoa(code) }

func codeLength(code int) int {
	switch {
	case code < 10:
		return 1
	case code < 100:
		return 2
	}

	return 3
}

// classes runs the automaton. A class counts only when it has numbers of the length, which the patterns do not
// restrict; the first digits of a region are for any length.
func (p *plan) classes(national string) uint16 {
	state := uint16(1)
	for i := 0; i < len(national); i++ {
		state = p.next[state][national[i]-'0']
	}
	return p.accepts[state] & p.lengths[len(national)]
}

func (p *plan) kind(classes uint16) Type {
	has := func(t Type) bool { return classes&(1<<t) != 0 }
	if classes&(1<<general) == 0 {
		return Unknown
	}
	for _, t := range ranked {
		if has(t) {
			return t
		}
	}

	switch {
	case has(FixedLine) && has(Mobile):
		return FixedLineOrMobile
	case has(FixedLine):
		return FixedLine
	case has(Mobile):
		return Mobile
	}

	return Unknown
}

func readPlans(code int) (plans []*plan) {
	for _, t := range readTerritories(code) {
		plans = append(plans, newPlan(t))
	}
	return plans
}

func newPlan(t *territory) *plan {
	p := &plan{territory: t}
	b := builder{plan: p, states: map[string]uint16{}}
	for class, d := range t.descs {
		b.add(class, d.pattern)
		for length := range p.lengths {
			if len(d.lengths) == 0 || slices.Contains(d.lengths, length) {
				p.lengths[length] |= 1 << class
			}
		}
	}

	if p.leading != "" {
		b.add(leadingDigits, "(?:"+p.leading+`)\d*`)
		for length := range p.lengths {
			p.lengths[length] |= 1 << leadingDigits
		}
	}

	b.build()

	return p
}

// builder turns the patterns of a plan into its table by the subset construction. A state is the set of positions, in
// all patterns together, that the digits read so far lead to; a position is a pattern's index and an instruction.
type builder struct {
	plan    *plan
	progs   []*syntax.Prog
	classes []int
	states  map[string]uint16
	sets    [][]uint32
}

func (b *builder) add(class int, pattern string) {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if pattern == "" || err != nil {
		return
	}
	prog, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return
	}
	b.progs, b.classes = append(b.progs, prog), append(b.classes, class)
}

func (b *builder) build() {
	b.state(nil)
	var start []uint32
	for i, prog := range b.progs {
		start = b.follow(start, i, uint32(prog.Start))
	}
	b.state(start)
	for s := 1; s < len(b.sets); s++ {
		for digit := range 10 {
			b.plan.next[s][digit] = b.state(b.step(b.sets[s], rune('0'+digit)))
		}
	}
}

// state returns the number of a set; a new set gets the next one.
func (b *builder) state(set []uint32) uint16 {
	slices.Sort(set)
	set = slices.Compact(set)
	key := make([]byte, 0, 4*len(set))
	for _, position := range set {
		key = binary.LittleEndian.AppendUint32(key, position)
	}
	if s, ok := b.states[string(key)]; ok {
		return s
	}
	s := uint16(len(b.sets))
	b.states[string(key)] = s
	b.sets = append(b.sets, set)
	b.plan.next = append(b.plan.next, [10]uint16{})
	var accepts uint16
	for _, position := range set {
		i, pc := position>>24, position&0xFFFFFF
		if b.progs[i].Inst[pc].Op == syntax.InstMatch {
			accepts |= 1 << b.classes[i]
		}
	}

	b.plan.accepts = append(b.plan.accepts, accepts)
	return s
}

func (b *builder) step(set []uint32, digit rune) []uint32 {
	var out []uint32
	for _, position := range set {
		i, pc := int(position>>24), position&0xFFFFFF
		inst := &b.progs[i].Inst[pc]
		switch inst.Op {
		case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
			if inst.MatchRune(digit) {
				out = b.follow(out, i, inst.Out)
			}
		}
	}

	return out
}

// follow adds the positions that can be reached without reading a digit. Anchors are ignored, because a pattern always
// has to match the whole number.
func (b *builder) follow(set []uint32, i int, pc uint32) []uint32 {
	inst := &b.progs[i].Inst[pc]
	switch inst.Op {
	case syntax.InstAlt, syntax.InstAltMatch:
		return b.follow(b.follow(set, i, inst.Out), i, inst.Arg)
	case syntax.InstCapture, syntax.InstNop, syntax.InstEmptyWidth:
		return b.follow(set, i, inst.Out)
	}

	return append(set, uint32(i)<<24|pc)
}
