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

// The membership of nodes is not a record of the store: it uses the database's clock, and fences the groups that store
// records. A group begins by writing its number into the row of its connection in the table mark, and finds no row when
// its node was fenced. Fencing locks the node's row, so that it gets no new marks, and then removes its marks, which
// waits for its open groups. So the node that takes over its work sees all that it wrote, and afterwards it writes
// nothing.

// Self describes this node.
type Self struct {
	// Home identifies the data folder, which one server at a time has locked: an older node with the same home is dead.
	Home []byte
	// Name and Version are for people.
	Name, Version string
}

// control is the connection of membership. It is separate, so that it does not wait for groups.
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
	// ON CONFLICT: the mark may exist already, if the connection wrote before its node joined.
	firstMarkSQL = `INSERT INTO mark (id, seq, at, node) SELECT $1, $2, now(), epoch FROM node
		WHERE epoch = $3 AND ended_at IS NULL FOR SHARE
		ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, at = excluded.at, node = excluded.node RETURNING seq`
	aliveSQL    = `SELECT epoch FROM node WHERE epoch = $1 AND ended_at IS NULL`
	nextMarkSQL = `UPDATE mark SET seq = $2, at = now() WHERE id = $1 AND node = $3 RETURNING seq`
)

// microsSQL converts a time to microseconds since 1970.
func microsSQL(of string) string { return "(extract(epoch FROM " + of + ") * 1000000)::bigint" }

var (
	renewSQL = fmt.Sprintf(`UPDATE node SET heartbeat_at = clock_timestamp() WHERE epoch = $1 AND ended_at IS NULL
		AND heartbeat_at < clock_timestamp() - interval '%f seconds'`, cluster.HeartbeatEvery.Seconds())
	// One statement sees one state: an epoch that is assigned later must not look like one that is gone.
	heartbeatsSQL = `SELECT epoch, ` + microsSQL("heartbeat_at") + `, ` + microsSQL("clock_timestamp()") + `,
		(SELECT value FROM meta WHERE name = 'epoch'), home FROM node WHERE ended_at IS NULL AND epoch > 0 ORDER BY epoch`
	fenceNodeSQL = `UPDATE node SET ended_at = clock_timestamp() WHERE epoch = $1 AND ended_at IS NULL AND ` +
		microsSQL("heartbeat_at") + ` = $2`
)

// fenceMarksSQL is a separate statement, so that its snapshot has the marks that were made while the node's row was
// locked.
const fenceMarksSQL = `DELETE FROM mark WHERE node = $1
	AND EXISTS (SELECT FROM node WHERE epoch = $1 AND ended_at IS NOT NULL)`

