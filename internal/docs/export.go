package docs

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/syssecure/syssecure/api"
)

// Export writes the documentation into a folder, as files that a browser can open and any web server can serve. It
// returns how many files it wrote. The folder must be empty or not exist, so that nothing of an older export stays.
func Export(c Config, folder string) (files int, err error) {
	c.PublicURL = strings.TrimRight(c.PublicURL, "/")
	s, err := newSite(c, api.JSON)
	if err != nil {
		return 0, err
	}
	if there, err := os.ReadDir(folder); err == nil && len(there) > 0 {
		return 0, fmt.Errorf("%s is not empty; delete what is in it first, or name another folder", folder)
	}

	all := s.exported(c)
	for name, body := range all {
		file := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil { // pages are public
			return 0, fmt.Errorf("export: %w", err)
		}
		if err := os.WriteFile(file, body, 0o644); err != nil { // pages are public
			return 0, fmt.Errorf("export: %w", err)
		}
	}

	return len(all), nil
}

// indexScript is the search index of an export: a script, because a page that was opened from a folder cannot fetch.
const indexScript = "search.js"

// exported are all files of an export, by their names.
func (s *site) exported(c Config) map[string][]byte {
	out := map[string][]byte{"openapi.yaml": api.At(api.YAML, c.PublicURL), "openapi.json": api.At(api.JSON, c.PublicURL)}
	for _, at := range s.assets.Paths() {
		if !strings.HasPrefix(path.Base(at), "search.") {
			out[strings.TrimPrefix(at, "/")] = s.assets.Get(at).Body()
		}
	}

	for _, p := range s.pages {
		name := s.file(p.Path)
		html := string(s.content[p.Path].Body())
		html = fontPreload.ReplaceAllString(html, "") // browsers refuse it without a server
		html = strings.Replace(html, "</head>", `<script src="/`+indexScript+`"></script>`+"\n</head>", 1)
		out[name] = []byte(attributes.ReplaceAllStringFunc(html, func(attribute string) string {
			m := attributes.FindStringSubmatch(attribute)
			return " " + m[1] + `="` + s.relative(name, m[2]) + `"`
		}))

		twin := strings.TrimSuffix(name, ".html") + ".md"
		out[twin] = []byte(inline.ReplaceAllStringFunc(p.Markdown, func(link string) string {
			return "](" + s.relative(twin, link[2:len(link)-1]) + ")"
		}))
	}

	entries := slices.Clone(s.entries)
	for i := range entries {
		entries[i].Href = s.relative("", entries[i].Href)
	}
	out[indexScript] = []byte("window.searchIndex = " + string(encodeIndex(entries)) + ";\n")
	out["llms.txt"] = []byte(inline.ReplaceAllStringFunc(string(s.content["/llms.txt"].Body()), func(link string) string {
		return "](" + s.relative("", link[2:len(link)-1]) + ")"
	}))

	return out
}

var (
	fontPreload = regexp.MustCompile(`<link rel="preload"[^>]*>\n`)
	// attributes are those that hold an address of this server. Texts cannot look like one: their quotes are escaped.
	attributes = regexp.MustCompile(` (href|src|action|data-index)="(/[^"]*)"`)
)

// file is the name of the file of a page: /docs/api/otp is api/otp.html.
func (s *site) file(at string) string {
	if at == root || at == "/" {
		return "index.html"
	}
	return strings.TrimPrefix(at, root+"/") + ".html"
}

// relative is an address of this server as a link from a file of the export.
func (s *site) relative(from, link string) string {
	if !strings.HasPrefix(link, "/") {
		return link
	}
	to, fragment, found := strings.Cut(link, "#")
	if found {
		fragment = "#" + fragment
	}

	name := strings.TrimPrefix(to, "/")
	switch twin, isTwin := strings.CutSuffix(to, ".md"); {
	case to == "/" || s.find(to) != nil:
		name = s.file(to)
	case isTwin && s.find(twin) != nil:
		name = strings.TrimSuffix(s.file(twin), ".html") + ".md"
	case strings.HasPrefix(to, root+"/search"):
		name = "index.html"
	}

	return strings.Repeat("../", strings.Count(from, "/")) + name + fragment
}
