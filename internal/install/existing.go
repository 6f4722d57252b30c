package install

import (
	"fmt"
	"path/filepath"

	"github.com/syssecure/syssecure/internal/config"
)

// NoInstallationError says that there is no installation where the configuration says. Nothing was created.
type NoInstallationError struct {
	// Where is the absolute path of the database's file, or the database's URL without user and password.
	Where  string
	remote bool
}

func (n *NoInstallationError) Error() string {
	const create = "create a new installation with syssecure account create or syssecure serve"
	if n.remote {
		return fmt.Sprintf("there is no SysSecure installation in %s: that database has none of its tables. Check "+
			"database in the configuration (and search_path in its URL), or %s", n.Where, create)
	}

	return fmt.Sprintf("there is no SysSecure installation here: %s does not exist, or is empty. Run this in the "+
		"folder of your installation, name its configuration with --config FILE, or %s", n.Where, create)
}

func noInstallation(c *config.Config) error {
	where := Where(c)
	if !c.Database.Empty() {
		return &NoInstallationError{Where: where, remote: true}
	}

	if absolute, err := filepath.Abs(where); err == nil {
		where = absolute
	}

	return &NoInstallationError{Where: where}
}
