// Package preflight finds the errors and warnings that a start of the server would report, without a start.
//
// The server runs it first, and config check and doctor also run it, so that all report the same in the same words.
package preflight

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/install"
)

// Check finds what would keep a server from starting, as far as it can be seen without a start: nothing is created, and
// no database or carrier is connected to. The error is a config.Problems.
func Check(c *config.Config) error {
	var found config.Problems
	found = append(found, checkDatabase(c)...)
	if folder := checkFolder(c); len(folder) > 0 {
		found = append(found, folder...)
	} else {
		found = append(found, checkMasterKey(c)...)
	}

	found = append(found, checkListen(c)...)
	found = append(found, Carriers(c)...)
	if c.TLS.CertFile != "" {
		if _, err := ReadCertificate(c.TLS); err != nil {
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
	if err := install.CheckDatabase(c); err != nil {
		found = append(found, c.Problem("database", "database cannot be used: %v", err))
	}
	return found
}

// checkFolder checks that the data folder can be written, or created.
func checkFolder(c *config.Config) (found config.Problems) {
	for at := filepath.Clean(c.Data); ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		switch {
		case errors.Is(err, fs.ErrNotExist) && dangling(at):
			return append(found, c.Problem("data", "data: %s is a symbolic link to something that does not exist; "+
				"create the folder that it points to, or remove the link", at))
		case errors.Is(err, fs.ErrNotExist) && at != filepath.Dir(at):
			continue
		case err != nil:
			return append(found, c.Problem("data", "data: the folder %s cannot be read: %v", c.Data, err))
		case !info.IsDir():
			return append(found, c.Problem("data", "data must name a folder, and %s is a file", at))
		}

		if err := unix.Access(at, unix.W_OK|unix.X_OK); err != nil {
			return append(found, c.Problem("data", "data: %s is not writable (%v); give the folder to the user that "+
				"runs the server", at, err))
		}

		return found
	}
}

// dangling reports whether a path that leads to nothing is a symbolic link.
func dangling(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode()&fs.ModeSymlink != 0
}

// checkMasterKey checks the key. A start creates a missing one, unless the embedded database needs the old one.
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

// checkListen checks that this machine has the address, but not that the port is free, because a server may be running.
func checkListen(c *config.Config) (found config.Problems) {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return nil // config.Load reports it
	}
	if err := TryListen(context.Background(), net.JoinHostPort(host, "0")); err != nil {
		return append(found, c.Problem("listen", "%v", ListenError(c.Listen, err)))
	}

	return nil
}

// TryListen listens on an address for a moment.
func TryListen(ctx context.Context, address string) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err == nil {
		_ = l.Close() // nothing was accepted
	}
	return err
}

// ListenError says what to do when an address cannot be listened on.
func ListenError(address string, err error) error {
	var name *net.DNSError
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%s is in use: another program listens there, perhaps another syssecure serve or syssecure "+
			"demo. Stop it, or set listen (or SYSSECURE_LISTEN) to another port: %w", address, err)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("this user may not listen on %s: ports below 1024 need the capability CAP_NET_BIND_SERVICE, "+
			"which the systemd unit of docs/operator.md gives, or set listen to a higher port: %w", address, err)
	case errors.Is(err, syscall.EADDRNOTAVAIL), errors.As(err, &name):
		return fmt.Errorf("listen is %q, which is not an address of this machine: use one of its addresses, or "+
			"0.0.0.0 or [::] for all: %w",
			address, err)
	}

	return fmt.Errorf("listen on %s: %w", address, err)
}

// Carriers finds the problems of carriers by making each of them, as a start does.
func Carriers(c *config.Config) (found config.Problems) {
	for i, one := range c.Carriers {
		_, err := one.Settings.Make(one.Common, slog.New(slog.DiscardHandler))
		if err == nil {
			continue
		}

		label := fmt.Sprintf("carrier %q: ", one.Common.Name)
		for line := range strings.Lines(err.Error()) {
			text := strings.TrimPrefix(strings.TrimSpace(line), label)
			key, _, _ := strings.Cut(text, " ")
			found = append(found, c.Problem(fmt.Sprintf("carrier[%d].%s", i, strings.TrimSuffix(key, ":")), "%s%s",
				label, text))
		}
	}

	return found
}
