package postgres

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/syssecure/syssecure/internal/cluster"
)

// Membership of nodes is not a record of the store: it is by the database's clock, and it is what fences the groups that
// store records. A group begins by writing its number into its connection's row of mark, and finds no row when its node was
// fenced: fencing locks the node's row, against new marks, and then waits for every open group of the node to remove its
// mark. So what a node wrote before it was fenced is seen by the one that takes its work, and afterwards it writes nothing.

// Self is what a node tells of itself.
type Self struct {
	// Home is the data folder, which one server at a time has the lock of: another node with the same home is dead.
	Home []byte
	// Name and Version are for people.
	Name, Version string
}

// control is the connection of membership: it waits behind no group.
type control struct {
	sync.Mutex
	*conn
}

// do runs the steps in one transaction, in one round trip.
func (c *control) do(ctx context.Context, steps ...step) error {
	c.Lock()
	defer c.Unlock()
	return c.first(ctx, steps) // a pipeline is a transaction
}

// rowCount counts the rows of a statement that must find one.
type rowCount struct{ rows int }

func (c *rowCount) row([][]byte) error { c.rows++; return nil }

const (
	// The row may be there: the connection wrote before its node had joined.
	firstMarkSQL = `INSERT INTO mark (id, seq, at, node) SELECT $1, $2, now(), epoch FROM node
		WHERE epoch = $3 AND ended_at IS NULL FOR SHARE
		ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, at = excluded.at, node = excluded.node RETURNING seq`
	aliveSQL    = `SELECT epoch FROM node WHERE epoch = $1 AND ended_at IS NULL`
	nextMarkSQL = `UPDATE mark SET seq = $2, at = now() WHERE id = $1 AND node = $3 RETURNING seq`
)

// microsSQL makes microseconds since 1970 of a time.
func microsSQL(of string) string { return "(extract(epoch FROM " + of + ") * 1000000)::bigint" }

var (
	renewSQL = fmt.Sprintf(`UPDATE node SET heartbeat_at = clock_timestamp() WHERE epoch = $1 AND ended_at IS NULL
		AND heartbeat_at < clock_timestamp() - interval '%f seconds'`, cluster.HeartbeatEvery.Seconds())
	// In one statement, which sees one state: an epoch that was given out later must not be taken for one that is gone.
	heartbeatsSQL = `SELECT epoch, ` + microsSQL("heartbeat_at") + `, ` + microsSQL("clock_timestamp()") + `,
		(SELECT value FROM meta WHERE name = 'epoch'), home FROM node WHERE ended_at IS NULL AND epoch > 0 ORDER BY epoch`
	fenceNodeSQL = `UPDATE node SET ended_at = clock_timestamp() WHERE epoch = $1 AND ended_at IS NULL AND ` + microsSQL("heartbeat_at") + ` = $2`
)

// fenceMarksSQL comes in a statement of its own: a mark that was made while the node's row was waited for is in its snapshot.
const fenceMarksSQL = `DELETE FROM mark WHERE node = $1 AND EXISTS (SELECT FROM node WHERE epoch = $1 AND ended_at IS NOT NULL)`

// Renew implements cluster.Registry.
func (b *Backend) Renew(ctx context.Context, epoch int64) (out cluster.Heartbeats, err error) {
	mine := false
	err = b.control.do(ctx, ints(renewSQL, nil, epoch), step{sql: heartbeatsSQL, row: func(values [][]byte) error {
		h := cluster.Heartbeat{Epoch: number(values[0]), At: time.UnixMicro(number(values[1])).UTC()}
		// Not by the epoch alone: a failover that lost our start may have given it to another.
		mine = mine || h.Epoch == epoch && bytes.Equal(values[4], b.home)
		out.Live = append(out.Live, h)
		out.Now = time.UnixMicro(number(values[2])).UTC()
		out.Newest = number(values[3])
		return nil
	}})
	if err == nil && !mine {
		err = cluster.ErrFenced
	}

	return out, err
}

// Fence implements cluster.Registry.
func (b *Backend) Fence(ctx context.Context, dead cluster.Heartbeat) error {
	return b.control.do(ctx, ints(fenceNodeSQL, nil, dead.Epoch, dead.At.UnixMicro()), ints(fenceMarksSQL, nil, dead.Epoch))
}

// Leave implements cluster.Registry.
func (b *Backend) Leave(ctx context.Context, epoch int64) error {
	return b.control.do(ctx, died(epoch)...)
}

// died ends a node, whatever its heartbeat says.
func died(epoch int64) []step {
	return []step{ints(`UPDATE node SET ended_at = clock_timestamp() WHERE epoch = $1 AND ended_at IS NULL`, nil, epoch), ints(fenceMarksSQL, nil, epoch)}
}

// ints is a statement whose arguments are numbers.
func ints(sql string, row func([][]byte) error, args ...int64) step {
	s := step{sql: sql, row: row}
	for _, n := range args {
		s.types, s.args = append(s.types, oidInt8), append(s.args, binary.BigEndian.AppendUint64(nil, uint64(n)))
	}
	return s
}

