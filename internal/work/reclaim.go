package work

// Orphans finds work that is owned and not in flight, at the second look: at the first it may be on its way from its
// commit to what carries it out. The zero value has not looked yet. It has one user at a time.
type Orphans[K comparable] struct{ seen map[K]bool }

// FindOrphans returns the rows that are not in flight now, nor were at the last look. owned is what there is.
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
