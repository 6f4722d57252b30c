package ops

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/preflight"
)

// Diagnose checks an installation. Checks that are not possible, because an earlier one failed, are left out. The error
// is a NoInstallationError.
func Diagnose(ctx context.Context, c *config.Config) (checks []Check, err error) {
	checks = append(checks, configurationCheck(c))
	d, there, err := install.OpenExistingDatabase(ctx, c)
	var none *install.NoInstallationError
	if errors.As(err, &none) {
		return nil, err
	}
	if err != nil {
		return append(checks, Check{Name: "database and its schema", Problem: openProblem(c, err)}, freeSpace(c)), nil
	}

	checks = append(checks, Check{Name: "database and its schema"})
	if there.Blocked != nil {
		checks = append(checks, Check{Name: "use of the database by servers", Problem: there.Blocked.Error()})
	}

	b, err := install.Unlock(ctx, c, d, there)
	if err != nil { // which has closed it
		return append(checks, Check{Name: "master key", Problem: err.Error()}, freeSpace(c)), nil
	}

	defer func() { err = errors.Join(err, b.Close()) }()
	checks = append(checks, Check{Name: "master key"})

	checks = append(checks, CheckOpen(ctx, b)...)

	return append(checks, owners(c), freeSpace(c), validity(c), readiness(ctx, c)), nil
}

func configurationCheck(c *config.Config) Check {
	check := Check{Name: "configuration, and the files that it names"}
	if err := preflight.Check(c); err != nil {
		check.Problem = err.Error()
	}
	return check
}

// openProblem says what to do about a database that cannot be opened.
func openProblem(c *config.Config, err error) string {
	if errors.Is(err, install.ErrLostIndexKey) {
		return err.Error()
	}
	if !c.Database.Empty() {
		return fmt.Sprintf("%v\nCheck that PostgreSQL runs at %s, and that this machine may connect. Until then, "+
			"requests get 503.",
			err, install.Where(c))
	}

	return fmt.Sprintf("%v\nCheck the owner of %s, and the disk that it is on. If the file is damaged, restore a "+
		"backup with syssecure restore.",
		err, install.DatabasePath(c))
}

// owners finds files in the data folder that belong to another user, for example because a command was run as root. The
// server cannot write them.
func owners(c *config.Config) Check {
	check := Check{Name: "owner of the files in the data folder"}
	owner, ok := ownerOf(c.Data)
	files, err := os.ReadDir(c.Data)
	if !ok || err != nil {
		return check
	}

	var strangers []string
	for _, f := range files {
		path := filepath.Join(c.Data, f.Name())
		if uid, ok := ownerOf(path); ok && uid != owner {
			strangers = append(strangers, path)
		}
	}
	if len(strangers) > 0 {
		check.Problem = fmt.Sprintf("%s must belong to the owner of the folder: run chown --reference=%s %[1]s",
			strings.Join(strangers, " "), c.Data)
	}

	return check
}

func ownerOf(path string) (uid uint32, ok bool) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, false
	}

	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}

	return stat.Uid, true
}

// minFree is how many bytes should be free on the disk, because a full disk is an outage.
const minFree = 256 << 20

func freeSpace(c *config.Config) Check {
	check := Check{Name: "free space on the disk of the data folder"}
	var stat unix.Statfs_t
	if unix.Statfs(c.Data, &stat) != nil {
		return check // the folder may be on another machine, with PostgreSQL
	}

	free := uint64(stat.Bavail) * uint64(stat.Bsize) //nolint:unconvert // it is signed on FreeBSD
	check.Note = fmt.Sprintf("%d MB free", free>>20)
	if free < minFree {
		check.Problem = fmt.Sprintf("only %d MB are free on the disk of %s: free some space, because with a full "+
			"disk the server refuses all requests that write", free>>20, c.Data)
	}

	return check
}

// renewBefore is how long before its end a certificate should be replaced.
const renewBefore = 7 * 24 * time.Hour

// validity checks that a certificate from files stays valid for a while. Those from ACME renew themselves.
func validity(c *config.Config) Check {
	check := Check{Name: "TLS certificate"}
	if c.TLS.CertFile == "" {
		check.Note = "no certificate files are configured"
		return check
	}

	pair, err := preflight.ReadCertificate(c.TLS)
	if err != nil {
		return check // the check of the configuration reports it
	}

	until := pair.Leaf.NotAfter
	check.Note = "valid until " + until.UTC().Format(time.RFC3339)
	if why := preflight.OutsideValidity(pair, time.Now()); why != "" {
		check.Problem = fmt.Sprintf("%s %s, and clients reject it: replace the files, then send the server SIGHUP "+
			"(systemctl reload syssecure)", c.TLS.CertFile, why)
	} else if left := time.Until(until); left < renewBefore {
		check.Problem = fmt.Sprintf("%s is valid only until %s: replace the files, then send the server SIGHUP "+
			"(systemctl reload syssecure)",
			c.TLS.CertFile, until.UTC().Format(time.RFC3339))
	}

	return check
}

// readyTimeout is how long doctor waits for a server.
const readyTimeout = 3 * time.Second

// readiness asks a server over plain HTTP whether it is ready. It is not a problem when none runs, because doctor can
// check an installation before its start.
func readiness(ctx context.Context, c *config.Config) Check {
	check := Check{Name: "server readiness"}
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil || c.TLS.Enabled() || port == "0" {
		check.Note, check.Skipped = "not checked", true
		return check
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}

	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	url := "http://" + net.JoinHostPort(host, port) + "/readyz"
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return check
	}

	resp, err := (&http.Client{Transport: &http.Transport{Proxy: nil}}).Do(r)
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		check.Note, check.Skipped = "no server runs at "+c.Listen, true
	case err != nil:
		check.Problem = fmt.Sprintf("%s does not answer (%v): check the server's log", url, err)
	default:
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			check.Problem = fmt.Sprintf("%s answers %s, and the server accepts no requests until this is 200: check "+
				"its log",
				url, resp.Status)
		}
	}

	return check
}
