package chaos

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/test/powercut"
)

// TestPowerLoss_LosesNothing: after a power cut at any moment, with writes that no fsync covers kept, dropped or torn
// at random, nothing that the server had acknowledged is lost. SYSSECURE_CUTS sets the number of disks.
func TestPowerLoss_LosesNothing(t *testing.T) {
	strace, err := exec.LookPath("strace")
	needs(t, err == nil, "strace is missing: apt-get install strace")
	cuts := number(t, "SYSSECURE_CUTS", 10)
	sends := int64(number(t, "SYSSECURE_POWER_SENDS", 500))
	r := newRun(t, "powercut", siteOptions{})
	base, trace := filepath.Join(r.site.folder, "base"), filepath.Join(r.site.folder, "trace")
	check(t, os.CopyFS(base, os.DirFS(r.site.data)))
	r.running = r.site.start(t, append([]string{strace, "-D", "-o", trace}, powercut.Flags...)...)
	r.crowd.gate.open()
	r.crowd.start(t)
	until(t, 10*quietWithin, "sends", func() bool { return r.crowd.sends.Load() >= sends })
	r.quiet(t)
	r.running.stop(t)
	var text []byte
	until(t, stopWithin, "the end of the trace", func() bool {
		text, err = os.ReadFile(trace)
		return err == nil && strings.Contains(string(text), "+++ exited with 0 +++")
	})

	r.carrier.mu.Lock()
	r.carrier.journal = nil
	r.carrier.mu.Unlock()
	r.crowd.journal.close(t)
	steps, err := powercut.Read(string(text), r.site.data,
		r.site.listen[strings.LastIndexByte(r.site.listen, ':'):]+"->")
	check(t, err)
	p := &powerLoss{run: r, steps: steps, base: base, until: strings.Count(string(text), "\n")}
	p.summary(t)

	for i := range cuts {
		p.cut(t, i)
	}
	printSummary(r.name, r.seed,
		fmt.Sprintf("cuts=%d in_checkpoints=%d acked=%d lost=%d corrupt=%d", cuts, p.checkpoints,
			p.acked, p.lost, p.corrupt))
}

// powerLoss is a recorded run, and the results of its disks.
type powerLoss struct {
	*run
	steps                []powercut.Step
	base                 string
	until                int      // lines of the trace
	copied               [][2]int // when the log was copied into the database file: from line, to line
	checkpoints          int      // cuts in these
	acked, lost, corrupt int
}

// summary fails when the trace was not understood, and notes when the database file was written.
func (p *powerLoss) summary(t *testing.T) {
	t.Helper()
	answers, logged, synced := 0, 0, 0
	from := -1

	for _, s := range p.steps {
		database := strings.HasSuffix(s.Path, "syssecure.db")
		switch {
		case s.Kind == powercut.Sent && strings.HasPrefix(string(s.Data), "HTTP/1.1 200"):
			answers++
		case s.Kind == powercut.Write && strings.HasSuffix(s.Path, "-wal"):
			logged++
		case s.Kind == powercut.Sync && strings.HasSuffix(s.Path, "-wal"):
			synced++
		case s.Kind == powercut.Write && database && from < 0:
			from = s.Begin
		case s.Kind == powercut.Sync && database && from >= 0:
			p.copied = append(p.copied, [2]int{from, s.End + 3})
			from = -1
		}
	}

	t.Logf("steps=%d answers=%d log_writes=%d log_syncs=%d checkpoints=%d", len(p.steps), answers, logged, synced,
		len(p.copied))
	if sends := int(p.crowd.sends.Load()); answers < sends || logged < sends/10 || synced < 10 || len(p.copied) == 0 {
		t.Errorf("for %d sends the trace has %d answers, %d writes and %d syncs of the log, and %d checkpoints: "+
			"it was not understood",
			sends, answers, logged, synced, len(p.copied))
	}
}

// moment draws the line of a power cut: for one of four images while the log is copied into the database file.
func (p *powerLoss) moment(i int) int {
	if i%4 == 3 && len(p.copied) > 0 {
		c := p.copied[p.random.IntN(len(p.copied))]
		p.checkpoints++
		return c[0] + p.random.IntN(c[1]-c[0])
	}
	return 1 + p.random.IntN(p.until)
}

var (
	sentOne     = regexp.MustCompile(`"otp_id":"(otp_[0-9A-Z]+)","status"`)
	verifiedOne = regexp.MustCompile(`"valid":true,"otp_id":"(otp_[0-9A-Z]+)"`)
)

