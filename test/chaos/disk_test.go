package chaos

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Sizes of the disk, which becomes full twice: first when the write-ahead log grows, then, long after a checkpoint,
// when the database file does.
const (
	diskSize     = 24 << 20
	diskLeft     = 1 << 20 // what the first ballast leaves for the log
	reserve      = 4 << 20 // the size of the second ballast
	maxSends     = 50_000
	recoveryTime = 5 * time.Second
)

// TestDiskFull_SQLite: while the disk is full, sends are answered with 503. Nothing that was acknowledged is lost, and
// the server works again when there is space, without a restart.
func TestDiskFull_SQLite(t *testing.T) {
	folder := evidence(t)
	disk := smallDisk(t, folder, diskSize)
	newFullDisk(t, folder, disk, siteOptions{data: filepath.Join(disk, "data")}).run(t, "sqlite")
}

func newFullDisk(t *testing.T, folder, disk string, o siteOptions) *fullDisk {
	t.Helper()
	d := &fullDisk{folder: disk, carrier: startSim(t, 1), acked: map[string]string{}}
	o.carrier, o.credits = d.carrier.url, crashCredits
	d.site = newSite(t, folder, o)
	return d
}

// run fills the disk twice, and checks the server each time.
func (d *fullDisk) run(t *testing.T, name string) {
	t.Helper()
	running := d.site.start(t)
	d.api = d.site.api(d.site.key, 0)
	defer d.api.close()
	d.write(t, "reserve", reserve)
	d.write(t, "ballast", freeOn(t, d.folder)-diskLeft)

	for _, ballast := range []string{"ballast", "reserve"} {
		d.fill(t)
		d.outage(t)
		d.recover(t, ballast)
	}

	d.judge(t)
	running.stop(t)
	d.diagnose(t)
	printSummary("disk-full-"+name, 1,
		fmt.Sprintf("acked=%d refused=%d slowest_back=%v", len(d.acked), len(d.refused), d.slowestBack))
}

// diagnose checks that doctor finds no damage. Its report of little room is right, as the disk is small.
func (d *fullDisk) diagnose(t *testing.T) {
	t.Helper()
	out, _ := d.site.prepare(t, "doctor", "--json").Output() // exit code 1, because of the disk
	var checks []struct{ Name, Problem string }
	if err := json.Unmarshal(out, &checks); err != nil || len(checks) == 0 {
		t.Fatalf("doctor: %v\n%s", err, out)
	}

	for _, c := range checks {
		if c.Problem != "" && !strings.Contains(c.Name, "free space on the disk") {
			t.Errorf("doctor: %s: %s", c.Name, c.Problem)
		}
	}
}

// fullDisk is an installation on a small disk, with what it acknowledged (numbers by id).
type fullDisk struct {
	folder  string
	site    *site
	carrier *sim
	api     *api
	acked   map[string]string
	last    int64
	refused []string // numbers

	slowestBack time.Duration
}

func (d *fullDisk) write(t *testing.T, name string, size int64) {
	t.Helper()
	check(t, os.WriteFile(filepath.Join(d.folder, name), make([]byte, size), 0o600))
}

// freeOn is the free space on the disk.
func freeOn(t *testing.T, disk string) int64 {
	t.Helper()
	var fs syscall.Statfs_t
	check(t, syscall.Statfs(disk, &fs))
	return int64(fs.Bavail) * fs.Bsize
}

// fill sends until a send fails.
func (d *fullDisk) fill(t *testing.T) {
	t.Helper()
	for range maxSends {
		if !d.send(t) {
			return
		}
	}
	t.Fatalf("%d sends did not fill the disk", maxSends)
}

// outage checks the server while the disk is full.
func (d *fullDisk) outage(t *testing.T) {
	t.Helper()
	full, before := len(d.acked), len(d.refused)
	for range 100 {
		d.send(t)
	}
	if len(d.refused) == before {
		t.Error("no send was refused on a full disk")
	}

	r, err := d.api.call(t.Context(), http.MethodGet, "/healthz", "", "")
	if err != nil || r.status != http.StatusOK {
		t.Errorf("/healthz answers %d %v on a full disk, so the process would be restarted for nothing", r.status, err)
	}
	if r, err := d.api.call(t.Context(), http.MethodGet, "/readyz", "", ""); err != nil ||
		r.status != http.StatusServiceUnavailable {
		t.Errorf("/readyz answers %d %v on a full disk, so a balancer would keep sending", r.status, err)
	}
	if there := len(d.api.list(t)); there != len(d.acked) {
		t.Errorf("on a full disk %d OTPs can be read, and %d were acknowledged", there, len(d.acked))
	}
	t.Logf("full after %d sends; of 100 more %d were refused", full, len(d.refused)-before)
}

// recover makes space and waits until the server works again.
func (d *fullDisk) recover(t *testing.T, ballast string) {
	t.Helper()
	check(t, os.Remove(filepath.Join(d.folder, ballast)))
	freed := time.Now()
	until(t, recoveryTime, "a send after space was made", func() bool { return d.send(t) })
	until(t, recoveryTime, "ready after space was made", func() bool {
		r, err := d.api.call(t.Context(), http.MethodGet, "/readyz", "", "")
		return err == nil && r.status == http.StatusOK
	})
	back := time.Since(freed).Round(time.Millisecond)
	d.slowestBack = max(d.slowestBack, back)
	t.Logf("back %v after there was space", back)
}

// judge compares what was acknowledged with what the server has.
func (d *fullDisk) judge(t *testing.T) {
	t.Helper()
	until(t, quietWithin, "quiet", func() bool { return d.api.balance(t).Held == 0 && d.carrier.idle() })
	there := d.api.list(t)
	if len(there) != len(d.acked) {
		t.Errorf("there are %d OTPs, and %d were acknowledged", len(there), len(d.acked))
	}

	for id, to := range d.acked {
		if there[id].To != to || d.carrier.text(to) == "" {
			t.Errorf("%s to %s was acknowledged; it is %+v, and the carrier had %q",
				id, to, there[id], d.carrier.text(to))
		}
	}

	for _, to := range d.refused {
		if d.carrier.text(to) != "" {
			t.Errorf("the send to %s was refused, but the carrier had it", to)
		}
	}
}

// send sends once and notes the answer, which must be 200 or a 503 with Retry-After.
func (d *fullDisk) send(t *testing.T) bool {
	t.Helper()
	d.last++
	to := mobile(d.last)
	r, err := d.api.call(t.Context(), http.MethodPost, "/v2/otp/send", "", sendBody(to))
	check(t, err)
	var sent sentOTP
	check(t, json.Unmarshal(r.body, &sent))

	switch {
	case r.status == http.StatusOK:
		d.acked[sent.ID] = to
		return true
	case r.status != http.StatusServiceUnavailable || r.header.Get("Retry-After") == "":
		t.Fatalf("a send on a full disk was answered with %d %s, Retry-After %q, want 503 with one",
			r.status, r.body, r.header.Get("Retry-After"))
	}
	d.refused = append(d.refused, to)

	return false
}
