package cluster

import (
	"encoding/binary"
	"slices"
)

// Members are the nodes of the database, as one of them sees them. The zero value has none.
type Members struct {
	// Mine is the epoch of the node that asked: each start has its own, and a later one is larger.
	Mine int64
	// Live are the epochs of the nodes that are alive, Mine among them, ascending.
	Live []int64
	// Newest is the newest epoch that had been given out. The owner of a row with a newer one is not dead, but started
	// after the members were read.
	Newest int64
}

// OnlyMember is the members of a database with a single server.
func OnlyMember(epoch int64) Members {
	return Members{Mine: epoch, Live: []int64{epoch}, Newest: epoch}
}

// Gone reports whether rows of the owner may be taken over: it was a node and is not alive. Owners of 0 and below are
// not nodes.
func (m Members) Gone(owner int64) bool {
	return owner > 0 && owner != m.Mine && owner <= m.Newest && !slices.Contains(m.Live, owner)
}

// Size is the number of nodes that are alive, at least 1.
func (m Members) Size() int { return max(1, len(m.Live)) }

// Takes reports whether this node works on the due row with the id. Each row is assigned to one of the live nodes by
// its id, so that they do not wait for each other's locks. The last bytes of an id must be random, as those of all ids
// here are. Two nodes that see different members may both try a row; the first to write it works on it.
func (m Members) Takes(id string) bool {
	if len(m.Live) < 2 {
		return true
	}
	var end [8]byte
	copy(end[:], id[max(0, len(id)-8):])

	return m.Live[binary.BigEndian.Uint64(end[:])%uint64(len(m.Live))] == m.Mine
}

// Share is this node's part, at least 1, of a limit that all nodes share: a carrier's rate in messages a second, its
// binds, or the requests of an API key. The parts add up to total unless there are more nodes than that.
func (m Members) Share(total int) int {
	if total <= 0 || len(m.Live) < 2 {
		return total
	}

	n, index := len(m.Live), max(0, slices.Index(m.Live, m.Mine))
	part := total / n
	if index < total%n {
		part++
	}

	return max(1, part)
}

// Equal reports whether both are the same nodes, as seen by the same node.
func (m Members) Equal(o Members) bool { return m.Mine == o.Mine && slices.Equal(m.Live, o.Live) }

// Slot is the smallest free number of a node, for tables in which each node has its own rows.
func Slot(taken []uint8) (slot uint8, ok bool) {
	for n := range 256 {
		if !slices.Contains(taken, uint8(n)) {
			return uint8(n), true
		}
	}
	return 0, false
}
