package message

import (
	"slices"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/id"
)

// game is a message that events are played on, with what has to hold of it at any time.
type game struct {
	t           *testing.T
	m           Message
	now         time.Time
	spent, held int64
	copies      []time.Time  // that the number's limits count
	final       map[int]bool // steps that were taken or rejected by their carrier
	down        []string     // carriers that are out of order all the time
}

var stateRank = map[State]int{Scheduled: 0, Pending: 0, Unknown: 1, Canceled: 1, Sent: 2, Failed: 3, Delivered: 4, Read: 5}

func (g *game) step(e Event) {
	before := g.m
	e.Down = g.down
	var out Effects
	g.m, out = Apply(g.m, e, g.now)
	g.money(e, out)
	g.submits(e, before, out)
	g.limits(e, before, out)
	m := g.m
	switch {
	case stateRank[m.State] < stateRank[before.State]:
		g.t.Fatalf("%+v: %v went back to %v", e, before.State, m.State)
	case before.Over && (out.Submit || !m.Over):
		g.t.Fatalf("%+v: a plan that was over went on", e)
	case m.Over && !m.DueAt.IsZero():
		g.t.Fatalf("%+v: over, and still due", e)
	case before.Parked() && (out.Submit || !m.Over && e.Kind != Unpark && (!m.Parked() || m.DueAt.IsZero())):
		g.t.Fatalf("%+v: a parked message went on without the operator's word", e)
	}
	g.next()
}

func (g *game) money(e Event, out Effects) {
	g.spent += out.Capture - out.Refund
	g.held -= out.Capture + out.Release
	if g.held != g.m.Hold || g.spent != g.m.Charged || g.held < 0 || g.spent < 0 || g.held+g.spent > 8 {
		g.t.Fatalf("%+v: held %d (message says %d), spent %d (message says %d)", e, g.held, g.m.Hold, g.spent, g.m.Charged)
	}
	// Whoever stores an attempt that is Submitting makes the message his own.
	if g.m.Hold > 0 && g.m.DueAt.IsZero() && !slices.ContainsFunc(g.m.Attempts, func(a Attempt) bool { return a.Progress == AttemptSubmitting }) {
		g.t.Fatalf("%+v: %d credits are held for a message that waits for nothing, and would go with its day", e, g.m.Hold)
	}
}

// submits holds that at most one submit is under way, that a step has at most two whose outcome is unknown, and that none
// follows one that was taken or rejected.
func (g *game) submits(e Event, before Message, out Effects) {
	under := 0
	for i, a := range g.m.Attempts {
		was := Attempt{}
		if i < len(before.Attempts) {
			was = before.Attempts[i]
		}
		if a.Progress == AttemptSubmitting {
			under++
		}

		began := a.Submits > was.Submits
		if a.UnknownSubmits > 2 || began && (a.UnknownSubmits >= 2 || g.final[i] || a.UnknownSubmits > 0 && g.m.HoldUnknown) {
			g.t.Fatalf("%+v: attempt %d was submitted again: %+v after %+v", e, i, a, was)
		}
		if began && a.Repeated != (was.Repeated || a.mayBeThere()) {
			g.t.Fatalf("%+v: attempt %d does not say that it is repeated: %+v", e, i, a)
		}
		g.final[i] = g.final[i] || a.accepted() || a.Closed || a.Progress == AttemptRejected && e.Kind == AnswerRejected && e.Attempt == i
	}
	if under > 1 || out.Submit && g.m.Attempts[g.m.Current()].Progress != AttemptSubmitting {
		g.t.Fatalf("%+v: %d submits are under way, submit %v: %+v", e, under, out.Submit, g.m.Attempts)
	}
}

