package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
)

var headings = []string{
	"Install", "Requirements", "Quickstart", "Verify a code", "Send an SMS", "Errors", "Retries and idempotency",
	"Timeouts", "Pagination", "Webhooks", "Testing your integration", "Logging", "Advanced", "Versioning",
}

// block is a fenced block of README.md.
type block struct{ heading, kind, text string }

// readBlocks reads the blocks of a file, and checks its headings.
func readBlocks(name string) (blocks []block, err error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}

	var found []string
	var b *block
	for line := range strings.Lines(string(text)) {
		fence, isFence := strings.CutPrefix(line, "```")
		heading, isHeading := strings.CutPrefix(line, "## ")
		switch {
		case isFence && b == nil:
			b = &block{heading: found[len(found)-1], kind: strings.TrimSpace(fence)}
		case isFence:
			blocks = append(blocks, *b)
			b = nil
		case b != nil:
			b.text += line
		case isHeading:
			found = append(found, strings.TrimSpace(heading))
		}
	}
	if !slices.Equal(found, headings) {
		return nil, fmt.Errorf("the headings are %q, want %q", found, headings)
	}

	return blocks, nil
}

// readme runs every block and every example.
func readme(ctx context.Context, dist string) (err error) {
	blocks, err := readBlocks("../README.md")
	if err != nil {
		return err
	}
	p, err := newProject(dist)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.remove()) }()

	for i, b := range blocks {
		if err := runBlock(ctx, p, b, fmt.Sprintf("block%d", i)); err != nil {
			return fmt.Errorf("block %d of README.md, below %s: %w", i+1, b.heading, err)
		}
	}
	if err := runExamples(ctx, p); err != nil {
		return err
	}
	fmt.Printf("%d blocks and 3 examples ran\n", len(blocks))

	return nil
}

var (
	isTestBlock    = regexp.MustCompile(`(?m)^func Test`)
	isDeclarations = regexp.MustCompile(`(?m)^func `)
)

// runBlock runs one block by its kind.
func runBlock(ctx context.Context, p *project, b block, folder string) error {
	switch {
	case b.kind == "sh":
		_, err := p.run(ctx, "", "sh", "-ec", b.text)
		return err
	case b.kind != "go":
		return fmt.Errorf("the kind %q is not known", b.kind)
	case b.heading == "Quickstart":
		return runQuickstart(ctx, p, b)
	case isTestBlock.MatchString(b.text):
		return p.runFile(ctx, folder, "block_test.go", b.text, "test")
	case isDeclarations.MatchString(b.text):
		return p.runFile(ctx, folder, "main.go", b.text+receiveMain, "run")
	}

	return p.runFile(ctx, folder, "main.go", fmt.Sprintf(fragmentMain, b.text), "run")
}

// fragmentMain is what the blocks share that are no whole programs.
const fragmentMain = `
var ctx = context.Background()
var client = syssecure.NewClient("")

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	err := func() error {
%s
		return nil
	}()

	return err
}
`

// receiveMain sends a webhook to the handler of a block.
const receiveMain = `
func main() {
	os.Setenv("WEBHOOK_SECRET", "whsec_test")
	payload := ` + "`" + `{"event": "otp.verified", "otp_id": "otp_1"}` + "`" + `
	header, err := syssecure.SignWebhook([]byte(payload), "whsec_test", time.Now())
	if err != nil {
		log.Fatal(err)
	}
	for signature, want := range map[string]int{header: 204, "t=1,v1=00": 400} {
		r := httptest.NewRequest("POST", "/webhooks", strings.NewReader(payload))
		r.Header.Set(syssecure.SignatureHeader, signature)
		w := httptest.NewRecorder()
		receive(w, r)
		if w.Code != want {
			log.Fatalf("got %d, want %d", w.Code, want)
		}
	}
}
`

// packages are those that the blocks use. Blocks do not import them, for brevity.
var packages = []string{
	"context", "errors", "fmt", "io", "log", "log/slog", "net/http", "net/http/httptest", "os", "strings", "testing",
	"time", modulePath, modulePath + "/syssecuretest",
}

// runFile adds the imports that a text needs, and runs it.
func (p *project) runFile(ctx context.Context, folder, name, text, how string) error {
	file := "package main\n\n"
	for _, path := range packages {
		last := strings.TrimSuffix(path, "/go/v2")
		last = last[strings.LastIndexByte(last, '/')+1:]
		if path == modulePath {
			last = "syssecure"
		}
		if regexp.MustCompile(`\b` + last + `\.[A-Z]`).MatchString(text) {
			file += fmt.Sprintf("import %q\n", path)
		}
	}
	if err := p.write(folder+"/"+name, file+text); err != nil {
		return err
	}
	_, err := p.run(ctx, "", "go", how, "./"+folder)

	return err
}
