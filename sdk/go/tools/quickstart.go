package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
)

// quickstart runs the program in README.md, the first block below the heading Quickstart.
func quickstart(ctx context.Context, dist string) (err error) {
	blocks, err := readBlocks("../README.md")
	if err != nil {
		return err
	}
	p, err := newProject(dist)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.remove()) }()

	for _, b := range blocks {
		if b.heading == "Quickstart" {
			return errors.Join(p.get(ctx), runQuickstart(ctx, p, b))
		}
	}

	return errors.New("README.md has no quickstart")
}

// runQuickstart runs the program with a key of the sandbox, in which every code consists of zeros.
func runQuickstart(ctx context.Context, p *project, b block) error {
	text := b.text
	for published, here := range map[string]string{
		`"sk_live_your_key_here"`:   fmt.Sprintf("%q", os.Getenv("SYSSECURE_API_KEY")),
		`"https://otp.example.com"`: fmt.Sprintf("%q", os.Getenv("SYSSECURE_BASE_URL")),
		`"847291"`:                  `"000000"`,
	} {
		if strings.Count(text, published) != 1 {
			return fmt.Errorf("the quickstart does not have %s once", published)
		}
		text = strings.Replace(text, published, here, 1)
	}
	if err := p.write("quickstart/main.go", text); err != nil {
		return err
	}

	out, err := p.run(ctx, "", "go", "run", "./quickstart")
	if err == nil && out != "true\n" {
		err = fmt.Errorf("the quickstart printed %q, not true", out)
	}

	return err
}
