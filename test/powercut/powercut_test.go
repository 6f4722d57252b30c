package powercut

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Lines of a trace of a program that works in /d and serves at port 80.
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
	told    = `9 write(8<TCP:[127.0.0.1:80->127.0.0.1:5]>, "HTTP/1.1 200 OK\r\n\r\n{\"a\":\"b\"}", 28) = 28` + "\n"
	asked   = `9 write(8<TCP:[127.0.0.1:6->127.0.0.1:9]>, "POST / HTTP/1.1\r\n", 17) = 17` + "\n"
	apart   = `7 open("/e/log", O_RDWR|O_CREAT, 0600) = 5</e/log>` + "\n"
)

func TestImages(t *testing.T) {
	t.Parallel()
	const one, both = "ab\n\x00\x7f2", "ab\n\x00\x7f2XY"
	for name, c := range map[string]struct {
		trace, want string // "-" = there is no file
	}{
		"nothing":                    {"", "-"},
		"all is synced":              {opened + first + synced + named2, one},
		"the name is not":            {opened + first + synced, "-"},
		"the data is not":            {opened + first + named2, ""},
		"a sync covers what was":     {opened + first + synced + named2 + second, one},
		"and not what comes":         {opened + named2 + begun + first + ended, ""},
		"a sync that did not end":    {opened + first + named2 + begun, ""},
		"a sync that failed":         {opened + first + named2 + failed, ""},
		"two syncs":                  {opened + first + synced + named2 + second + synced, both},
		"removed, which may be late": {opened + first + synced + named2 + removed, one},
		"removed for good":           {opened + first + synced + named2 + removed + named2, "-"},
		"cut short, maybe":           {opened + first + synced + named2 + shorter, one},
		"cut short":                  {opened + first + named2 + shorter + synced, "ab"},
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

// What no sync covers may be there, may be missing, and may be there in part; what one covers always is.
func TestDice_MakeEveryDisk(t *testing.T) {
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

func TestRead_TellsWhatWasSent(t *testing.T) {
	t.Parallel()
	steps, err := Read(asked+told, "/d", ":80->")
	check(t, err)
	if len(steps) != 1 || steps[0].Kind != Sent || string(steps[0].Data) != "HTTP/1.1 200 OK\r\n\r\n{\"a\":\"b\"}" || steps[0].End != 2 {
		t.Errorf("read %+v", steps)
	}
}

// A trace that is not understood is refused: an image made from it would leave something out.
func TestRead_Refuses(t *testing.T) {
	t.Parallel()
	for name, trace := range map[string]string{
		"an unknown call":         `7 copy_file_range(5</e/log>, NULL, 6</d/log>, NULL, 9, 0) = 9`,
		"a text that was cut":     `7 pwrite64(5</d/log>, "ab"..., 6, 0) = 6`,
		"a write to who knows":    `7 write(5</d/log>, "ab", 2) = 2`,
		"a write that fell short": `7 pwrite64(5</d/log>, "ab", 2, 0) = 1`,
		"a file emptied":          `7 open("/d/log", O_RDWR|O_CREAT|O_TRUNC, 0600) = 5</d/log>`,
		"a strange escape":        `7 pwrite64(5</d/log>, "\q", 1, 0) = 1`,
	} {
		if _, err := Read(trace+"\n", "/d", ":80->"); err == nil {
			t.Errorf("%s was not refused", name)
		}
	}
	if steps, err := Read(apart, "/d", ":80->"); err != nil || len(steps) != 0 {
		t.Errorf("another folder matters: %v %v", steps, err)
	}

	steps, err := Read(first, "/d", ":80->")
	check(t, err)
	if err := Image(t.TempDir(), t.TempDir(), steps, Cut{Line: 9, Worst: true}, "/d"); err == nil {
		t.Error("a file that nobody made was written to")
	}
}

func FuzzRead(f *testing.F) {
	f.Add(opened + first + synced + named2 + begun + ended + told + removed + shorter)
	f.Fuzz(func(_ *testing.T, trace string) { _, _ = Read(trace, "/d", ":80->") })
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
