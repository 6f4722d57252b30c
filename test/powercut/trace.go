// Package powercut rebuilds what a disk may hold after a power cut at any moment of a recorded run.
//
// It reads traces of strace and writes folders; it knows nothing of databases. Only a finished sync guarantees
// anything: what was written to a file after its last sync may be there, may be missing, or may be torn at any sector,
// and a name is certain only after its folder was synced.
package powercut

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

// Kind is what a step of a trace does.
type Kind int

// The kinds.
const (
	Write    Kind = iota // data at an offset
	Truncate             // to a size
	Sync                 // a file, or the names in a folder
	Create               // a name for a new file
	Link                 // another name for a file
	Rename
	Unlink
	Sent // bytes sent through a socket
)

// Step is a system call that matters. It may have had its effect at any time between its begin and its end.
type Step struct {
	Kind       Kind
	Path, To   string
	Data       []byte
	At         int64 // an offset or a size
	Begin, End int   // lines of the trace; End is never when it did not end, so its effect is not guaranteed
}

const never = int(^uint(0) >> 1)

// Flags are the options of strace that Read needs.
var Flags = []string{
	"-f", "-yy", "--seccomp-bpf", "-s", "1000000", "-e",
	"trace=open,openat,creat,write,pwrite64,writev,pwritev,pwritev2,ftruncate,truncate,fallocate," +
		"copy_file_range,fsync,fdatasync,sync_file_range," +
		"linkat,link,rename,renameat,renameat2,unlink,unlinkat",
}

// reader reads a trace line by line.
type reader struct {
	folder  string
	client  string
	line    int
	steps   []Step
	waiting map[string]int    // by thread: the step that has not ended
	cursor  map[string]int64  // offset of the next write without one, for files that were made during the trace
	unnamed map[string]string // by descriptor: files that were made without a name
}

// Read finds what a run did to the files in folder, and what it sent through sockets whose name contains client. An
// unknown call that changes such a file is an error, because an image without its effect would be wrong.
func Read(trace, folder, client string) ([]Step, error) {
	r := &reader{
		folder: folder, client: client, waiting: map[string]int{}, cursor: map[string]int64{},
		unnamed: map[string]string{},
	}
	for line := range strings.Lines(trace) {
		r.line++
		thread, call, _ := strings.Cut(strings.TrimSpace(line), " ")
		if err := r.call(thread, strings.TrimSpace(call)); err != nil {
			return nil, fmt.Errorf("line %d of the trace: %w: %.200s", r.line, err, line)
		}
	}

	return r.steps, nil
}

func (r *reader) call(thread, call string) error {
	if rest, ok := strings.CutPrefix(call, "<... "); ok {
		i, ok := r.waiting[thread]
		if !ok {
			return nil
		}
		delete(r.waiting, thread)
		return r.ended(i, result(rest))
	}

	name, rest, ok := strings.Cut(call, "(")
	if !ok || strings.HasPrefix(call, "---") || strings.HasPrefix(call, "+++") {
		return nil
	}

	args := arguments(rest)
	for len(args) < 4 {
		args = append(args, "") // the line was cut off
	}

	step, ours, err := r.begun(name, args)
	if strings.Contains(args[2], "O_TMPFILE") {
		step, ours, err = r.openUnnamed(args[1], result(rest))
	}
	if err != nil || !ours {
		return err
	}

	step.Begin, step.End = r.line, never
	r.steps = append(r.steps, step)
	i := len(r.steps) - 1
	if strings.HasSuffix(call, "<unfinished ...>") {
		r.waiting[thread] = i
		return nil
	}

	return r.ended(i, result(rest))
}

// ended notes how a step ended. One that failed guarantees nothing.
func (r *reader) ended(i int, result string) error {
	s := &r.steps[i]
	n, err := strconv.ParseInt(result, 10, 64)
	switch {
	case err != nil: // the name of an error, or a descriptor
		if s.Kind == Create && !strings.HasPrefix(result, "-1") {
			s.End = r.line
		}
	case n < 0:
	case s.Kind == Write && n != int64(len(s.Data)):
		return fmt.Errorf("only %d of %d bytes were written", n, len(s.Data))
	default:
		s.End = r.line
	}

	return nil
}

// begun is the step of a call; ours is false when it does not matter.
func (r *reader) begun(name string, args []string) (s Step, ours bool, err error) {
	path := descriptor(args[0])
	switch name {
	case "write", "pwrite64":
		if strings.Contains(path, r.client) && len(args) > 1 {
			data, err := unquote(args[1])
			return Step{Kind: Sent, Data: data}, true, err
		}
		if !r.inside(path) {
			return s, false, nil
		}
		return r.write(name, path, args)
	case "ftruncate":
		at, err := strconv.ParseInt(args[1], 10, 64)
		return Step{Kind: Truncate, Path: path, At: at}, r.inside(path), err
	case "fsync", "fdatasync":
		return Step{Kind: Sync, Path: path}, r.inside(path) || path == r.folder, nil
	case "openat":
		return r.open(named(args[0], args[1]), args[2])
	case "open":
		return r.open(named("", args[0]), args[1])
	case "linkat":
		from, to := named(args[0], args[1]), named(args[2], args[3])
		if fd, ok := strings.CutPrefix(from, "/proc/self/fd/"); ok {
			from = r.unnamed[fd]
		}
		return Step{Kind: Link, Path: from, To: to}, r.inside(to), nil
	case "renameat", "renameat2":
		from, to := named(args[0], args[1]), named(args[2], args[3])
		return Step{Kind: Rename, Path: from, To: to}, r.inside(to), nil
	case "unlinkat":
		path := named(args[0], args[1])
		return Step{Kind: Unlink, Path: path}, r.inside(path), nil
	case "unlink":
		path := named("", args[0])
		return Step{Kind: Unlink, Path: path}, r.inside(path), nil
	}
	if strings.Contains(strings.Join(args, " "), r.folder+"/") {
		return s, false, fmt.Errorf("unknown call %s", name)
	}

	return s, false, nil
}

