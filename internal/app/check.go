package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/store/postgres"
)

// CheckConfig finds what a start would refuse, as far as it shows without a start: nothing is made or connected to,
// and no port is taken. The error is a config.Problems. Each start begins with it, so config check and serve refuse
// the same, in the same words.
func CheckConfig(c *config.Config) error {
	var found config.Problems
	found = append(found, checkDatabase(c)...)
	if folder := checkFolder(c); len(folder) > 0 {
		found = append(found, folder...)
	} else {
		found = append(found, checkMasterKey(c)...)
	}

	found = append(found, checkListen(c)...)
	found = append(found, checkCarriers(c)...)
	if c.TLS.CertFile != "" {
		if _, err := readCertificate(c.TLS); err != nil {
			found = append(found, c.Problem(certificatePath(err), "%v", err))
		}
	}

	if len(found) == 0 {
		return nil
	}
	found.Sort()

	return found
}

func checkDatabase(c *config.Config) (found config.Problems) {
	if c.Database.Empty() {
		return nil
	}
	if err := postgres.CheckURL(c.Database.Reveal()); err != nil {
		found = append(found, c.Problem("database", "database cannot be used: %v", err))
	}
	return found
}

// checkFolder looks whether the data folder can be written, or made.
func checkFolder(c *config.Config) (found config.Problems) {
	for at := filepath.Clean(c.Data); ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		switch {
		case errors.Is(err, fs.ErrNotExist) && dangling(at):
			return append(found, c.Problem("data", "data: %s is a symbolic link to something that does not exist; make the folder "+
				"that it leads to, or remove the link", at))
		case errors.Is(err, fs.ErrNotExist) && at != filepath.Dir(at):
			continue
		case err != nil:
			return append(found, c.Problem("data", "data: the folder %s cannot be read: %v", c.Data, err))
		case !info.IsDir():
			return append(found, c.Problem("data", "data must name a folder, and %s is a file", at))
		}

		if err := unix.Access(at, unix.W_OK|unix.X_OK); err != nil {
			return append(found, c.Problem("data", "data: nothing can be written in %s (%v); give the folder to the user "+
				"that runs "+
				"the server", at, err))
		}

		return found
	}
}

// dangling reports whether a path is a link; who asks knows already that nothing is at its end.
func dangling(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode()&fs.ModeSymlink != 0
}

// checkMasterKey looks at the key. A start makes it where it is missing, unless the embedded database needs the old one.
func checkMasterKey(c *config.Config) (found config.Problems) {
	_, err := install.ReadMasterKey(c.MasterKeyFile)
	if errors.Is(err, fs.ErrNotExist) && c.Database.Empty() {
		err = nil
		if d, there, openErr := install.OpenExistingDatabase(context.Background(), c); openErr == nil {
			if there.Sealed() {
				err = install.LostMasterKey(c.MasterKeyFile)
			}
			_ = d.Close() // nothing was written
		}
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		found = append(found, c.Problem("master_key_file", "%v", err))
	}

	return found
}

// checkListen looks whether this machine has the address. Whether the port is free is seen by a start alone: a server
// may be running.
func checkListen(c *config.Config) (found config.Problems) {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return nil // config.Load has refused it
	}
	if err := tryListen(context.Background(), net.JoinHostPort(host, "0")); err != nil {
		return append(found, c.Problem("listen", "%v", listenError(c.Listen, err)))
	}

	return nil
}

// tryListen takes an address for a moment.
func tryListen(ctx context.Context, address string) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err == nil {
		_ = l.Close() // it accepted nobody
	}
	return err
}

// listenError says what to do when an address cannot be listened on.
func listenError(address string, err error) error {
	var name *net.DNSError
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%s is in use: another program listens there, perhaps another syssecure serve or syssecure "+
			"demo. Stop it, or "+
			"set listen (or SYSSECURE_LISTEN) to another port: %w", address, err)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("this user may not listen on %s: ports below 1024 need the capability CAP_NET_BIND_SERVICE, "+
			"which the systemd "+
			"unit of docs/operator.md gives, or set listen to a higher port: %w", address, err)
	case errors.Is(err, syscall.EADDRNOTAVAIL), errors.As(err, &name):
		return fmt.Errorf("listen is %q, which is not an address of this machine: write one that it has, or 0.0.0.0 or "+
			"[::] for all: %w",
			address, err)
	}

	return fmt.Errorf("listen on %s: %w", address, err)
}
