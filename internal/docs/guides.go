package docs

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/syssecure/syssecure"
	guides "github.com/syssecure/syssecure/docs"
)

// repository is where links lead to files that are no pages.
const repository = "https://github.com/syssecure/syssecure/blob/main/"

// guideOrder are the guides in the order of the navigation. Others follow by their names.
var guideOrder = []string{
	"guides/first-code.md", "guides/go-live.md", "operator.md", "configuration.md", "guides/smpp.md", "gateway.md",
	"guides/webhooks.md", "guides/nodes.md", "guides/backup.md", "guides/keys.md", "guides/people.md",
}

// guidePages are the changelog, and the files of the folder docs as pages.
func guidePages() ([]*page, error) {
	var names []string
	err := fs.WalkDir(guides.Guides, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the guides: %w", err)
	}

	rank := func(name string) string {
		if i := slices.Index(guideOrder, name); i >= 0 {
			return fmt.Sprintf("0%02d", i)
		}
		if strings.HasPrefix(name, "carriers/") {
			return "2" + name
		}
		return "1" + path.Base(name)
	}
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(rank(a), rank(b)) })

	var pages []*page
	for _, name := range names {
		source, err := guides.Guides.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read the guides: %w", err)
		}
		p := &page{Path: root + "/" + strings.TrimSuffix(name, ".md"), Group: groupGuides}
		if strings.HasPrefix(name, "carriers/") {
			p.Group = groupCarriers
		}
		if err := p.guide(string(source), "docs/"+name, names); err != nil {
			return nil, err
		}
		pages = append(pages, p)
	}

	changes := &page{Path: root + "/changelog", Group: groupEvents}
	if err := changes.guide(syssecure.Changelog, "CHANGELOG.md", names); err != nil {
		return nil, err
	}
	changes.Description = "What has changed in each version."
	list, err := guideList(pages)
	if err != nil {
		return nil, err
	}

	return append([]*page{changes, list}, pages...), nil
}

// guideList is the page that lists the guides.
func guideList(pages []*page) (*page, error) {
	var out strings.Builder
	out.WriteString("# All guides\n\nFor those who run the server, connect carriers, and go live.\n")
	last := ""
	for _, p := range pages {
		if p.Group != last {
			last = p.Group
			fmt.Fprintf(&out, "\n## %s\n", last)
		}
		fmt.Fprintf(&out, "- [%s](%s): %s\n", p.Title, p.Path, p.Description)
	}

	all := &page{
		Path: root + "/guides", Title: "All guides", Group: groupGuides, Markdown: out.String(),
		Description: "Guides for those who run the server, connect carriers, and go live.",
	}

	return all, all.finish()
}

// inline is a link of Markdown.
var inline = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// guide makes a page of a file of the repository, whose links it leads to pages, or to the repository.
func (p *page) guide(source, file string, names []string) error {
	source = comments.ReplaceAllString(source, "")
	p.Markdown = inline.ReplaceAllStringFunc(source, func(link string) string {
		return "](" + guideLink(link[2:len(link)-1], file, names) + ")"
	})
	if err := p.finish(); err != nil {
		return err
	}
	if len(p.Headings) == 0 || p.Headings[0].Level != 1 {
		return fmt.Errorf("%s does not begin with its title", file)
	}
	p.Title = strings.TrimPrefix(p.Headings[0].Title, "Carriers of kind ")
	p.Description = summary(p.Markdown)

	return nil
}

// comments are those of HTML, which only editors of the files read.
var comments = regexp.MustCompile(`(?m)^<!--.*-->\n`)

// guideLink is where a link of a file leads.
func guideLink(link, file string, names []string) string {
	if strings.Contains(link, "://") || strings.HasPrefix(link, "#") || strings.HasPrefix(link, "/") {
		return link
	}
	to, fragment, found := strings.Cut(link, "#")
	if found {
		fragment = "#" + fragment
	}
	target := path.Join(path.Dir(file), to)
	if name, ok := strings.CutPrefix(target, "docs/"); ok && slices.Contains(names, name) {
		return root + "/" + strings.TrimSuffix(name, ".md") + fragment
	}

	return repository + target + fragment
}

// markup is what a description leaves out.
var markup = regexp.MustCompile("\\[([^\\]]*)\\]\\([^)]*\\)|[`*]")

// summary is the first sentence of a page.
func summary(source string) string {
	for block := range strings.SplitSeq(source, "\n\n") {
		text := strings.TrimSpace(block)
		for strings.HasPrefix(text, "#") {
			_, text, _ = strings.Cut(text, "\n")
		}
		if text == "" || strings.HasPrefix(text, "|") || strings.HasPrefix(text, "```") {
			continue
		}
		text = markup.ReplaceAllString(strings.ReplaceAll(text, "\n", " "), "$1")
		if end := strings.Index(text, ". "); end > 0 {
			text = text[:end+1]
		}

		return shorten(text)
	}

	return ""
}

// shorten cuts a text between two words.
func shorten(text string) string {
	const most = 160
	if len(text) <= most {
		return text
	}
	return strings.TrimRight(text[:strings.LastIndex(text[:most], " ")], ",;:") + " …"
}
