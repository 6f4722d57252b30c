package chaos

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Power loss loses nothing acknowledged: kill -9 leaves the page cache whole and proves nothing of it, so the system
// calls are looked at. Before each 2xx goes out, all that was written to the log has been synced.
//
// The sends come one after another: then the log is still when an answer goes out, and every byte that was written
// before belongs to it or to an earlier one. SYSSECURE_ACKS sets how many answers are looked at.
func TestEveryAnswerComesAfterItsSync(t *testing.T) {
	strace, err := exec.LookPath("strace")
	needs(t, err == nil, "strace is missing: apt-get install strace")
	sends := number(t, "SYSSECURE_ACKS", 200)
	carrier := startSim(t, 1)
	folder := evidence(t)
	s := newSite(t, folder, siteOptions{carrier: carrier.url, credits: crashCredits})
	file := filepath.Join(folder, "trace")
	running := s.start(t, strace, "-D", "-f", "-yy", "-s", "64", "-o", file,
		"-e", "trace=write,writev,pwrite64,pwritev,sendto,fsync,fdatasync")
	a := s.api(s.key, 0)
	defer a.close()
	for n := range int64(sends) {
		a.send(t, mobile(n))
	}
	running.stop(t)
	var text []byte
	until(t, stopWithin, "the end of the trace", func() bool {
		text, err = os.ReadFile(file)
		return err == nil && strings.Contains(string(text), "+++ exited with 0 +++")
	})
	o := order(string(text), ":"+s.listen[strings.LastIndexByte(s.listen, ':')+1:]+"->")
	t.Logf("acks=%d log_writes=%d log_syncs=%d unsynced_acks=%d", o.acks, o.writes, o.syncs, len(o.unsynced))
	if o.acks < sends || o.writes < sends || o.syncs < sends {
		t.Errorf("the trace tells of %d answers, %d writes and %d syncs for %d sends: it was not understood", o.acks, o.writes, o.syncs, sends)
	}
	for _, l := range o.unsynced {
		t.Errorf("an answer went out before its sync: %s", l)
	}
}

// ordered is what a trace tells.
type ordered struct {
	acks, writes, syncs int
	unsynced            []string
}

// order reads a trace of "strace -f -yy": lines are in the order of events; a call that another thread interrupted is
// told in two, "<unfinished ...>" when it begins and "<... name resumed>" when it ends. client marks the descriptors of
// the API's own connections.
func order(trace, client string) (o ordered) {
	dirty := 0                  // log writes begun so far
	clean := 0                  // of these, how many a finished sync covers
	syncing := map[string]int{} // by thread: how many writes had begun when its sync began
	for line := range strings.Lines(trace) {
		thread, call, _ := strings.Cut(strings.TrimSpace(line), " ")
		call = strings.TrimSpace(call)
		unfinished := strings.HasSuffix(call, "<unfinished ...>")
		switch {
		case isSync(call) && strings.Contains(call, "-wal>"):
			syncing[thread] = dirty
			if !unfinished {
				o.syncs++
				clean = finished(call, syncing[thread], clean)
			}
		case strings.HasPrefix(call, "<... fsync resumed>") || strings.HasPrefix(call, "<... fdatasync resumed>"):
			if at, ours := syncing[thread]; ours {
				o.syncs++
				clean = finished(call, at, clean)
			}
		case strings.HasPrefix(call, "<... "):
		case strings.Contains(call, "-wal>"):
			dirty++
			o.writes++
		case strings.Contains(call, client) && strings.Contains(call, "HTTP/1.1 200"):
			o.acks++
			if clean < dirty {
				o.unsynced = append(o.unsynced, line)
			}
		}
		if strings.HasPrefix(call, "<... ") {
			delete(syncing, thread)
		}
	}
	return o
}

func isSync(call string) bool {
	return strings.HasPrefix(call, "fsync(") || strings.HasPrefix(call, "fdatasync(")
}

// finished returns how many writes are clean after a sync ended; one that failed cleans nothing.
func finished(call string, covered, clean int) int {
	if !strings.HasSuffix(call, "= 0") {
		return clean
	}
	return max(clean, covered)
}

func TestOrderReadsTraces(t *testing.T) {
	t.Parallel()
	const (
		write  = `11 pwrite64(7</d/syssecure.db-wal>, "x", 24, 32) = 24` + "\n"
		sync   = `11 fdatasync(7</d/syssecure.db-wal>) = 0` + "\n"
		failed = `11 fdatasync(7</d/syssecure.db-wal>) = -1 EIO (Input/output error)` + "\n"
		other  = `11 fdatasync(6</d/syssecure.db>) = 0` + "\n"
		begun  = `11 fdatasync(7</d/syssecure.db-wal> <unfinished ...>` + "\n"
		ended  = `11 <... fdatasync resumed>) = 0` + "\n"
		ack    = `12 write(9<TCP:[127.0.0.1:80->127.0.0.1:5]>, "HTTP/1.1 200 OK\r\n"..., 300) = 300` + "\n"
		ask    = `12 write(8<TCP:[127.0.0.1:6->127.0.0.1:9]>, "POST / HTTP/1.1\r\n"..., 300) = 300` + "\n"
	)
	for name, c := range map[string]struct {
		trace    string
		unsynced int
	}{
		"synced":                     {write + sync + ack, 0},
		"not synced":                 {write + ack + sync, 1},
		"another file synced":        {write + other + ack, 1},
		"sync failed":                {write + failed + ack, 1},
		"sync under way":             {write + begun + ack + ended, 1},
		"sync ended":                 {write + begun + ask + ended + ack, 0},
		"written after sync began":   {write + begun + strings.Replace(write, "11", "13", 1) + ended + ack, 1},
		"nothing was written":        {ack, 0},
		"the carrier is no client":   {write + ask, 0},
		"two answers after one sync": {write + write + sync + ack + ack, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if o := order(c.trace, ":80->"); len(o.unsynced) != c.unsynced {
				t.Errorf("%d answers before their sync, want %d", len(o.unsynced), c.unsynced)
			}
		})
	}
}