// answered is what the server had acknowledged before the power cut: codes that were sent, and codes that were used.
func (p *powerLoss) answered(line int) (sent, used map[string]bool) {
	sent, used = map[string]bool{}, map[string]bool{}
	for _, s := range p.steps {
		if s.Kind != powercut.Sent || s.Begin > line {
			continue
		}
		if m := sentOne.FindSubmatch(s.Data); m != nil {
			sent[string(m[1])] = true
		}
		if m := verifiedOne.FindSubmatch(s.Data); m != nil {
			used[string(m[1])] = true
		}
	}

	return sent, used
}

// cut makes a disk and checks it with the real program.
func (p *powerLoss) cut(t *testing.T, i int) {
	t.Helper()
	cut := powercut.Cut{Line: p.moment(i), Random: rand.New(rand.NewPCG(p.seed, uint64(i))), Worst: i%5 == 0}
	folder := filepath.Join(p.site.folder, "image")
	check(t, os.RemoveAll(folder))
	check(t, os.Mkdir(folder, 0o700))
	check(t, powercut.Image(p.base, folder, p.steps, cut, p.site.data))
	image := *p.site
	image.data, image.conf = folder, filepath.Join(p.site.folder, "image.toml")
	conf, err := os.ReadFile(p.site.conf)
	check(t, err)
	check(t, os.WriteFile(image.conf, []byte(strings.ReplaceAll(string(conf), p.site.data+`"`, folder+`"`)), 0o600))
	bad := func(format string, args ...any) {
		t.Helper()
		t.Errorf("cut %d at line %d: "+format, append([]any{i, cut.Line}, args...)...)
	}

	if out, err := image.prepare(t, "doctor").CombinedOutput(); err != nil {
		p.corrupt++
		bad("doctor: %v\n%s", err, out)
		return
	}

	running := image.start(t)
	defer running.stop(t)
	a := image.api(image.key, 0)
	defer a.close()
	until(t, quietWithin, "quiet", func() bool { return a.balance(t).Held == 0 })
	sent, used := p.answered(cut.Line)
	there := a.list(t)
	p.acked += len(sent) + len(used)

	for otp := range sent {
		if _, ok := there[otp]; !ok {
			p.lost++
			bad("%s was acknowledged, but does not exist", otp)
		}
	}

	checked := 0
	for otp := range used {
		if there[otp].Status != "verified" {
			p.lost++
			bad("%s was used, but is %q", otp, there[otp].Status)
			continue
		}

		if checked++; checked <= 3 && p.usedAgain(t, a, there[otp]) {
			p.lost++
			bad("%s was used, but its code is valid again", otp)
		}
	}

	var charged int64
	for _, o := range there {
		charged += o.credits()
	}
	if b := a.balance(t); b.Credits+charged != crashCredits {
		bad("of %d credits %d are left, and %d were charged", crashCredits, b.Credits, charged)
	}
}

func (p *powerLoss) usedAgain(t *testing.T, a *api, o shownOTP) bool {
	t.Helper()
	r, err := a.call(t.Context(), http.MethodPost, "/v2/otp/verify", "", verifyBody(o.ID, p.carrier.code(o.To)))
	var answer struct{ Valid bool }
	if err != nil || r.status != http.StatusOK || json.Unmarshal(r.body, &answer) != nil {
		t.Errorf("verify %s: %d %s %v", o.ID, r.status, r.body, err)
	}
	return answer.Valid
}

// TestPowerLoss_AfterTheFirstCommand: a disk that keeps only what was synced has the master key and the account after
// the first command succeeded. A lost key would make the database useless.
func TestPowerLoss_AfterTheFirstCommand(t *testing.T) {
	strace, err := exec.LookPath("strace")
	needs(t, err == nil, "strace is missing: apt-get install strace")
	s := writeSite(t, evidence(t), siteOptions{carrier: "http://127.0.0.1:1"})
	check(t, os.Mkdir(s.data, 0o700))
	trace, base, disk := filepath.Join(s.folder, "trace"), filepath.Join(s.folder, "base"),
		filepath.Join(s.folder, "disk")
	create := s.prepare(t, "account", "create", "--name", "Chaos", "--json")
	create.Path, create.Args = strace, append(append([]string{strace, "-o", trace}, powercut.Flags...), create.Args...)
	out, err := create.Output()
	check(t, err)
	var made struct{ ID string }
	check(t, json.Unmarshal(out, &made))
	text, err := os.ReadFile(trace)
	check(t, err)
	steps, err := powercut.Read(string(text), s.data, "->")
	check(t, err)
	check(t, os.Mkdir(base, 0o700))
	check(t, os.Mkdir(disk, 0o700))
	check(t, powercut.Image(base, disk, steps, powercut.Cut{Line: strings.Count(string(text), "\n"), Worst: true},
		s.data))
	check(t, os.RemoveAll(s.data))
	check(t, os.Rename(disk, s.data))
	s.command(t, "key", "create", "--account", made.ID, "--mode", "live", "--json")
	s.command(t, "doctor")
}
