package message

import (
	"slices"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/id"
)

// simulation is a message that inputs are played on, with what has to hold of it at any time.
type simulation struct {
	t           *testing.T
	m           Message
	now         time.Time
	spent, held int64
	copies      []time.Time  // that the number's limits count
	final       map[int]bool // steps that were accepted or rejected by their carrier
	down        []string     // carriers that are out of order all the time
}

var stateRank = map[State]int{
	Scheduled: 0, Pending: 0, Unknown: 1, Canceled: 1, Sent: 2, Failed: 3, Delivered: 4, Read: 5,
}

func (s *simulation) step(e Input) {
	before := s.m
	e.Down = s.down
	var out Effects
	s.m, out = Apply(s.m, e, s.now)
	s.money(e, out)
	s.submits(e, before, out)
	s.limits(e, before, out)
	m := s.m
	switch {
	case stateRank[m.State] < stateRank[before.State]:
		s.t.Fatalf("%+v: %v went back to %v", e, before.State, m.State)
	case before.Over && (out.Submit || !m.Over):
		s.t.Fatalf("%+v: a plan that was over went on", e)
	case m.Over && !m.DueAt.IsZero():
		s.t.Fatalf("%+v: over, and still due", e)
	case before.Parked() && (out.Submit || !m.Over && e.Kind != Release && (!m.Parked() || m.DueAt.IsZero())):
		s.t.Fatalf("%+v: a parked message continued before it was released", e)
	}

	s.next()
}

func (s *simulation) money(e Input, out Effects) {
	s.spent += out.Capture - out.Refund
	s.held -= out.Capture + out.Release
	if s.held != s.m.Hold || s.spent != s.m.Charged || s.held < 0 || s.spent < 0 || s.held+s.spent > 8 {
		s.t.Fatalf("%+v: held %d (message says %d), spent %d (message says %d)", e, s.held, s.m.Hold, s.spent,
			s.m.Charged)
	}

	// The node that stores AttemptSubmitting owns the message, so it needs no DueAt.
	if s.m.Hold > 0 && s.m.DueAt.IsZero() &&
		!slices.ContainsFunc(s.m.Attempts, func(a Attempt) bool { return a.Progress == AttemptSubmitting }) {
		s.t.Fatalf("%+v: %d credits are held for a message that waits for nothing, and would go with its day", e,
			s.m.Hold)
	}
}

// submits holds that at most one submit is under way, that a step has at most two whose outcome is unknown, and that
// none follows one that was accepted or rejected.
func (s *simulation) submits(e Input, before Message, out Effects) {
	under := 0
	for i, a := range s.m.Attempts {
		was := Attempt{}
		if i < len(before.Attempts) {
			was = before.Attempts[i]
		}
		if a.Progress == AttemptSubmitting {
			under++
		}

		began := a.Submits > was.Submits
		if a.UnknownSubmits > 2 || began &&
			(a.UnknownSubmits >= 2 || s.final[i] || a.UnknownSubmits > 0 && s.m.NeverRepeat) {
			s.t.Fatalf("%+v: attempt %d was submitted again: %+v after %+v", e, i, a, was)
		}
		if began && a.Repeated != (was.Repeated || a.mayHaveBeenAccepted()) {
			s.t.Fatalf("%+v: attempt %d does not say that it is repeated: %+v", e, i, a)
		}
		s.final[i] = s.final[i] || a.accepted() || a.Closed ||
			a.Progress == AttemptRejected && e.Kind == AnswerRejected && e.Attempt == i
	}

	if under > 1 || out.Submit && s.m.Attempts[s.m.Current()].Progress != AttemptSubmitting {
		s.t.Fatalf("%+v: %d submits are under way, submit %v: %+v", e, under, out.Submit, s.m.Attempts)
	}
}

// limits holds that copies are made within the number's limits, and counted as long as they may have been accepted.
func (s *simulation) limits(e Input, before Message, out Effects) {
	for _, at := range out.RemoveCopies {
		i := slices.IndexFunc(s.copies, at.Equal)
		if i < 0 {
			s.t.Fatalf("%+v: the copy of %v was never counted", e, at)
		}
		s.copies = slices.Delete(s.copies, i, i+1)
	}

	s.copies = append(s.copies, out.AddCopies...)
	if out.NeedAllowance {
		s.t.Fatalf("%+v: the allowance was known", e)
	}

	i := s.m.Current()
	if out.Submit && e.Allowance.Wait > 0 &&
		(before.Counted.IsZero() && s.m.Type == CodeMessage || s.m.Attempts[i].mayHaveBeenAccepted()) {
		s.t.Fatalf("%+v: submitted beyond the limits: %+v", e, s.m.Attempts[i])
	}

	reached := slices.ContainsFunc(s.m.Attempts, Attempt.reached)
	if s.m.Type == CodeMessage && len(s.m.Attempts) > 0 && s.m.Counted.IsZero() == reached {
		s.t.Fatalf("%+v: counted %v, may have reached the phone %v", e, s.m.Counted, reached)
	}
}

