package work

// Orphans remembers which rows had an owner but were not in flight at the last search. A row is an orphan when two
// searches find it: at the first, it may be between its commit and its task. It has one user at a time.
type Orphans[K comparable] struct{ seen map[K]bool }

// FindOrphans returns the rows of owned that are not in flight now, and were not at the last search.
func FindOrphans[T any, K comparable](o *Orphans[K], owned []T, key func(T) K, inFlight func(K) bool) (orphans []T) {
	seen := map[K]bool{}
	for _, row := range owned {
		switch k := key(row); {
		case inFlight(k):
		case o.seen[k]:
			orphans = append(orphans, row)
		default:
			seen[k] = true
		}
	}
	o.seen = seen

	return orphans
}
