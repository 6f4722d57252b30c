package chaos

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"sync"
	"testing"
)

// record is one line of the journal.
type record struct {
	Kind string `json:"kind"` // intent, ack, refused, verified, submit, crash
	N    int64  `json:"n,omitempty"`
	Key  string `json:"key,omitempty"`
	To   string `json:"to,omitempty"`
	OTP  string `json:"otp,omitempty"`
	Ref  string `json:"ref,omitempty"`
	// Interrupted means that an earlier answer was lost.
	Interrupted bool   `json:"interrupted,omitempty"`
	Valid       bool   `json:"valid,omitempty"`
	Text        string `json:"text,omitempty"`
	InFlight    int64  `json:"in_flight,omitempty"`
}

// journal records, outside of the server, what the clients did. Parallel clients share an fsync.
type journal struct {
	file  *os.File
	queue chan entry
	done  sync.WaitGroup
	err   error
}

type entry struct {
	line []byte
	safe chan struct{} // nil: not waited for
}

func openJournal(t *testing.T, path string) *journal {
	t.Helper()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	check(t, err)
	j := &journal{file: f, queue: make(chan entry, 1024)}
	j.done.Go(j.write)
	return j
}

// put returns when the record is on disk.
func (j *journal) put(r record) {
	safe := make(chan struct{})
	j.queue <- entry{line(r), safe}
	<-safe
}

// note writes without waiting.
func (j *journal) note(r record) { j.queue <- entry{line(r), nil} }

func line(r record) []byte {
	b, _ := json.Marshal(r) // cannot fail for strings and numbers
	return append(b, '\n')
}

func (j *journal) write() {
	for e := range j.queue {
		var lines []byte
		var waiting []chan struct{}
		for more := true; more; {
			lines = append(lines, e.line...)
			if e.safe != nil {
				waiting = append(waiting, e.safe)
			}

			select {
			case e, more = <-j.queue:
			default:
				more = false
			}
		}
		if _, err := j.file.Write(lines); err != nil {
			j.err = err
		}
		if err := j.file.Sync(); err != nil {
			j.err = err
		}
		for _, safe := range waiting {
			close(safe)
		}
	}
}

// close ends the journal and reads it from its file.
func (j *journal) close(t *testing.T) (all []record) {
	t.Helper()
	close(j.queue)
	j.done.Wait()
	check(t, j.err)
	check(t, j.file.Close())
	data, err := os.ReadFile(j.file.Name())
	check(t, err)
	lines := bufio.NewScanner(bytes.NewReader(data))

	for lines.Scan() {
		var r record
		check(t, json.Unmarshal(lines.Bytes(), &r))
		all = append(all, r)
	}
	check(t, lines.Err())

	return all
}
