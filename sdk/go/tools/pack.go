package main

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"golang.org/x/mod/module"
	modzip "golang.org/x/mod/zip"

	"github.com/syssecure/syssecure/sdk/go/v2"
)

const (
	modulePath = "github.com/syssecure/syssecure/sdk/go/v2"
	version    = "v" + syssecure.Version
	largest    = 150 << 10
)

// mayBeIn are the names of the files that the package may hold. The Makefile is in it because the module's zip file
// that a proxy makes has everything that lies in the folder, except modules of their own.
var mayBeIn = regexp.MustCompile(`^(LICENSE|README\.md|CHANGELOG\.md|Makefile|go\.mod|[a-z_]+\.go|` +
	`internal/[a-z]+/[a-z]+\.go|syssecuretest/[a-z]+\.go|examples/[a-z_]+/main\.go)$`)

var (
	isTest   = regexp.MustCompile(`_test\.go$`)
	isSecret = regexp.MustCompile(`(sk_live|sk_test|whsec)_[A-Za-z0-9]{20,}`)
)

func zipName(dist string) string { return filepath.Join(dist, "syssecure-go-"+version+".zip") }

// pack writes the zip file that a proxy would serve for the version.
func pack(_ context.Context, dist string) error {
	files, err := moduleFiles("..")
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := modzip.Create(&b, module.Version{Path: modulePath, Version: version}, files); err != nil {
		return err
	}
	if err := check(b.Bytes()); err != nil {
		return err
	}

	if err := os.MkdirAll(dist, 0o755); err != nil {
		return err
	}

	return os.WriteFile(zipName(dist), b.Bytes(), 0o644)
}

// file is a file of the module.
type file struct{ folder, path string }

func (f file) Path() string                 { return f.path }
func (f file) Lstat() (os.FileInfo, error)  { return os.Lstat(filepath.Join(f.folder, f.path)) }
func (f file) Open() (io.ReadCloser, error) { return os.Open(filepath.Join(f.folder, f.path)) }

// moduleFiles lists the files of the module. Those in modules of their own are left out when the zip file is made;
// names that begin with a full stop are tools and what they keep.
func moduleFiles(folder string) (files []modzip.File, err error) {
	err = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path != folder && strings.HasPrefix(entry.Name(), "."):
			if entry.IsDir() {
				return filepath.SkipDir
			}
		case !entry.IsDir():
			name, err := filepath.Rel(folder, path)
			if err != nil {
				return err
			}
			files = append(files, file{folder, filepath.ToSlash(name)})
		}

		return nil
	})

	return files, err
}

// check reads a zip file again, and says what is wrong with it.
func check(text []byte) error {
	if len(text) > largest {
		return fmt.Errorf("the package has %d bytes, and may have %d", len(text), largest)
	}
	r, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		return err
	}

	missing := map[string]bool{"LICENSE": true, "README.md": true, "CHANGELOG.md": true, "go.mod": true}
	for _, f := range r.File {
		name := strings.TrimPrefix(f.Name, modulePath+"@"+version+"/")
		delete(missing, name)
		if !mayBeIn.MatchString(name) || isTest.MatchString(name) {
			return fmt.Errorf("%s must not be in the package", name)
		}
		content, err := fs.ReadFile(r, f.Name)
		if err != nil {
			return err
		}
		if isSecret.Match(content) {
			return fmt.Errorf("%s holds what looks like a secret", name)
		}
		if name == "CHANGELOG.md" && !strings.Contains(string(content), "\n## "+syssecure.Version+" - ") {
			return errors.New("CHANGELOG.md does not have the version " + syssecure.Version)
		}
	}
	for name := range missing {
		return fmt.Errorf("%s is missing in the package", name)
	}

	return nil
}
