package docs

import (
	"embed"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/template"

	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/problem"
	"github.com/syssecure/syssecure/internal/webhook"
	"github.com/syssecure/syssecure/sdk/snippets"
)

//go:embed pages
var pageFiles embed.FS

// The groups of the navigation.
const (
	groupStart    = "Get started"
	groupAPI      = "API reference"
	groupEvents   = "Good to know"
	groupGuides   = "Guides"
	groupCarriers = "Carriers"
)

// prose is the class of pages that are read from top to bottom.
const prose = "prose"

// written are the pages that are written by hand, with what the code fills in.
var written = []page{
	{Path: root, Title: "Quickstart", Group: groupStart, Description: "Send and verify your first code in the sandbox, " +
		"with curl or one of six SDKs."},
	{Path: root + "/authentication", Title: "Authentication", Group: groupStart, Description: "API keys, live and test " +
		"mode, scopes, and how to rotate a key."},
	{Path: root + "/sandbox", Title: "Sandbox", Group: groupStart, Description: "Test keys, numbers that simulate each " +
		"outcome, the inbox and the clock."},
	{Path: root + "/api", Title: "Overview", Group: groupAPI, Description: "Conventions of the API: idempotency, lists, " +
		"rates, errors, and all operations."},
	{Path: root + "/webhooks", Title: "Webhooks", Group: groupEvents, Description: "Every event with its payload, how " +
		"to check a signature, and when deliveries are retried."},
	{Path: root + "/errors", Title: "Errors", Group: groupEvents, Description: "Each code and each reason, with its " +
		"cause and what to do."},
	{Path: root + "/limits", Title: "Limits", Group: groupEvents, Description: "Limits, bounds and sizes, and how long " +
		"things are kept."},
}

// allPages makes every page, in the order of the navigation.
func allPages(c Config, document []byte) ([]*page, error) {
	reference, err := referencePages(document)
	if err != nil {
		return nil, err
	}

	data, err := newPageData(c, reference)
	if err != nil {
		return nil, err
	}
	var pages []*page
	for _, w := range written {
		p := w
		name := strings.TrimPrefix(p.Path, root+"/")
		switch p.Path {
		case root:
			name = "quickstart"
		case root + "/api":
			name = "overview"
		}
		if p.Markdown, err = fill(name, data); err != nil {
			return nil, err
		}
		if err := p.finish(); err != nil {
			return nil, err
		}
		pages = append(pages, &p)
		if p.Path == root+"/api" {
			pages = append(pages, reference...)
		}
	}

	guides, err := guidePages()
	if err != nil {
		return nil, err
	}

	return append(pages, guides...), nil
}

// finish makes the HTML of a page of prose.
func (p *page) finish() (err error) {
	p.Class = prose
	if p.HTML, p.Headings, err = markdown(p.Markdown); err != nil {
		return fmt.Errorf("render %s: %w", p.Path, err)
	}
	return nil
}

// pageData is what the templates of the pages may use.
type pageData struct {
	Base      string
	Groups    []referenceGroup
	Signed    signed
	Events    []event
	Codes     []code
	Reasons   []problem.Explanation
	Failures  []problem.Explanation
	Refusals  []problem.Explanation
	Numbers   []engine.SandboxNumber
	Operation map[string]string
	Inbox     []snippets.Snippet
}

type referenceGroup struct {
	Slug, Title string
	Operations  []operation
}

// code is a code of an error with its reasons.
type code struct {
	problem.Explanation
	Status  int
	Reasons []string
}

// event is a type of event with its payload.
type event struct {
	Name, Description, Example string
	Fields                     []field
}

// signed is a delivery with its signatures.
type signed struct {
	Secret, Event, ID, Time, Body, Ours, Standard, Hex string
}

func newPageData(c Config, reference []*page) (*pageData, error) {
	d := &pageData{
		Base: c.base(), Numbers: engine.SandboxNumbers, Reasons: escaped(problem.Reasons), Failures: escaped(problem.Failures),
		Refusals: escaped(problem.Refusals), Signed: sign(), Inbox: snippets.Of("sandbox-messages"),
	}
	for _, p := range reference {
		d.Groups = append(d.Groups, referenceGroup{strings.TrimPrefix(p.Path, root+"/api/"), p.Title, p.Operations})
	}

	for _, e := range escaped(problem.Codes) {
		one := code{Explanation: e, Status: fault.New(fault.Code(e.Name), "").Status}
		for _, r := range problem.Reasons {
			if slices.Contains(r.Codes, fault.Code(e.Name)) {
				one.Reasons = append(one.Reasons, r.Name)
			}
		}
		d.Codes = append(d.Codes, one)
	}

	for _, k := range webhook.Catalogue() {
		e, err := newEvent(k)
		if err != nil {
			return nil, err
		}
		d.Events = append(d.Events, e)
	}

	return d, nil
}

// special are characters that Markdown would read as markup in a text that has none.
var special = regexp.MustCompile(`[\[\]<*|]`)

// escaped are the explanations with their texts as Markdown.
func escaped(list []problem.Explanation) (out []problem.Explanation) {
	for _, e := range list {
		e.Cause, e.Cure = special.ReplaceAllString(e.Cause, `\$0`), special.ReplaceAllString(e.Cure, `\$0`)
		out = append(out, e)
	}
	return out
}

// newEvent describes a type of event by its schema and its example, which deliveries are tested against.
func newEvent(k webhook.Kind) (event, error) {
	e := event{Name: string(k.Type), Description: k.Description}
	schema, err := parse(k.Schema())
	if err != nil {
		return e, err
	}
	example, err := parse(k.Example())
	if err != nil {
		return e, err
	}

	s := &spec{root: schema.(*object)} // a schema is an object
	e.Fields, e.Example = s.fields(s.root, ""), write(example, "")
	for i := range e.Fields {
		f := &e.Fields[i]
		if len(f.Values) > 0 && f.Name != "reason" {
			f.Doc = strings.TrimSpace(f.Doc + " One of " + strings.Join(f.Values, ", ") + ".")
		}
		if f.Name == "event" {
			f.Doc = "The type of the event."
		}
		if f.Name == "reason" && e.Name == string(webhook.MessageFailed) {
			f.Doc = "Why it failed, see the end of this page."
		}
	}

	return e, nil
}

// sign makes the worked example of a signature, by the code that signs deliveries.
func sign() signed {
	const secret, id, at = "whsec_C2FVsBQIhrscChlQIMVb5sSYspob7oDx", "evt_01HWXYZABC123DEF4560000000", 1777130882
	s := signed{Secret: secret, ID: id, Time: strconv.Itoa(at), Event: string(webhook.MessageDelivered)}
	for _, k := range webhook.Catalogue() {
		if k.Type == webhook.MessageDelivered {
			s.Body = string(k.Example())
		}
	}
	made := webhook.Sign([]string{secret}, at, id, []byte(s.Body))
	s.Ours, s.Standard = made.Ours, made.Standard
	_, s.Hex, _ = strings.Cut(made.Ours, "v1=")
	if _, err := hex.DecodeString(s.Hex); err != nil {
		s.Hex = ""
	}

	return s
}

// fill executes the template of a page.
func fill(name string, data any) (string, error) {
	t, err := template.New(name+".md.tmpl").Option("missingkey=error").ParseFS(pageFiles, "pages/"+name+".md.tmpl")
	if err != nil {
		return "", fmt.Errorf("read the page %s: %w", name, err)
	}
	var out strings.Builder
	if err := t.Execute(&out, data); err != nil {
		return "", fmt.Errorf("fill the page %s: %w", name, err)
	}

	return out.String(), nil
}
