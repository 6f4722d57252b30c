package docs

import (
	"bytes"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"github.com/syssecure/syssecure/sdk/snippets"
)

// heading is a heading of a page.
type heading struct {
	Level       int
	Title, Slug string
	// Codes are the words in code below it, and Text all words: a page without a list of fields is found by them.
	Codes, Text string
}

// markdown makes HTML of a page's Markdown. HTML within it is left out.
func markdown(source string) (out template.HTML, headings []heading, err error) {
	md := goldmark.New(
		goldmark.WithExtensions(extension.NewTable(
			extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute))), // a style would be against the policy
		goldmark.WithParserOptions(parser.WithAutoHeadingID()),
		goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(&blocks{}, 10))),
	)
	src := []byte(source)
	doc := md.Parser().Parse(text.NewReader(src), parser.WithContext(parser.NewContext(parser.WithIDs(&slugs{}))))
	groupSamples(doc, src)
	err = ast.Walk(doc, func(n ast.Node, enter bool) (ast.WalkStatus, error) {
		if h, ok := n.(*ast.Heading); ok && enter {
			id, _ := h.AttributeString("id")
			headings = append(headings, heading{Level: h.Level, Title: plain(h, src), Slug: fmt.Sprintf("%s", id)})
		} else if enter && len(headings) > 0 {
			headings[len(headings)-1].add(n, src)
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		return "", nil, err
	}

	var b bytes.Buffer
	if err := md.Renderer().Render(&b, src, doc); err != nil {
		return "", nil, err
	}

	// goldmark escapes text, and leaves raw HTML out. A heading without a text would be read aloud as one.
	out = template.HTML(strings.ReplaceAll(b.String(), "<th></th>", "<td></td>"))

	return out, headings, nil
}

// add adds the words of a node below the heading.
func (h *heading) add(n ast.Node, source []byte) {
	switch n := n.(type) {
	case *ast.CodeSpan:
		if code := plain(n, source); !strings.Contains(" "+h.Codes+" ", " "+code+" ") {
			h.Codes = strings.TrimSpace(h.Codes + " " + code)
		}
	case *ast.Text:
		h.Text += string(n.Segment.Value(source)) + " "
	case *ast.FencedCodeBlock:
		for i := range n.Lines().Len() {
			line := n.Lines().At(i)
			h.Text += string(line.Value(source))
		}
	}
}

// plain is the text of a node without its markup.
func plain(n ast.Node, source []byte) string {
	var out strings.Builder
	_ = ast.Walk(n, func(n ast.Node, enter bool) (ast.WalkStatus, error) { // the function returns no error
		if t, ok := n.(*ast.Text); ok && enter {
			out.Write(t.Segment.Value(source))
		}
		return ast.WalkContinue, nil
	})

	return out.String()
}

// slugs makes the ids of headings as GitHub does, so a link works there and here. Names such as missing_scope stay.
type slugs struct{ used map[string]int }

// Generate implements parser.IDs.
func (s *slugs) Generate(value []byte, _ ast.NodeKind) []byte {
	slug := slugOf(string(value))
	if s.used == nil {
		s.used = map[string]int{}
	}
	n := s.used[slug]
	s.used[slug]++
	if n > 0 {
		slug = fmt.Sprintf("%s-%d", slug, n)
	}

	return []byte(slug)
}

// Put implements parser.IDs.
func (s *slugs) Put([]byte) {}

func slugOf(title string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '-':
			return unicode.ToLower(r)
		case r == ' ':
			return '-'
		}
		return -1
	}, strings.TrimSpace(title))
}

// samples holds neighbouring blocks of code that say the same in different languages.
type samples struct {
	ast.BaseBlock
	languages []string
}

var kindSamples = ast.NewNodeKind("Samples")

// Kind implements ast.Node.
func (*samples) Kind() ast.NodeKind { return kindSamples }

// Dump implements ast.Node.
func (s *samples) Dump(source []byte, level int) { ast.DumpHelper(s, source, level, nil, nil) }

// groupSamples puts runs of fences with the word "tab" after their language into one node.
func groupSamples(doc ast.Node, source []byte) {
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		if tab(n, source) == "" {
			continue
		}
		group := &samples{}
		doc.InsertBefore(doc, n, group)
		for one := n; one != nil && tab(one, source) != ""; one = n {
			n = one.NextSibling()
			group.languages = append(group.languages, tab(one, source))
			group.AppendChild(group, one)
		}
		n = group
	}
}

// tab is the language of a fence that is marked as a tab.
func tab(n ast.Node, source []byte) string {
	fence, ok := n.(*ast.FencedCodeBlock)
	if !ok || fence.Info == nil {
		return ""
	}
	language, mark, _ := strings.Cut(string(fence.Info.Segment.Value(source)), " ")
	if mark != "tab" {
		return ""
	}

	return language
}