// Renew implements cluster.Registry.
func (b *Backend) Renew(ctx context.Context, epoch int64) (out cluster.Heartbeats, err error) {
	mine := false
	err = b.control.do(ctx, intStep(renewSQL, nil, epoch), step{sql: heartbeatsSQL, row: func(values [][]byte) error {
		h := cluster.Heartbeat{Epoch: number(values[0]), At: time.UnixMicro(number(values[1])).UTC()}
		// The home is compared, too: after a failover that lost the start of this node, another may have its epoch.
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
	return b.control.do(ctx, intStep(fenceNodeSQL, nil, dead.Epoch, dead.At.UnixMicro()),
		intStep(fenceMarksSQL, nil, dead.Epoch))
}

// Leave implements cluster.Registry.
func (b *Backend) Leave(ctx context.Context, epoch int64) error {
	return b.control.do(ctx, endSteps(epoch)...)
}

// endSteps ends a node without regard to its heartbeat.
func endSteps(epoch int64) []step {
	return []step{
		intStep(`UPDATE node SET ended_at = clock_timestamp() WHERE epoch = $1 AND ended_at IS NULL`, nil, epoch),
		intStep(fenceMarksSQL, nil, epoch),
	}
}

// intStep is a statement whose arguments are numbers.
func intStep(sql string, row func([][]byte) error, args ...int64) step {
	s := step{sql: sql, row: row}
	for _, n := range args {
		s.types, s.args = append(s.types, oidInt8), append(s.args, binary.BigEndian.AppendUint64(nil, uint64(n)))
	}
	return s
}

// keepDead is how long the rows of nodes that ended are kept, for operators who look into an incident.
const keepDead = `interval '7 days'`

var (
	epochSQL = `INSERT INTO meta (name, value) VALUES ('epoch', '\x0000000000000000')
		ON CONFLICT (name) DO UPDATE SET value = meta.value RETURNING value`
	// After a restore, the epoch in meta may be lower than those of the nodes, which are not restored.
	newestSQL = `SELECT coalesce(max(epoch), 0) FROM node`
	// Dead are a node with this home, whose lock this node has, and a command with an old heartbeat. An old heartbeat
	// of another node proves nothing here: the database may have been away.
	livingSQL = fmt.Sprintf(`SELECT epoch, slot,
		CASE WHEN home = $1 OR epoch = %d AND heartbeat_at < clock_timestamp() - interval '%f seconds'
		THEN 1::bigint ELSE 0 END FROM node WHERE ended_at IS NULL`, commandEpoch, cluster.DeadAfter.Seconds())
)

const (
	joinSQL = `INSERT INTO node (epoch, home, name, version, slot, joined_at, heartbeat_at)
		VALUES ($1, $2, $3, $4, $5, clock_timestamp(), clock_timestamp())`
	setEpochSQL    = `UPDATE meta SET value = $1 WHERE name = 'epoch'`
	removeNodesSQL = `DELETE FROM node WHERE ended_at < now() - ` + keepDead
	// Each command leaves a mark, which nothing else removes.
	removeMarksSQL = `DELETE FROM mark WHERE node = 0 AND at < now() - ` + keepDead
)

var errTooManyNodes = errors.New("256 nodes already use this database: stop one, or wait half a minute for those that died")

// Join gives this node an epoch and a slot that no other living node has. From then on its groups can write only until
// it is fenced. Nodes that must be dead are fenced, so that a restart takes over immediately.
func (b *Backend) Join(ctx context.Context, self Self) (epoch int64, slot uint8, err error) {
	b.control.Lock()
	defer b.control.Unlock()
	c := b.control.conn
	if err := c.connect(ctx); err != nil {
		return 0, 0, err
	}

	if epoch, slot, err = c.join(ctx, self); err != nil {
		c.drop() // ends the transaction
		return 0, 0, fmt.Errorf("join the nodes: %w", err)
	}
	b.home = self.Home
	b.node.Store(epoch)

	return epoch, slot, nil
}

func (c *conn) join(ctx context.Context, self Self) (epoch int64, slot uint8, err error) {
	var taken []uint8
	var dead []int64
	// The row of the epoch stays locked, so that one node joins at a time.
	err = c.run(ctx, []step{
		{sql: "BEGIN"},
		{sql: epochSQL, row: func(values [][]byte) error { epoch = number(values[0]) + 1; return nil }},
		{sql: newestSQL, row: func(values [][]byte) error { epoch = max(epoch, number(values[0])+1); return nil }},
		{sql: livingSQL, types: []uint32{oidBytea}, args: [][]byte{self.Home}, row: func(values [][]byte) error {
			if number(values[2]) == 0 && number(values[0]) == commandEpoch {
				return ErrReserved
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
		return 0, 0, errTooManyNodes
	}

	var steps []step
	for _, d := range dead {
		steps = append(steps, endSteps(d)...)
	}

	join := intStep(joinSQL, nil, epoch)
	join.types = append(join.types, oidBytea, oidBytea, oidBytea, oidInt8)
	join.args = append(join.args, self.Home, []byte(self.Name), []byte(self.Version),
		binary.BigEndian.AppendUint64(nil, uint64(slot)))
	give := step{
		sql: setEpochSQL, types: []uint32{oidBytea}, args: [][]byte{binary.BigEndian.AppendUint64(nil, uint64(epoch))},
	}
	steps = append(steps, join, give, step{sql: removeNodesSQL}, step{sql: removeMarksSQL}, step{sql: "COMMIT"})

	return epoch, slot, c.run(ctx, steps)
}

// ErrRunning says that nodes use the database.
var ErrRunning = errors.New("syssecure serve uses this PostgreSQL database: " +
	"stop every node first (syssecure nodes lists them)")

// ErrReserved says that a command keeps nodes away.
var ErrReserved = errors.New("a syssecure move or restore uses this PostgreSQL database: wait until it has ended")

// commandEpoch is the epoch of a command that keeps nodes away. It has a row among the nodes, but never owns work.
const commandEpoch = 0

var (
	// A command locks the row of the epoch, as a node that joins. It fences silent nodes first: one that wakes up must
	// not write during a restore.
	fenceSilentSQL = fmt.Sprintf(`UPDATE node SET ended_at = clock_timestamp() WHERE ended_at IS NULL
		AND heartbeat_at <= clock_timestamp() - interval '%f seconds'`, cluster.DeadAfter.Seconds())
	reservedSQL = fmt.Sprintf(`SELECT epoch FROM node WHERE epoch = %d AND ended_at IS NULL`, commandEpoch)
	reserveSQL  = fmt.Sprintf(`INSERT INTO node (epoch, home, name, version, slot, joined_at, heartbeat_at)
		SELECT %d, '', 'a command', '', -1, clock_timestamp(), clock_timestamp()
		WHERE NOT EXISTS (SELECT FROM node WHERE ended_at IS NULL)
		ON CONFLICT (epoch) DO UPDATE SET heartbeat_at = excluded.heartbeat_at, joined_at = excluded.joined_at,
		ended_at = NULL RETURNING epoch`, commandEpoch)
)

const (
	dropMarksSQL        = `DELETE FROM mark USING node WHERE mark.node = node.epoch AND node.ended_at IS NOT NULL`
	renewReservationSQL = `UPDATE node SET heartbeat_at = clock_timestamp() WHERE epoch = $1 AND ended_at IS NULL RETURNING epoch`
	endReservationSQL   = `DELETE FROM node WHERE epoch = $1`
)

// Reserve keeps nodes away until release is called, or until cluster.DeadAfter after this process ended. When nodes run,
// the error is ErrRunning. When the reservation is lost, because the database was unreachable for too long, lost is called: nodes may
// start from then on.
func (b *Backend) Reserve(ctx context.Context, lost context.CancelCauseFunc) (release func() error, err error) {
	var held, got rowCount
	err = b.control.do(ctx, step{sql: epochSQL}, step{sql: fenceSilentSQL}, step{sql: dropMarksSQL},
		step{sql: reservedSQL, row: held.row}, step{sql: reserveSQL, row: got.row})
	switch {
	case err == nil && held.rows > 0:
		err = ErrReserved
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
		b.renewReservation(ctx, lost)
	}()

	return func() error {
		stop()
		<-done
		return b.control.do(context.WithoutCancel(ctx), intStep(endReservationSQL, nil, commandEpoch))
	}, nil
}

// errReservationLost ends a command that keeps nodes away.
var errReservationLost = errors.New("the database was unreachable for so long that nodes may have started: run the command again")

func (b *Backend) renewReservation(ctx context.Context, lost context.CancelCauseFunc) {
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
		if err := b.control.do(ctx, intStep(renewReservationSQL, still.row, commandEpoch)); err == nil && still.rows > 0 {
			kept = asked
		} else if ctx.Err() == nil && (err == nil || !cluster.MaySubmit(kept, time.Now())) {
			lost(errReservationLost)
			return
		}
	}
}

const replacedSQL = `SELECT epoch FROM node AS later WHERE epoch > $1 AND ended_at IS NULL
	AND home = (SELECT home FROM node WHERE epoch = $1)`

// Replaced reports whether a newer node has the home of the one with the epoch.
func (b *Backend) Replaced(ctx context.Context, epoch int64) (bool, error) {
	var later rowCount
	err := b.control.do(ctx, intStep(replacedSQL, later.row, epoch))
	return later.rows > 0, err
}

// Node is the row of a node, for people.
type Node struct {
	Epoch         int64
	Name, Version string
	Joined        time.Time
	// Silent is how long ago the last heartbeat was; Ended is set when the node ended or was fenced.
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
			Joined: time.UnixMicro(number(values[3])).UTC(),
			Silent: time.Duration(number(values[5])-number(values[4])) * time.Microsecond,
		}
		if dead := number(values[6]); dead != 0 {
			n.Ended = time.UnixMicro(dead).UTC()
		}
		list = append(list, n)

		return nil
	}})

	return list, err
}
