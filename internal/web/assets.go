package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"
)

// assetRoot is the folder of all assets.
const assetRoot = "/assets/"

// kinds are the content types of assets, by the ending of their names.
var kinds = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".woff2": "font/woff2",
	".txt": "text/plain; charset=utf-8", ".json": "application/json",
}

// Assets are the files that pages load. The name of each has a hash of its content, so browsers keep them for ever.
type Assets struct {
	paths map[string]string // by name
	files map[string]*Content
}

// NewAssets reads the embedded files.
func NewAssets() (*Assets, error) {
	a := &Assets{paths: map[string]string{}, files: map[string]*Content{}}
	entries, err := files.ReadDir("static")
	if err != nil {
		return nil, fmt.Errorf("read the assets: %w", err)
	}

	// Style sheets come last: they name other assets.
	slices.SortStableFunc(entries, func(x, y fs.DirEntry) int {
		return strings.Compare(order(x.Name()), order(y.Name()))
	})
	for _, e := range entries {
		body, err := files.ReadFile("static/" + e.Name())
		if err != nil {
			return nil, fmt.Errorf("read the assets: %w", err)
		}
		if path.Ext(e.Name()) == ".css" {
			for name, at := range a.paths {
				body = bytes.ReplaceAll(body, []byte(`url("`+name+`")`), []byte(`url("`+path.Base(at)+`")`))
			}
		}
		a.Add(e.Name(), body)
	}

	return a, nil
}

// order sorts names so that style sheets are last.
func order(name string) string {
	if path.Ext(name) == ".css" {
		return "1" + name
	}
	return "0" + name
}

// Add adds an asset that a package made. It must happen before the first page is served.
func (a *Assets) Add(name string, body []byte) {
	sum := sha256.Sum256(body)
	ext := path.Ext(name)
	at := assetRoot + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:5]) + ext
	a.paths[name], a.files[at] = at, NewContent(kinds[ext], Immutable, body)
}

// Path is where an asset is served. An unknown name is an error, which stops a template.
func (a *Assets) Path(name string) (string, error) {
	if at, ok := a.paths[name]; ok {
		return at, nil
	}
	return "", fmt.Errorf("there is no asset %s", name)
}

// Paths are the paths of all assets.
func (a *Assets) Paths() []string { return slices.Sorted(maps.Keys(a.files)) }

// Get is the asset at a path; nil when there is none.
func (a *Assets) Get(at string) *Content { return a.files[at] }

// ServeHTTP serves an asset.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if c := a.Get(r.URL.Path); c != nil {
		c.Serve(w, r, http.StatusOK)
		return
	}
	NewContent("text/plain; charset=utf-8", NoStore, []byte("There is no such file.\n")).Serve(w, r, http.StatusNotFound)
}