// blocks renders what differs from goldmark's own HTML: headings with a link, code as cards, tables that scroll.
type blocks struct{}

// RegisterFuncs implements renderer.NodeRenderer.
func (b *blocks) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindHeading, b.heading)
	r.Register(ast.KindFencedCodeBlock, b.fence)
	r.Register(kindSamples, b.samples)
	r.Register(east.KindTable, b.table)
}

func (*blocks) heading(w util.BufWriter, _ []byte, n ast.Node, enter bool) (ast.WalkStatus, error) {
	h := n.(*ast.Heading) // registered for this kind
	id, _ := h.AttributeString("id")
	if enter {
		fmt.Fprintf(w, `<h%d id="%s">`, h.Level, id)
		return ast.WalkContinue, nil
	}
	if h.Level > 1 {
		fmt.Fprintf(w, ` <a class="anchor" href="#%s" aria-label="Link to this heading">#</a>`, id)
	}
	fmt.Fprintf(w, "</h%d>\n", h.Level)

	return ast.WalkContinue, nil
}

func (*blocks) fence(w util.BufWriter, source []byte, n ast.Node, enter bool) (ast.WalkStatus, error) {
	if !enter {
		return ast.WalkContinue, nil
	}
	f := n.(*ast.FencedCodeBlock) // registered for this kind
	var code strings.Builder
	for i := range f.Lines().Len() {
		line := f.Lines().At(i)
		code.Write(line.Value(source))
	}

	language := string(f.Language(source))
	if language == "signature" {
		return ast.WalkSkipChildren, signatureForm(w, code.String())
	}
	class := ""
	if _, in := n.Parent().(*samples); in {
		class = "sample " + language
	}
	_, err := w.WriteString(string(card(languageTitle(language), class, code.String(), language)))

	return ast.WalkSkipChildren, err
}

// languageTitle is what a card says about its language.
func languageTitle(name string) string {
	for _, l := range snippets.Languages {
		if l.Name == name {
			return l.Title
		}
	}
	titles := map[string]string{
		"sh": "Shell", "bash": "Shell", "json": "JSON", "toml": "TOML", "": "Text", "http": "HTTP", "ini": "Unit",
		"js": "Node.js", "yaml": "YAML",
	}
	if title, ok := titles[name]; ok {
		return title
	}

	return name
}

// card is a block of code with its head. Scripts put a copy button into it.
func card(title, class, code, language string) template.HTML {
	if class != "" {
		class = " " + class
	}
	// A region that scrolls must be reachable by keyboard.
	// each part is a constant or escaped
	return template.HTML(`<div class="card`+template.HTMLEscapeString(class)+`"><p class="card-head">`+
		template.HTMLEscapeString(title)+`</p><pre tabindex="0"><code>`) +
		highlight(strings.TrimRight(code, "\n"), language) + "</code></pre></div>\n"
}

// tabs are the buttons that choose a language.
func tabs(languages []string) template.HTML {
	if len(languages) < 2 {
		return ""
	}
	var out strings.Builder
	out.WriteString(`<div class="tabs" role="group" aria-label="Language of the samples">`)
	for _, l := range snippets.Languages {
		if slices.Contains(languages, l.Name) {
			fmt.Fprintf(&out, `<button type="button" data-pick="%s" aria-pressed="false">%s</button>`, l.Name, l.Title)
		}
	}
	out.WriteString("</div>")

	return template.HTML(out.String()) // constants of package snippets
}

// samplesClass is the class of a group of samples, by which the style sheet shows one of them.
func samplesClass(languages []string) string {
	class := "samples"
	for _, l := range languages {
		class += " has-" + l
	}
	return class
}

func (*blocks) samples(w util.BufWriter, _ []byte, n ast.Node, enter bool) (ast.WalkStatus, error) {
	if enter {
		languages := n.(*samples).languages // registered for this kind
		fmt.Fprintf(w, `<div class="%s">%s`, template.HTMLEscapeString(samplesClass(languages)), tabs(languages))
	} else {
		fmt.Fprint(w, "</div>\n")
	}
	return ast.WalkContinue, nil
}

func (*blocks) table(w util.BufWriter, _ []byte, _ ast.Node, enter bool) (ast.WalkStatus, error) {
	if enter {
		fmt.Fprint(w, `<div class="region" role="group" aria-label="Table" tabindex="0"><table>`+"\n")
	} else {
		fmt.Fprint(w, "</table></div>\n")
	}
	return ast.WalkContinue, nil
}