// next holds that the index of waiting work names the carrier that the next submit goes over.
func (s *simulation) next() {
	step, ok := s.m.NextStep(s.down)
	if s.m.DueAt.IsZero() || s.m.Parked() {
		return
	}

	m, out := Apply(s.m, Input{Kind: Timer, Allowance: Allowance{Known: true}, Down: s.down}, s.m.DueAt)
	if _, under := s.m.NextStep(s.down); out.Submit && ok && under && m.Attempts[m.Current()].Step != step {
		s.t.Fatalf("the next step is said to be %d, and is %d: %+v", step, m.Attempts[m.Current()].Step, s.m)
	}

	submitting := slices.ContainsFunc(s.m.Attempts, func(a Attempt) bool { return a.Progress == AttemptSubmitting })
	if !submitting && ok != out.Submit {
		s.t.Fatalf("the next step is said to be %d (%v), and a submit follows: %v\n%+v\n%+v", step, ok, out.Submit, s.m,
			m)
	}
}

// FuzzApply plays any events in any order: money is neither made nor lost, a message does not move backwards, no step
// is sent more often than it may be, and playing the whole list a second time changes nothing that matters.
func FuzzApply(f *testing.F) {
	f.Add([]byte{2, 0, 6, 0, 1, 20})
	f.Add([]byte{3, 0, 2, 16, 8, 16, 6, 0})
	f.Add([]byte{5, 0, 9, 0, 2, 16, 11, 0, 6, 0})
	f.Add([]byte{0, 5, 4, 0, 0, 5, 4, 0, 0, 5, 4, 0, 9})
	f.Add([]byte{0, 5, 8, 0, 12, 0, 1, 0, 9})
	f.Add([]byte{1, 0, 13, 0, 7, 0, 14, 0, 0, 5})
	f.Add([]byte{13, 0, 0, 5, 14, 0, 0, 5, 13, 0, 9, 0, 1})
	f.Add([]byte{4, 0, 15, 16, 3, 128, 0, 7, 3, 128, 0, 7, 4, 16, 0, 15})
	f.Add([]byte{4, 4, 0, 8, 4, 4, 0, 64, 1, 0, 2, 0, 15, 0, 3, 0})
	f.Fuzz(func(t *testing.T, script []byte) {
		m := whatsappThenSMS()
		m.Mode, m.Counted, m.NeverRepeat = id.Live, epoch, len(script)%3 == 0
		m, _ = Start(m, epoch, nil)
		if len(script)%2 == 1 {
			m = text()
			m.Mode, m.NeverRepeat = id.Live, len(script)%3 == 0
		}

		s := &simulation{t: t, m: m, now: epoch, held: m.Hold, final: map[int]bool{}}
		if len(script)%5 > 2 {
			s.down = []string{"wa", "b"}
		}

		for i := 0; i+1 < len(script); i += 2 {
			kind, more := script[i], script[i+1]
			s.now = s.now.Add(time.Duration(more&15) * 2 * time.Second)
			e := Input{
				Kind: InputKind(kind%17 + 1), Attempt: int(more >> 4 & 3), Part: int(more >> 6), Parts: 1 + int(kind>>6),
				Reason: Unreachable, Late: more&64 != 0, MaybeAccepted: kind&32 != 0, Allowance: Allowance{Known: true},
			}
			if e.Kind == Replan {
				e.Plan = s.m.Plan // what a plan is replaced by is replan's own test
			}
			if kind&64 != 0 {
				e.Places = []string{"smsc"}
			}
			if kind&128 != 0 {
				e.Allowance.Wait = time.Minute
			}
			s.step(e)
		}
		s.end()
	})
}

// end lets the message's time run out, and plays everything once more.
func (s *simulation) end() {
	room := Allowance{Known: true}
	s.step(Input{Kind: Expire, Allowance: room})
	for i := range s.m.Attempts {
		s.step(Input{Kind: AnswerRejected, Attempt: i, Reason: Busy, Allowance: room})
	}
	if s.m.Hold != 0 || s.m.Owner != 0 {
		s.t.Fatalf("after the end %d credits are still held, owner %d", s.m.Hold, s.m.Owner)
	}

	end := s.m
	for _, k := range []InputKind{Timer, Cancel, Stop, Expire, Crashed, Block, Park, Release, Replan, Unanswered} {
		s.step(Input{Kind: k, Allowance: room})
	}
	if s.m.State != end.State || s.m.Charged != end.Charged {
		s.t.Fatalf("events after the end moved %v to %v", end.State, s.m.State)
	}
}
