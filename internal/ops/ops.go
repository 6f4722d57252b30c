// Package ops carries out the commands that work on a whole installation: backup, restore, move, release and doctor.
//
// Each command opens the installation itself (see install), while a server runs or instead of one, and can be
// interrupted at any moment: a file that it makes gets its name, and a server may start on a database, only when it is
// complete.
package ops

import (
	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/transfer"
)

// Progress is how far a long command has come.
type Progress struct {
	Phase string // what is done now, for people and programs
	// Table is what it is done to, Done of about Of in Unit. Some phases have nothing to count.
	Table    string
	Done, Of int64
	Unit     string
}

// Phases that have nothing to count. Each may take long on a large database.
const (
	phaseOpening  = "opening the database"
	phaseTables   = "making the tables"
	phaseCounting = "counting the rows"
	phaseLedgers  = "adding up the ledgers"
)

// PhaseWaiting is the phase in which a move waits for a server to end.
const PhaseWaiting = "waiting"

// Opening is reported before an installation is opened, because its schema may have to be brought up to date first.
var Opening = Progress{Phase: phaseOpening}

// ProgressFunc is called as a command makes progress. It may be nil.
type ProgressFunc func(Progress)

func (f ProgressFunc) report(p Progress) {
	if f != nil {
		f(p)
	}
}

func (f ProgressFunc) phase(name string) { f.report(Progress{Phase: name}) }

// walk reports a walk over rows, which begins with counting them.
func (f ProgressFunc) walk(phase string) func(transfer.Progress) {
	f.phase(phaseCounting)
	return func(p transfer.Progress) {
		f.report(Progress{Phase: phase, Table: p.Table, Done: p.Rows, Of: max(p.Of, p.Rows), Unit: "rows"})
	}
}

// notCopied are the rows that belong to one database and stay out of its copies.
var notCopied = []store.Key{store.MetaKey(install.MetaBlocked)}