// keepDead is how long the rows of nodes that ended are kept, for whoever looks what happened.
const keepDead = `interval '7 days'`

var (
	epochSQL = `INSERT INTO meta (name, value) VALUES ('epoch', '\x0000000000000000') ON CONFLICT (name) DO UPDATE SET value = meta.value RETURNING value`
	// A database whose rows were replaced by a restore may count lower than its nodes, which are not restored.
	newestSQL = `SELECT coalesce(max(epoch), 0) FROM node`
	// Who cannot live: a start from the same home has its lock; a command's heartbeat has no other watcher. That of another
	// node proves nothing to whoever did not watch it: the database may have been away.
	livingSQL = fmt.Sprintf(`SELECT epoch, slot, CASE WHEN home = $1 OR epoch = %d AND heartbeat_at < clock_timestamp() - interval '%f seconds'
		THEN 1::bigint ELSE 0 END FROM node WHERE ended_at IS NULL`, holder, cluster.DeadAfter.Seconds())
)

const (
	joinSQL = `INSERT INTO node (epoch, home, name, version, slot, joined_at, heartbeat_at)
		VALUES ($1, $2, $3, $4, $5, clock_timestamp(), clock_timestamp())`
	giveSQL        = `UPDATE meta SET value = $1 WHERE name = 'epoch'`
	removeNodesSQL = `DELETE FROM node WHERE ended_at < now() - ` + keepDead
	// Commands leave a mark each, and nobody else removes them.
	removeMarksSQL = `DELETE FROM mark WHERE node = 0 AND at < now() - ` + keepDead
)

// errCrowd says that there is no room for another node.
var errCrowd = errors.New("256 nodes work on this database already: stop one, or wait half a minute for those that died")

// Join gives this node an epoch and a slot that no other living node has, and from then on lets its groups write only while
// it lives. Nodes that cannot live any more are fenced, so that a restart takes over at once.
func (b *Backend) Join(ctx context.Context, self Self) (epoch int64, slot uint8, err error) {
	b.control.Lock()
	defer b.control.Unlock()
	c := b.control.conn
	if err := c.connect(ctx); err != nil {
		return 0, 0, err
	}

	if epoch, slot, err = c.join(ctx, self); err != nil {
		c.drop() // whatever the transaction holds is given back
		return 0, 0, fmt.Errorf("join the nodes: %w", err)
	}
	b.home = self.Home
	b.node.Store(epoch)

	return epoch, slot, nil
}

func (c *conn) join(ctx context.Context, self Self) (epoch int64, slot uint8, err error) {
	var taken []uint8
	var dead []int64
	// The row of the epoch is locked, so one node joins at a time.
	err = c.run(ctx, []step{
		{sql: "BEGIN"},
		{sql: epochSQL, row: func(values [][]byte) error { epoch = number(values[0]) + 1; return nil }},
		{sql: newestSQL, row: func(values [][]byte) error { epoch = max(epoch, number(values[0])+1); return nil }},
		{sql: livingSQL, types: []uint32{oidBytea}, args: [][]byte{self.Home}, row: func(values [][]byte) error {
			if number(values[2]) == 0 && number(values[0]) == holder {
				return ErrHeld
			}
			if number(values[2]) == 1 {
				dead = append(dead, number(values[0]))
			} else {
				taken = append(taken, uint8(number(values[1])))
			}

			return nil
		}},
	})
	if err != nil {
		return 0, 0, err
	}

	slot, free := cluster.Slot(taken)
	if !free {
		return 0, 0, errCrowd
	}

	var steps []step
	for _, d := range dead {
		steps = append(steps, died(d)...)
	}

	join := ints(joinSQL, nil, epoch)
	join.types = append(join.types, oidBytea, oidBytea, oidBytea, oidInt8)
	join.args = append(join.args, self.Home, []byte(self.Name), []byte(self.Version), binary.BigEndian.AppendUint64(nil, uint64(slot)))
	give := step{sql: giveSQL, types: []uint32{oidBytea}, args: [][]byte{binary.BigEndian.AppendUint64(nil, uint64(epoch))}}
	steps = append(steps, join, give, step{sql: removeNodesSQL}, step{sql: removeMarksSQL}, step{sql: "COMMIT"})

	return epoch, slot, c.run(ctx, steps)
}

// ErrRunning says that nodes work on the database.
var ErrRunning = errors.New("syssecure serve works on this PostgreSQL database (syssecure nodes lists them): stop every node first")

// ErrHeld says that a command keeps nodes away.
var ErrHeld = errors.New("a syssecure move or restore works on this PostgreSQL database: wait until it has ended")

// holder is the epoch of a command that keeps nodes away: it has a row among them, which no node's work can carry.
const holder = 0

