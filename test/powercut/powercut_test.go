package powercut

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Lines of a trace of a program that works in /d and serves on port 80.
const (
	opened  = `7 open("/d/log", O_RDWR|O_CREAT|O_NOFOLLOW, 0600) = 5</d/log>` + "\n"
	first   = `7 pwrite64(5</d/log>, "ab\n\0\1772", 6, 0) = 6` + "\n"
	second  = `7 pwrite64(5</d/log>, "XY", 2, 6) = 2` + "\n"
	synced  = `7 fsync(5</d/log>) = 0` + "\n"
	named2  = `7 fsync(6</d>) = 0` + "\n"
	begun   = `8 fsync(5</d/log> <unfinished ...>` + "\n"
	ended   = `8 <... fsync resumed>) = 0` + "\n"
	failed  = `7 fsync(5</d/log>) = -1 EIO (Input/output error)` + "\n"
	removed = `7 unlink("/d/log") = 0` + "\n"
	shorter = `7 ftruncate(5</d/log>, 2) = 0` + "\n"
	sent    = `9 write(8<TCP:[127.0.0.1:80->127.0.0.1:5]>, "HTTP/1.1 200 OK\r\n\r\n{\"a\":\"b\"}", 28) = 28` + "\n"
	asked   = `9 write(8<TCP:[127.0.0.1:6->127.0.0.1:9]>, "POST / HTTP/1.1\r\n", 17) = 17` + "\n"
	apart   = `7 open("/e/log", O_RDWR|O_CREAT, 0600) = 5</e/log>` + "\n"
)

func TestImage_Worst(t *testing.T) {
	t.Parallel()
	const one, both = "ab\n\x00\x7f2", "ab\n\x00\x7f2XY"
	for name, c := range map[string]struct {
		trace, want string // "-" = there is no file
	}{
		"nothing":                 {want: "-"},
		"everything is synced":    {trace: opened + first + synced + named2, want: one},
		"the name is not synced":  {trace: opened + first + synced, want: "-"},
		"the data is not synced":  {trace: opened + first + named2},
		"written after the sync":  {trace: opened + first + synced + named2 + second, want: one},
		"written during the sync": {trace: opened + named2 + begun + first + ended},
		"a sync that did not end": {trace: opened + first + named2 + begun},
		"a sync that failed":      {trace: opened + first + named2 + failed},
		"two syncs":               {trace: opened + first + synced + named2 + second + synced, want: both},
		"removed, not synced":     {trace: opened + first + synced + named2 + removed, want: one},
		"removed, and synced":     {trace: opened + first + synced + named2 + removed + named2, want: "-"},
		"truncated, not synced":   {trace: opened + first + synced + named2 + shorter, want: one},
		"truncated, and synced":   {trace: opened + first + named2 + shorter + synced, want: "ab"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			steps, err := Read(c.trace, "/d", ":80->")
			check(t, err)
			base, to := t.TempDir(), t.TempDir()
			check(t, Image(base, to, steps, Cut{Line: 1000, Worst: true}, "/d"))
			got, err := os.ReadFile(filepath.Join(to, "log"))
			if err != nil {
				got = []byte("-")
			}
			if string(got) != c.want {
				t.Errorf("the worst disk holds %q, want %q", got, c.want)
			}
		})
	}
}

// TestImage_Random: what a sync covers is always there; everything else may be there, may be missing, or may be torn.
func TestImage_Random(t *testing.T) {
	t.Parallel()
	data := strings.Repeat("a", 8192)
	trace := opened + first + synced + named2 + `7 pwrite64(5</d/log>, "` + data + `", 8192, 6) = 8192` + "\n"
	steps, err := Read(trace, "/d", ":80->")
	check(t, err)
	base, whole, missing, torn := t.TempDir(), 0, 0, 0
	for seed := range uint64(200) {
		to := t.TempDir()
		check(t, Image(base, to, steps, Cut{Line: 1000, Random: rand.New(rand.NewPCG(seed, 1))}, "/d"))
		got, err := os.ReadFile(filepath.Join(to, "log"))
		check(t, err)
		if !strings.HasPrefix(string(got), "ab\n\x00\x7f2") {
			t.Fatalf("seed %d: what was synced is lost: %.20q", seed, got)
		}

		switch n := strings.Count(string(got), "a") - 1; n {
		case len(data):
			whole++
		case 0:
			missing++
		default:
			torn++
		}
	}
	if whole == 0 || missing == 0 || torn == 0 {
		t.Errorf("of 200 disks %d have the write, %d do not, and in %d it is torn", whole, missing, torn)
	}
}

func TestRead_Sent(t *testing.T) {
	t.Parallel()
	steps, err := Read(asked+sent, "/d", ":80->")
	check(t, err)
	if len(steps) != 1 || steps[0].Kind != Sent || string(steps[0].Data) != "HTTP/1.1 200 OK\r\n\r\n{\"a\":\"b\"}" ||
		steps[0].End != 2 {
		t.Errorf("read %+v", steps)
	}
}

// TestRead_Errors: a trace that is not understood is an error, because an image made from it would be incomplete.
func TestRead_Errors(t *testing.T) {
	t.Parallel()
	for name, trace := range map[string]string{
		"an unknown call":        `7 copy_file_range(5</e/log>, NULL, 6</d/log>, NULL, 9, 0) = 9`,
		"a string that was cut":  `7 pwrite64(5</d/log>, "ab"..., 6, 0) = 6`,
		"a write without offset": `7 write(5</d/log>, "ab", 2) = 2`,
		"an incomplete write":    `7 pwrite64(5</d/log>, "ab", 2, 0) = 1`,
		"O_TRUNC":                `7 open("/d/log", O_RDWR|O_CREAT|O_TRUNC, 0600) = 5</d/log>`,
		"an unknown escape":      `7 pwrite64(5</d/log>, "\q", 1, 0) = 1`,
	} {
		if _, err := Read(trace+"\n", "/d", ":80->"); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if steps, err := Read(apart, "/d", ":80->"); err != nil || len(steps) != 0 {
		t.Errorf("steps of another folder: %v %v", steps, err)
	}

	steps, err := Read(first, "/d", ":80->")
	check(t, err)
	if err := Image(t.TempDir(), t.TempDir(), steps, Cut{Line: 9, Worst: true}, "/d"); err == nil {
		t.Error("no error for a write to a file that was never made")
	}
}

func FuzzRead(f *testing.F) {
	f.Add(opened + first + synced + named2 + begun + ended + sent + removed + shorter)
	f.Fuzz(func(_ *testing.T, trace string) { _, _ = Read(trace, "/d", ":80->") })
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
