package store

import "errors"

// The errors that a Backend wraps when a transaction failed. Any other error is caused by one of the group's updates,
// which then run one by one.
var (
	// ErrConflict: another node was first, and nothing was stored. A repetition will see what that node did.
	ErrConflict = errors.New("another node changed the same rows at the same time")
	// ErrOutcome: the connection was lost in the commit, and its outcome is unknown. To repeat the updates might carry
	// them out twice.
	ErrOutcome = errors.New("the connection to the database was lost in the middle of a commit")
	// ErrDown: the database accepts no changes at all.
	ErrDown = errors.New("the database takes no changes now")
)

// maxConflicts is how often a group may lose against other nodes. Each time another node succeeded, so the database
// works.
const maxConflicts = 8

// retryConflicts attempts a group again while other nodes change the same rows.
func (l *lane) retryConflicts(group []*job) (errs []error, began bool, err error) {
	for range maxConflicts {
		if errs, began, err = l.attempt(group); !errors.Is(err, ErrConflict) {
			return errs, began, err
		}
		l.of.stats.conflicts.Add(1)
	}
	return errs, began, err
}

// noReplay reports whether running the updates one by one is no use.
func noReplay(err error) bool { return errors.Is(err, ErrOutcome) || errors.Is(err, ErrDown) }

// Conflicts is how many transactions were repeated because another node had changed the same rows.
func (s *Store) Conflicts() int64 { return s.stats.conflicts.Load() }