func (r *reader) write(name, path string, args []string) (s Step, ours bool, err error) {
	s = Step{Kind: Write, Path: path}
	if s.Data, err = unquote(args[1]); err != nil {
		return s, false, err
	}

	if name == "pwrite64" {
		s.At, err = strconv.ParseInt(args[3], 10, 64)
		return s, true, err
	}

	at, known := r.cursor[path]
	if !known {
		return s, false, fmt.Errorf("the offset of a write to %s is not known", path)
	}
	s.At = at
	r.cursor[path] = at + int64(len(s.Data))

	return s, true, nil
}

// open is a step if it may make a file.
func (r *reader) open(path, how string) (s Step, ours bool, err error) {
	if !r.inside(path) || !strings.Contains(how, "O_CREAT") {
		return s, false, nil
	}
	if strings.Contains(how, "O_TRUNC") {
		return s, false, fmt.Errorf("O_TRUNC is not supported")
	}
	if _, known := r.cursor[path]; !known {
		r.cursor[path] = 0
	}

	return Step{Kind: Create, Path: path}, true, nil
}

// openUnnamed is a step that makes a file without a name (O_TMPFILE). The path that the kernel shows for its descriptor
// identifies the file until it is linked.
func (r *reader) openUnnamed(folder, opened string) (s Step, ours bool, err error) {
	fd, _, made := strings.Cut(opened, "<")
	path := descriptor(opened)
	if named("", folder) != r.folder || !made {
		return s, false, nil
	}
	r.unnamed[fd], r.cursor[path] = path, 0

	return Step{Kind: Create, Path: path}, true, nil
}

// inside reports whether a file counts. SQLite's shared memory does not: the first process that opens the database
// makes it again.
func (r *reader) inside(path string) bool {
	return strings.HasPrefix(path, r.folder+"/") && !strings.HasSuffix(path, "-shm")
}

// descriptor is the path in an argument such as 7</data/file>.
func descriptor(arg string) string {
	_, path, _ := strings.Cut(arg, "<")
	return strings.TrimSuffix(strings.TrimSuffix(path, deleted), ">")
}

// deleted follows a descriptor whose file has no name.
const deleted = "(deleted)"

// named is the path of a folder's descriptor and a name.
func named(folder, name string) string {
	b, _ := unquote(name)
	if filepath.IsAbs(string(b)) {
		return string(b)
	}
	return filepath.Join(descriptor(folder), string(b))
}

// result is what follows the last "= ".
func result(call string) string {
	_, text, _ := strings.Cut(call[max(0, strings.LastIndex(call, "= ")):], "= ")
	text, _, _ = strings.Cut(text, " ")
	return text
}

// arguments splits a call at its commas outside quotes and brackets.
func arguments(text string) (all []string) {
	start, depth, quoted := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '<' || c == '[' || c == '{':
			depth++
		case c == '-' && i+1 < len(text) && text[i+1] == '>': // of a socket's name
			i++
		case c == '>' || c == ']' || c == '}':
			depth--
		case depth == 0 && strings.HasPrefix(text[i:], deleted):
			i += len(deleted) - 1
		case depth == 0 && (c == ',' || c == ')'):
			all = append(all, strings.TrimSpace(text[start:i]))
			start = i + 1
			if c == ')' {
				return all
			}
		}
	}

	return append(all, strings.TrimSpace(strings.TrimSuffix(text[start:], "<unfinished ...>")))
}

// unquote reads a string as strace writes it.
func unquote(text string) ([]byte, error) {
	if len(text) < 2 || text[0] != '"' || text[len(text)-1] != '"' {
		return nil, fmt.Errorf("%.40s is not a complete string", text)
	}
	text = text[1 : len(text)-1]
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			out = append(out, text[i])
			continue
		}

		i++
		if i == len(text) {
			return nil, fmt.Errorf("a string ends in a backslash")
		}

		if at := strings.IndexByte("ntvfr\"\\", text[i]); at >= 0 {
			out = append(out, "\n\t\v\f\r\"\\"[at])
			continue
		}

		n, digits := 0, 0
		for ; digits < 3 && i+digits < len(text) && text[i+digits] >= '0' && text[i+digits] <= '7'; digits++ {
			n = 8*n + int(text[i+digits]-'0')
		}
		if digits == 0 || n > 255 {
			return nil, fmt.Errorf("unknown escape \\%c", text[i])
		}
		out = append(out, byte(n))
		i += digits - 1
	}

	return out, nil
}
