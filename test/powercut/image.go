package powercut

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
)

// file is a file of a disk, which may have any number of names.
type file struct {
	durable []byte
	pending []Step // not covered by a sync
}

// disk is a folder at some moment of the run.
type disk struct {
	names   map[string]*file // covered by a sync of the folder
	pending []rename         // not covered by one
	seen    map[string]*file // as the program sees them
}

type rename struct {
	step Step
	file *file // nil: the name is removed
	path string
}

// Cut is a power cut.
type Cut struct {
	Line   int // of the trace; what begins later does not happen
	Random *rand.Rand
	// Worst keeps only what a sync covers; otherwise Random decides what else is kept.
	Worst bool
}

// Image writes into the folder to what a disk that began with the files of base may hold after the cut.
func Image(base, to string, steps []Step, cut Cut, root string) error {
	d := &disk{names: map[string]*file{}, seen: map[string]*file{}}
	entries, err := os.ReadDir(base)
	if err != nil {
		return err
	}

	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(base, e.Name()))
		if err != nil {
			return err
		}
		f := &file{durable: b}
		d.names[filepath.Join(root, e.Name())], d.seen[filepath.Join(root, e.Name())] = f, f
	}

	for _, s := range steps {
		if s.Begin > cut.Line {
			break
		}
		if s.End > cut.Line {
			s.End = never
		}
		if err := d.step(s, root); err != nil {
			return err
		}
	}

	return d.write(to, cut)
}

func (d *disk) step(s Step, root string) error {
	f := d.seen[s.Path]
	if f == nil && (s.Kind == Write || s.Kind == Truncate || s.Kind == Link || s.Kind == Rename || s.Kind == Sync &&
		s.Path != root) {
		return fmt.Errorf("line %d of the trace uses %s, which was never made", s.Begin, s.Path)
	}

	switch s.Kind {
	case Write, Truncate:
		f.pending = append(f.pending, s)
	case Create:
		if f == nil && s.End != never {
			f = &file{}
			d.seen[s.Path] = f
			d.pending = append(d.pending, rename{s, f, s.Path})
		}
	case Link:
		d.seen[s.To] = f
		d.pending = append(d.pending, rename{s, f, s.To})
	case Rename:
		delete(d.seen, s.Path)
		d.seen[s.To] = f
		d.pending = append(d.pending, rename{s, f, s.To}, rename{s, nil, s.Path})
	case Unlink:
		delete(d.seen, s.Path)
		d.pending = append(d.pending, rename{s, nil, s.Path})
	case Sync:
		switch {
		case s.End == never:
		case s.Path == root:
			d.pending = slices.DeleteFunc(d.pending, func(r rename) bool {
				if r.step.End < s.Begin {
					d.rename(r)
				}
				return r.step.End < s.Begin
			})
		default:
			f.pending = slices.DeleteFunc(f.pending, func(w Step) bool {
				if w.End < s.Begin {
					f.apply(w)
				}
				return w.End < s.Begin
			})
		}
	}

	return nil
}

func (d *disk) rename(r rename) {
	if r.file == nil {
		delete(d.names, r.path)
	} else {
		d.names[r.path] = r.file
	}
}

func (f *file) apply(s Step) {
	end := s.At + int64(len(s.Data))
	if grow := end - int64(len(f.durable)); grow > 0 {
		f.durable = append(f.durable, make([]byte, grow)...)
	}

	if s.Kind == Truncate {
		f.durable = f.durable[:s.At]
		return
	}
	copy(f.durable[s.At:], s.Data)
}

// write decides at random which pending changes are kept, and writes the files. Names change in order, as on every file
// system with a journal.
func (d *disk) write(to string, cut Cut) error {
	kept := 0
	if !cut.Worst {
		kept = cut.Random.IntN(len(d.pending) + 1)
	}

	for _, r := range d.pending[:kept] {
		d.rename(r)
	}

	torn := map[*file]bool{}
	for _, path := range slices.Sorted(maps.Keys(d.names)) {
		f := d.names[path]
		if !cut.Worst && !torn[f] {
			f.tear(cut.Random)
		}

		torn[f] = true
		if err := os.WriteFile(filepath.Join(to, filepath.Base(path)), f.durable, 0o600); err != nil {
			return err
		}
	}

	return nil
}

// sectors are the sizes that a disk writes atomically.
var sectors = [...]int{512, 4096}

// tear keeps, drops or tears each pending write. In some images most are kept, in others few.
func (f *file) tear(random *rand.Rand) {
	keeps := random.Float64()
	sector := sectors[random.IntN(len(sectors))]
	for _, s := range f.pending {
		if s.Kind == Truncate || random.IntN(4) > 0 {
			if random.Float64() < keeps {
				f.apply(s)
			}
			continue
		}

		for from := 0; from < len(s.Data); {
			// Sectors begin at multiples of their size.
			until := min(len(s.Data), from+sector-int((s.At+int64(from))%int64(sector)))
			if random.Float64() < keeps {
				f.apply(Step{Kind: Write, At: s.At + int64(from), Data: s.Data[from:until]})
			}
			from = until
		}
	}
}
