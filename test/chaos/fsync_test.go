package chaos

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// commitsOfSend is how many transactions a send has before its answer: the intent, and the carrier's answer.
const commitsOfSend = 2

// TestSync_BeforeEachAnswer: a power cut loses nothing that was acknowledged. kill -9 does not prove that, because it
// keeps the page cache, so the test traces system calls: before each 2xx is sent, the log was written and synced, once
// for each transaction.
//
// The sends are sequential: what was written since the last answer belongs to this one, or to rows that settle in the
// background. SYSSECURE_ACKS sets the number of answers.
func TestSync_BeforeEachAnswer(t *testing.T) {
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

	o := order(string(text), ":"+s.listen[strings.LastIndexByte(s.listen, ':')+1:]+"->", commitsOfSend)
	t.Logf("acks=%d log_writes=%d log_syncs=%d unsynced_acks=%d", o.acks, o.writes, o.syncs, len(o.unsynced))
	if o.acks < sends || o.writes < sends || o.syncs < sends {
		t.Errorf("the trace has %d answers, %d writes and %d syncs for %d sends: it was not understood",
			o.acks, o.writes, o.syncs, sends)
	}

	for _, l := range o.unsynced {
		t.Errorf("an answer was sent before its sync: %s", l)
	}
}

// ordered is the result of a trace.
type ordered struct {
	acks, writes, syncs int
	unsynced            []string
}

// order reads a trace of "strace -f -yy": lines are in the order of events. A call that another thread interrupts has
// two lines, "<unfinished ...>" when it begins and "<... name resumed>" when it ends. client is part of the names of
// the API's connections. An answer is unsynced when less than need syncs of new writes ended since the last one.
func order(trace, client string, need int) (o ordered) {
	dirty := 0                  // log writes that have begun
	clean := 0                  // those that a finished sync covers
	since := 0                  // syncs of new writes since the last answer
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
				since += covers(call, syncing[thread], &clean)
			}
		case strings.HasPrefix(call, "<... fsync resumed>") || strings.HasPrefix(call, "<... fdatasync resumed>"):
			if at, ours := syncing[thread]; ours {
				o.syncs++
				since += covers(call, at, &clean)
			}
		case strings.HasPrefix(call, "<... "):
		case strings.Contains(call, "-wal>"):
			dirty++
			o.writes++
		case strings.Contains(call, client) && strings.Contains(call, "HTTP/1.1 200"):
			o.acks++
			if since < need {
				o.unsynced = append(o.unsynced, line)
			}
			since = 0
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

// covers notes the end of a sync and returns 1 if it covered new writes. A failed one covers nothing.
func covers(call string, covered int, clean *int) int {
	if !strings.HasSuffix(call, "= 0") || covered <= *clean {
		return 0
	}
	*clean = covered
	return 1
}

func TestSync_ReadsTraces(t *testing.T) {
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
		"synced":                   {trace: write + sync + ack},
		"not synced":               {trace: write + ack + sync, unsynced: 1},
		"another file synced":      {trace: write + other + ack, unsynced: 1},
		"sync failed":              {trace: write + failed + ack, unsynced: 1},
		"sync under way":           {trace: write + begun + ack + ended, unsynced: 1},
		"sync ended":               {trace: write + begun + ask + ended + ack},
		"written after sync began": {trace: begun + write + ended + ack, unsynced: 1},
		"another writes meanwhile": {trace: write + sync + strings.Replace(write, "11", "13", 1) + ack},
		"nothing was written":      {trace: sync + ack, unsynced: 1},
		"a request to the carrier": {trace: write + ask},
		"a sync serves one answer": {trace: write + write + sync + ack + ack, unsynced: 1},
		"each has its own":         {trace: write + sync + ack + write + sync + ack},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if o := order(c.trace, ":80->", 1); len(o.unsynced) != c.unsynced {
				t.Errorf("%d answers before their sync, want %d", len(o.unsynced), c.unsynced)
			}
		})
	}
}