var (
	// Whoever holds has the row of the epoch locked, as whoever joins. Nodes that are silent are fenced first: one that wakes
	// must not write beside a restore.
	fenceSilentSQL = fmt.Sprintf(`UPDATE node SET ended_at = clock_timestamp() WHERE ended_at IS NULL
		AND heartbeat_at <= clock_timestamp() - interval '%f seconds'`, cluster.DeadAfter.Seconds())
	heldSQL     = fmt.Sprintf(`SELECT epoch FROM node WHERE epoch = %d AND ended_at IS NULL`, holder)
	keepAwaySQL = fmt.Sprintf(`INSERT INTO node (epoch, home, name, version, slot, joined_at, heartbeat_at)
		SELECT %d, '', 'a command', '', -1, clock_timestamp(), clock_timestamp() WHERE NOT EXISTS (SELECT FROM node WHERE ended_at IS NULL)
		ON CONFLICT (epoch) DO UPDATE SET heartbeat_at = excluded.heartbeat_at, joined_at = excluded.joined_at, ended_at = NULL RETURNING epoch`, holder)
)

const (
	dropMarksSQL = `DELETE FROM mark USING node WHERE mark.node = node.epoch AND node.ended_at IS NOT NULL`
	keepHoldSQL  = `UPDATE node SET heartbeat_at = clock_timestamp() WHERE epoch = $1 AND ended_at IS NULL RETURNING epoch`
	endHoldSQL   = `DELETE FROM node WHERE epoch = $1`
)

// Hold keeps nodes away until release is called or this process ends, which is noticed after cluster.DeadAfter. ErrRunning
// says that there are some. When the hold is lost, because the database was away for too long, lost is told: nodes may come
// from then on.
func (b *Backend) Hold(ctx context.Context, lost context.CancelCauseFunc) (release func() error, err error) {
	var held, got rowCount
	err = b.control.do(ctx, step{sql: epochSQL}, step{sql: fenceSilentSQL}, step{sql: dropMarksSQL}, step{sql: heldSQL, row: held.row},
		step{sql: keepAwaySQL, row: got.row})
	switch {
	case err == nil && held.rows > 0:
		err = ErrHeld
	case err == nil && got.rows == 0:
		err = ErrRunning
	}
	if err != nil {
		return nil, fmt.Errorf("keep nodes away: %w", err)
	}

	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		b.keepHold(ctx, lost)
	}()

	return func() error {
		stop()
		<-done
		return b.control.do(context.WithoutCancel(ctx), ints(endHoldSQL, nil, holder))
	}, nil
}

// errHoldLost is why a command that keeps nodes away must not go on.
var errHoldLost = errors.New("the database was away for so long that nodes may have come: run the command again")

func (b *Backend) keepHold(ctx context.Context, lost context.CancelCauseFunc) {
	tick := time.NewTicker(cluster.HeartbeatEvery)
	defer tick.Stop()
	for kept := time.Now(); ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}

		var still rowCount
		asked := time.Now()
		if err := b.control.do(ctx, ints(keepHoldSQL, still.row, holder)); err == nil && still.rows > 0 {
			kept = asked
		} else if ctx.Err() == nil && (err == nil || !cluster.MaySubmit(kept, time.Now())) {
			lost(errHoldLost)
			return
		}
	}
}

const replacedSQL = `SELECT epoch FROM node AS later WHERE epoch > $1 AND ended_at IS NULL
	AND home = (SELECT home FROM node WHERE epoch = $1)`

// Replaced reports whether a younger node has the home of the one with the epoch.
func (b *Backend) Replaced(ctx context.Context, epoch int64) (bool, error) {
	var later rowCount
	err := b.control.do(ctx, ints(replacedSQL, later.row, epoch))
	return later.rows > 0, err
}

// Node is a node as it is written down, for people.
type Node struct {
	Epoch         int64
	Name, Version string
	Joined        time.Time
	// Silent is how long ago the last heartbeat was; Ended is set when the node ended or was taken for dead.
	Silent time.Duration
	Ended  time.Time
}

var nodesSQL = `SELECT epoch, name, version, ` + microsSQL("joined_at") + `, ` + microsSQL("heartbeat_at") + `, ` +
	microsSQL("clock_timestamp()") + `, coalesce(` + microsSQL("ended_at") + `, 0) FROM node WHERE epoch > 0 ORDER BY epoch`

// Nodes lists the nodes of the last days, oldest first.
func (b *Backend) Nodes(ctx context.Context) (list []Node, err error) {
	err = b.control.do(ctx, step{sql: nodesSQL, row: func(values [][]byte) error {
		n := Node{
			Epoch: number(values[0]), Name: string(values[1]), Version: string(values[2]),
			Joined: time.UnixMicro(number(values[3])).UTC(), Silent: time.Duration(number(values[5])-number(values[4])) * time.Microsecond,
		}
		if dead := number(values[6]); dead != 0 {
			n.Ended = time.UnixMicro(dead).UTC()
		}
		list = append(list, n)

		return nil
	}})

	return list, err
}
