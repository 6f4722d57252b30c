// Command sheet puts the pictures that make pages took on one sheet, a page of HTML with a row for each screen: make
// contact-sheet. People look at it, since axe-core finds nothing wrong with pages that are visibly broken.
package main

import (
	"fmt"
	"html/template"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: sheet FOLDER")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "sheet:", err)
		os.Exit(1)
	}
}

// run writes contact-sheet.html into the folder of the pictures.
func run(folder string) error {
	found, err := filepath.Glob(filepath.Join(folder, "*.png"))
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return fmt.Errorf("%s has no pictures", folder)
	}
	for i, path := range found {
		found[i] = filepath.Base(path)
	}

	name := filepath.Join(folder, "contact-sheet.html")
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	if err := write(f, found); err != nil {
		_ = f.Close() // the first error is the one to tell
		return err
	}
	fmt.Println(name)

	return f.Close()
}

// row is a screen with its pictures.
type row struct {
	Name     string
	Pictures []picture
}

// picture is a file, and what it shows.
type picture struct{ File, Caption string }

// taken is the name of a picture of a screen in one width and one scheme.
var taken = regexp.MustCompile(`^(.+)-(\d+)-(light|dark)\.png$`)

// rows sorts pictures by their screens, the widest first. Those of one moment, such as an open search, are a row for each.
func rows(files []string) []row {
	of := map[string][]picture{}
	for _, file := range files {
		name, caption := strings.TrimSuffix(file, ".png"), "as a test left it"
		if m := taken.FindStringSubmatch(file); m != nil {
			name, caption = m[1], fmt.Sprintf("%4s px, %s", m[2], m[3])
		}
		of[name] = append(of[name], picture{file, caption})
	}

	var out []row
	for name, pictures := range of {
		slices.SortFunc(pictures, func(a, b picture) int { return strings.Compare(b.Caption, a.Caption) })
		out = append(out, row{strings.ReplaceAll(name, "_", " "), pictures})
	}
	slices.SortFunc(out, func(a, b row) int { return strings.Compare(a.Name, b.Name) })

	return out
}

// write writes the sheet.
func write(w io.Writer, files []string) error { return sheet.Execute(w, rows(files)) }

var sheet = template.Must(template.New("sheet").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Contact sheet</title>
<style>
body { font: 14px/1.5 system-ui, sans-serif; background: #c9cdd3; color: #111; margin: 1rem; }
section { display: flex; gap: .5rem; align-items: flex-start; overflow-x: auto; margin-bottom: 2rem; }
figure { margin: 0; flex: none; }
img { display: block; zoom: .5; }
nav { columns: 14rem; margin-bottom: 2rem; }
nav a { display: block; }
</style></head><body>
<h1>{{len .}} screens</h1>
<nav>{{range $i, $row := .}}<a href="#s{{$i}}">{{.Name}}</a>{{end}}</nav>
{{range $i, $row := .}}<h2 id="s{{$i}}">{{.Name}}</h2>
<section>{{range .Pictures}}<figure><figcaption>{{$row.Name}}, {{.Caption}}</figcaption><a href="{{.File}}"><img src="{{.File}}" loading="lazy" alt=""></a></figure>{{end}}</section>
{{end}}</body></html>
`))
