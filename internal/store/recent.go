package store

import "sync"

// recentRows is how many rows a generation of recent holds.
const recentRows = 2048

// recent caches the rows of the last groups: a message is written when it is sent, when its carrier answers and when
// its code is verified, and reading it back each time would cost more than the rest of the update. It has two
// generations and drops the older one when the newer is full.
type recent struct {
	mu   sync.Mutex
	now  map[Key]Record
	past map[Key]Record
}

func (r *recent) get(k Key) (Record, bool) {
	if rec, ok := r.now[k]; ok {
		return rec, true
	}
	rec, ok := r.past[k]
	return rec, ok
}

func (r *recent) put(k Key, rec Record) {
	if _, bad := rec.(damaged); bad || uncached(k.Table) {
		return
	}
	if r.now == nil || len(r.now) >= recentRows {
		r.now, r.past = make(map[Key]Record, recentRows), r.now
	}
	r.now[k] = rec
}

// uncached are the tables whose rows are large, and seldom or never written again. Thousands of them in the cache would
// take more memory than the rest of the server.
func uncached(table Table) bool {
	return table == TableTemplate || table == TableRequest || table == TableAudit
}

func (r *recent) clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now, r.past = nil, nil
}

// split returns the cached rows, and the keys that have to be loaded.
func (r *recent) split(keys []Key, missing []Key) (Rows, []Key) {
	rows := make(Rows, len(keys))
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, k := range keys {
		if rec, ok := r.get(k); ok {
			rows[k] = rec
		} else {
			missing = append(missing, k)
		}
	}

	return rows, missing
}

// cache caches what a committed group wrote.
func (r *recent) cache(records []Record, gone []Key) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, rec := range records {
		r.put(rec.Key(), rec)
	}

	for _, k := range gone {
		delete(r.now, k)
		delete(r.past, k)
	}
}

// Hint returns a row as this process last wrote it, if it is cached. Another process may have changed it since: only
// columns that never change may be relied on, and every decision belongs in an Update.
func (s *Store) Hint(k Key) (Record, bool) {
	s.recent.mu.Lock()
	defer s.recent.mu.Unlock()
	return s.recent.get(k)
}
