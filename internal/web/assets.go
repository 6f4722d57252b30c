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
	"regexp"
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

// joined are the files that are served as one, under the name of one of them. Fewer files are fewer round trips, and the
// place that puts HTML into pages is loaded once.
var joined = map[string][]string{
	"app.css": {"app.css", "dash.css"},
	"dash.js": {"fragment.js", "dash.js", "keep.js"},
}

// parts are files that are served only as a part of others.
var parts = []string{"dash.css", "keep.js"}

// NewAssets reads the embedded files.
func NewAssets() (*Assets, error) {
	a := &Assets{paths: map[string]string{}, files: map[string]*Content{}}
	entries, err := files.ReadDir("static")
	if err != nil {
		return nil, fmt.Errorf("read the assets: %w", err)
	}

	// Files that name others come after them, since the names have hashes.
	slices.SortStableFunc(entries, func(x, y fs.DirEntry) int {
		return strings.Compare(order(x.Name()), order(y.Name()))
	})
	for _, e := range entries {
		if slices.Contains(parts, e.Name()) {
			continue
		}
		body, err := read(e.Name())
		if err != nil {
			return nil, fmt.Errorf("read the assets: %w", err)
		}
		a.Add(e.Name(), a.link(e.Name(), body))
	}

	return a, nil
}

// read is the content of an asset, with the files that are joined to it.
func read(name string) ([]byte, error) {
	names, ok := joined[name]
	if !ok {
		names = []string{name}
	}

	var out []byte
	for _, n := range names {
		body, err := files.ReadFile("static/" + n)
		if err != nil {
			return nil, err
		}
		out = append(out, body...)
	}

	return out, nil
}

// styleComment is a comment of a style sheet, which only we read.
var styleComment = regexp.MustCompile(`(?s)/\*.*?\*/\n?`)

// scriptComment is a comment of a script whose lines have nothing else.
var scriptComment = regexp.MustCompile(`(?m)^[ \t]*(?://.*|/\*(?:[^*]|\*+[^*/])*\*+/)\n`)

// link replaces the names of other assets by those under which they are served.
func (a *Assets) link(name string, body []byte) []byte {
	form := "" // how files of this kind name another
	switch path.Ext(name) {
	case ".css":
		form, body = `url("%s")`, styleComment.ReplaceAll(body, nil)
	case ".js":
		form, body = `from './%s'`, scriptComment.ReplaceAll(body, nil)
	default:
		return body
	}

	for other, at := range a.paths {
		was, is := strings.Replace(form, "%s", other, 1), strings.Replace(form, "%s", path.Base(at), 1)
		body = bytes.ReplaceAll(body, []byte(was), []byte(is))
	}

	return body
}

// order sorts names so that each file comes after those which it names.
func order(name string) string {
	switch {
	case path.Ext(name) == ".css":
		return "3" + name
	case path.Ext(name) == ".js" && joined[name] == nil:
		return "2" + name
	case path.Ext(name) == ".js":
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
