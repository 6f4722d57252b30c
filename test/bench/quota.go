package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// quota limits the processor time of a program, so that two nodes can be compared with one on a machine with few
// processors. It is a control group of Linux (v1 or v2) and needs root.
type quota struct{ folder string }

// errNoQuota says why the comparison cannot be made here.
var errNoQuota = errors.New("needs root and a writable control group of Linux (cpu.cfs_quota_us or cpu.max)")

// newQuota allows percent of one processor.
func newQuota(name string, percent int) (*quota, error) {
	for _, root := range []string{"/sys/fs/cgroup/cpu", "/sys/fs/cgroup"} {
		folder := filepath.Join(root, "syssecure-bench-"+name)
		if os.Mkdir(folder, 0o755) != nil {
			continue
		}

		q := &quota{folder}
		const period = 10_000 // microseconds; short, so that a program at its limit waits for a moment only
		part := period * percent / 100
		if q.write("cpu.max", fmt.Sprintf("%d %d", part, period)) == nil {
			return q, nil
		}
		if q.write("cpu.cfs_period_us", strconv.Itoa(period)) == nil &&
			q.write("cpu.cfs_quota_us", strconv.Itoa(part)) == nil {
			return q, nil
		}
		q.remove()
	}

	return nil, errNoQuota
}

func (q *quota) write(file, text string) error {
	f, err := os.OpenFile(filepath.Join(q.folder, file), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// add puts a process, with all its threads, under the quota.
func (q *quota) add(pid int) error { return q.write("cgroup.procs", strconv.Itoa(pid)) }

// remove removes the control group, after the processes have ended.
func (q *quota) remove() { _ = os.Remove(q.folder) } // a leftover group does no harm
