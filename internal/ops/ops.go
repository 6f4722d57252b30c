// Package ops works on a whole installation from the command line: backup, restore, move, release and doctor.
//
// Each command opens the installation itself (see install), beside a server or instead of one, and can be cut off anywhere:
// what it makes has its name, or is open to servers, only when it is whole.
package ops

import (
	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/transfer"
)

// Step is how far a long command has come.
type Step struct {
	Phase string // what is done now, for people and programs
	// Table is what it is done to, Done of about Of in Unit.
	Table    string
	Done, Of int64
	Unit     string
}

// Phases that have nothing to count. Each may take long on a database with much in it.
const (
	opening   = "opening the database"
	making    = "making the tables"
	counting  = "counting the rows"
	adding    = "adding up the ledgers"
	finishing = "finishing"
)

// Opening is told before the database of an installation is opened, whose schema may have to be brought up to date.
var Opening = Step{Phase: opening}

// Waiting is the phase in which a move waits for the end of a server.
const Waiting = "waiting"

// Tell is told of steps. It may be nil.
type Tell func(Step)

func (t Tell) step(s Step) {
	if t != nil {
		t(s)
	}
}

// walk is told of a walk over rows, which begins with counting them.
func (t Tell) walk(phase string) func(transfer.Progress) {
	t.step(Step{Phase: counting})
	return func(p transfer.Progress) {
		t.step(Step{Phase: phase, Table: p.Table, Done: p.Rows, Of: max(p.Of, p.Rows), Unit: "rows"})
	}
}

// own is what a copy leaves out.
var own = []store.Key{store.MetaKey(install.MetaClosed)}
