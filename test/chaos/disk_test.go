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

// Sizes of the disk that runs full twice: first while the write-ahead log grows, then, long after a checkpoint, while the
// database file does.
const (
	diskSize   = 24 << 20
	diskLeft   = 1 << 20 // what the first ballast leaves to the log
	reserve    = 4 << 20 // what the second ballast gives back
	mostToFill = 50_000
	recovers   = 5 * time.Second
)

// A full disk is an outage and not a loss: sends are refused with 503, nothing that was acknowledged is lost, and the
// server works again when there is space, without a restart.
func TestDiskFull_IsAnOutageNotALoss(t *testing.T) {
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

// run fills the disk twice.
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
	closing("disk-full-"+name, 1, fmt.Sprintf("acked=%d refused=%d slowest_back=%v", len(d.acked), len(d.refused), d.slowestBack))
}

// diagnose has doctor find no damage. That there is little room on so small a disk is true.
func (d *fullDisk) diagnose(t *testing.T) {
	t.Helper()
	out, _ := d.site.prepare(t, "doctor", "--json").Output() // it ends with 1 for the disk
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

// fullDisk is an installation on a small disk, and what it acknowledged: number by id.
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

// freeOn is what is free on the disk.
func freeOn(t *testing.T, disk string) int64 {
	t.Helper()
	var fs syscall.Statfs_t
	check(t, syscall.Statfs(disk, &fs))
	return int64(fs.Bavail) * fs.Bsize
}

// fill sends until the server refuses.
func (d *fullDisk) fill(t *testing.T) {
	t.Helper()
	for range mostToFill {
		if !d.send(t) {
			return
		}
	}
	t.Fatalf("%d sends did not fill the disk", mostToFill)
}

// outage looks at the server while the disk is full.
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
		t.Errorf("/healthz says %d %v on a full disk: the process would be restarted for nothing", r.status, err)
	}
	if r, err := d.api.call(t.Context(), http.MethodGet, "/readyz", "", ""); err != nil || r.status != http.StatusServiceUnavailable {
		t.Errorf("/readyz says %d %v on a full disk: a balancer would go on sending", r.status, err)
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
	until(t, recovers, "a send after space was made", func() bool { return d.send(t) })
	until(t, recovers, "ready after space was made", func() bool {
		r, err := d.api.call(t.Context(), http.MethodGet, "/readyz", "", "")
		return err == nil && r.status == http.StatusOK
	})
	back := time.Since(freed).Round(time.Millisecond)
	d.slowestBack = max(d.slowestBack, back)
	t.Logf("back %v after there was space", back)
}

// judge compares what was acknowledged with what is there.
func (d *fullDisk) judge(t *testing.T) {
	t.Helper()
	until(t, quietWithin, "quiet", func() bool { return d.api.balance(t).Held == 0 && d.carrier.idle() })
	there := d.api.list(t)
	if len(there) != len(d.acked) {
		t.Errorf("there are %d OTPs, and %d were acknowledged", len(there), len(d.acked))
	}

	for id, to := range d.acked {
		if there[id].To != to || d.carrier.text(to) == "" {
			t.Errorf("%s to %s was acknowledged; it is %+v, and the carrier had %q", id, to, there[id], d.carrier.text(to))
		}
	}

	for _, to := range d.refused {
		if d.carrier.text(to) != "" {
			t.Errorf("the send to %s was refused, and the carrier had it", to)
		}
	}
}

// send sends once: 200 is noted as acknowledged, everything else has to be a 503 with Retry-After.
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
		t.Fatalf("a send on a full disk was answered with %d %s, Retry-After %q, want 503 with one", r.status, r.body, r.header.Get("Retry-After"))
	}
	d.refused = append(d.refused, to)

	return false
}
