package chaos

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/syssecure/syssecure/internal/store/postgres/pgtest"
)

// smallDisk mounts a small disk.
func smallDisk(t *testing.T, folder string, size int) string {
	t.Helper()
	disk := filepath.Join(folder, "disk")
	check(t, os.Mkdir(disk, 0o700))
	err := syscall.Mount("tmpfs", disk, "tmpfs", 0, fmt.Sprintf("size=%d,mode=0777", size))
	needs(t, err == nil, fmt.Sprintf("mounting a small disk needs root: %v", err))
	t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
	return disk
}

// TestDiskFull_Postgres is TestDiskFull_SQLite with PostgreSQL's tables on the full disk, and its write-ahead log on
// another.
func TestDiskFull_Postgres(t *testing.T) {
	folder := evidence(t)
	check(t, os.Chmod(folder, 0o755)) // PostgreSQL runs as another user
	disk := smallDisk(t, folder, 13<<20)
	cluster := pgtest.StartWith(t, pgtest.Options{Durable: true})
	space := filepath.Join(disk, "space")
	check(t, os.Mkdir(space, 0o700))
	check(t, cluster.Own(space))
	cluster.Exec(t, "CREATE TABLESPACE small LOCATION '"+space+"'")
	cluster.Exec(t, "CREATE DATABASE small TABLESPACE small")
	d := newFullDisk(t, folder, disk, siteOptions{database: strings.Replace(cluster.URL(), "/postgres?", "/small?", 1)})
	d.run(t, "postgres")
}

// TestDiskFull_PostgresLog: with its write-ahead log on the full disk, PostgreSQL ends. After it is started again the
// server works, without a restart.
func TestDiskFull_PostgresLog(t *testing.T) {
	folder := evidence(t)
	check(t, os.Chmod(folder, 0o755))
	disk := smallDisk(t, folder, 160<<20)
	cluster := pgtest.StartWith(t,
		pgtest.Options{Durable: true, Log: filepath.Join(disk, "log"), Settings: []string{"max_wal_size=1GB"}})
	r := startRun(t, "postgres-log-disk", siteOptions{database: cluster.URL()})
	until(t, quietWithin, "sends", func() bool { return r.crowd.sends.Load() > 2*crashClients })
	ballast := filepath.Join(disk, "ballast")
	check(t, os.WriteFile(ballast, make([]byte, freeOn(t, disk)-diskLeft), 0o600))
	until(t, 2*quietWithin, "not ready on a full disk", func() bool {
		answer, err := r.crowd.api.call(t.Context(), http.MethodGet, "/readyz", "", "")
		check(t, err)
		return answer.status == http.StatusServiceUnavailable
	})

	answer, err := r.crowd.api.call(t.Context(), http.MethodGet, "/healthz", "", "")
	if err != nil || answer.status != http.StatusOK {
		t.Errorf("/healthz answers %d %v on a full disk", answer.status, err)
	}

	check(t, os.Remove(ballast))
	if _, err := pgtest.Ask(cluster.URL(), "SELECT 1"); err != nil {
		_ = cluster.Kill() // its remaining processes
		check(t, cluster.Up())
	}
	acked := r.crowd.sends.Load() + crashClients
	until(t, quietWithin, "sends after there was space", func() bool { return r.crowd.sends.Load() > acked })
	r.end(t, "full=1")
}