// limits holds that copies are made within the room that the number has, and counted as long as they may have arrived.
func (g *game) limits(e Event, before Message, out Effects) {
	for _, at := range out.NotCopies {
		i := slices.IndexFunc(g.copies, at.Equal)
		if i < 0 {
			g.t.Fatalf("%+v: the copy of %v was never counted", e, at)
		}
		g.copies = slices.Delete(g.copies, i, i+1)
	}

	g.copies = append(g.copies, out.Copies...)
	if out.NeedRoom {
		g.t.Fatalf("%+v: the room was told", e)
	}

	i := g.m.Current()
	if out.Submit && e.Room.After > 0 && (before.Counted.IsZero() && g.m.Purpose == ForCode || g.m.Attempts[i].mayBeThere()) {
		g.t.Fatalf("%+v: submitted beyond the limits: %+v", e, g.m.Attempts[i])
	}

	reached := slices.ContainsFunc(g.m.Attempts, Attempt.reached)
	if g.m.Purpose == ForCode && len(g.m.Attempts) > 0 && g.m.Counted.IsZero() == reached {
		g.t.Fatalf("%+v: counted %v, may have reached the phone %v", e, g.m.Counted, reached)
	}
}

// next holds that the index of waiting work names the carrier that the next submit goes over.
func (g *game) next() {
	step, ok := g.m.NextStep(g.down)
	if g.m.DueAt.IsZero() || g.m.Parked() {
		return
	}

	m, out := Apply(g.m, Event{Kind: Timer, Room: Allowance{Known: true}, Down: g.down}, g.m.DueAt)
	if _, under := g.m.NextStep(g.down); out.Submit && ok && under && m.Attempts[m.Current()].Step != step {
		g.t.Fatalf("the next step is said to be %d, and is %d: %+v", step, m.Attempts[m.Current()].Step, g.m)
	}

	submitting := slices.ContainsFunc(g.m.Attempts, func(a Attempt) bool { return a.Progress == AttemptSubmitting })
	if !submitting && ok != out.Submit {
		g.t.Fatalf("the next step is said to be %d (%v), and a submit follows: %v\n%+v\n%+v", step, ok, out.Submit, g.m, m)
	}
}

// FuzzApply plays any events in any order: money is neither made nor lost, a message does not move backwards, no step is
// sent more often than it may be, and playing the whole list a second time changes nothing that matters.
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
		m.Mode, m.Counted, m.HoldUnknown = id.Live, epoch, len(script)%3 == 0
		m, _ = Start(m, epoch, nil)
		if len(script)%2 == 1 {
			m = text()
			m.Mode, m.HoldUnknown = id.Live, len(script)%3 == 0
		}

		g := &game{t: t, m: m, now: epoch, held: m.Hold, final: map[int]bool{}}
		if len(script)%5 > 2 {
			g.down = []string{"wa", "b"}
		}

		for i := 0; i+1 < len(script); i += 2 {
			kind, more := script[i], script[i+1]
			g.now = g.now.Add(time.Duration(more&15) * 2 * time.Second)
			e := Event{
				Kind: Kind(kind%17 + 1), Attempt: int(more >> 4 & 3), Part: int(more >> 6), Parts: 1 + int(kind>>6),
				Reason: Unreachable, Late: more&64 != 0, Doubt: kind&32 != 0, Room: Allowance{Known: true},
			}
			if e.Kind == Replan {
				e.Plan = g.m.Plan // what a plan is replaced by is replan's own test
			}
			if kind&64 != 0 {
				e.Places = []string{"smsc"}
			}
			if kind&128 != 0 {
				e.Room.After = time.Minute
			}
			g.step(e)
		}
		g.end()
	})
}

// end lets the message's time run out, and plays everything once more.
func (g *game) end() {
	room := Allowance{Known: true}
	g.step(Event{Kind: Expire, Room: room})
	for i := range g.m.Attempts {
		g.step(Event{Kind: AnswerRejected, Attempt: i, Reason: Busy, Room: room})
	}
	if g.m.Hold != 0 || g.m.Owner != 0 {
		g.t.Fatalf("after the end %d credits are still held, owner %d", g.m.Hold, g.m.Owner)
	}

	end := g.m
	for _, k := range []Kind{Timer, Cancel, Stop, Expire, Crashed, Block, Park, Unpark, Replan, Unanswered} {
		g.step(Event{Kind: k, Room: room})
	}
	if g.m.State != end.State || g.m.Charged != end.Charged {
		g.t.Fatalf("events after the end moved %v to %v", end.State, g.m.State)
	}
}
