package store

import "errors"

// What a Backend tells of a transaction that failed, by wrapping one of these; any other error is the fault of one of the
// group's updates, which then run one by one.
var (
	// ErrConflict: another node was first, and nothing was stored. The same again will see what that node did.
	ErrConflict = errors.New("another node changed the same rows at the same time")
	// ErrOutcome: the connection was lost in the commit, and nobody could be asked what became of it. To repeat the updates
	// might carry them out twice.
	ErrOutcome = errors.New("the connection to the database was lost in the middle of a commit")
	// ErrDown: the database takes no changes at all.
	ErrDown = errors.New("the database takes no changes now")
)

// maxConflicts is how often a group may lose against other nodes. Each time another one went on, so the database does.
const maxConflicts = 8

// insist attempts a group again while other nodes are in its way.
func (l *lane) insist(group []*job) (errs []error, began bool, err error) {
	for range maxConflicts {
		if errs, began, err = l.attempt(group); !errors.Is(err, ErrConflict) {
			return errs, began, err
		}
		l.of.stats.conflicts.Add(1)
	}
	return errs, began, err
}

// hopeless tells the errors that no replay mends.
func hopeless(err error) bool { return errors.Is(err, ErrOutcome) || errors.Is(err, ErrDown) }

// Conflicts is how many transactions were repeated because another node had changed the same rows.
func (s *Store) Conflicts() int64 { return s.stats.conflicts.Load() }
