package main

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// project is a module of a user's in a temporary folder, which fetches the package through a proxy of files.
type project struct {
	folder string
	env    []string
}

// newProject makes an empty project. Its module cache is its own, so that it never has an older build of the package.
func newProject(dist string) (p *project, err error) {
	folder, err := os.MkdirTemp("", "syssecure-go-")
	if err != nil {
		return nil, err
	}
	p = &project{folder: filepath.Join(folder, "project")}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.remove())
		}
	}()

	proxy := filepath.Join(folder, "proxy")
	if err := serve(dist, proxy); err != nil {
		return nil, err
	}
	p.env = append(os.Environ(), "GOPROXY=file://"+filepath.ToSlash(proxy), "GOSUMDB=off", "GOWORK=off",
		"GOTOOLCHAIN=local", "GOFLAGS=-modcacherw", "GOMODCACHE="+filepath.Join(folder, "cache"))
	if err := p.write("go.mod", "module example.com/project\n\ngo 1.24\n"); err != nil {
		return nil, err
	}

	return p, nil
}

// serve writes the files of a proxy that has one version.
func serve(dist, proxy string) error {
	text, err := os.ReadFile(zipName(dist))
	if err != nil {
		return fmt.Errorf("run make package first: %w", err)
	}
	r, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		return err
	}
	mod, err := fs.ReadFile(r, modulePath+"@"+version+"/go.mod")
	if err != nil {
		return err
	}

	folder := filepath.Join(proxy, modulePath, "@v")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	files := map[string][]byte{
		"list": []byte(version + "\n"), version + ".info": []byte(`{"Version":"` + version + `"}`),
		version + ".mod": mod, version + ".zip": text,
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o644); err != nil {
			return err
		}
	}

	return nil
}

func (p *project) remove() error { return os.RemoveAll(filepath.Dir(p.folder)) }

// write stores a file in the project.
func (p *project) write(name, text string) error {
	path := filepath.Join(p.folder, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}

	return os.WriteFile(path, []byte(text), 0o644)
}

// run runs a command in the project, and returns what it prints.
func (p *project) run(ctx context.Context, input, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env, cmd.Stdin = p.folder, p.env, strings.NewReader(input)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", cmd, err, out)
	}

	return string(out), nil
}

// get fetches the package.
func (p *project) get(ctx context.Context) error {
	_, err := p.run(ctx, "", "go", "get", modulePath+"@"+version)
	return err
}
