package harness

import (
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"strings"
)

// Report prints results as they come, and counts them.
type Report struct {
	// Verbose prints each case, not only those that fail.
	Verbose bool
	Out     io.Writer
	results []Result
}

// Add prints a result.
func (r *Report) Add(result Result) {
	r.results = append(r.results, result)
	switch {
	case len(result.Failures) > 0:
		fmt.Fprintf(r.Out, "FAIL %s (%s)\n    %s\n", result.ID, result.Rule, strings.Join(result.Failures, "\n    "))
	case r.Verbose && result.Skipped != "":
		fmt.Fprintf(r.Out, "skip %s: %s\n", result.ID, result.Skipped)
	case r.Verbose:
		fmt.Fprintf(r.Out, "ok   %s (%d ms)\n", result.ID, result.Took.Milliseconds())
	}
}

// Close prints the last line, and returns whether nothing failed.
func (r *Report) Close() bool {
	passed, failed, skipped := r.count()
	fmt.Fprintf(r.Out, "%d passed, %d failed", passed, failed)
	if skipped > 0 {
		fmt.Fprintf(r.Out, ", %d skipped", skipped)
	}
	fmt.Fprintln(r.Out)
	return failed == 0
}

func (r *Report) count() (passed, failed, skipped int) {
	for _, result := range r.results {
		switch {
		case len(result.Failures) > 0:
			failed++
		case result.Skipped != "":
			skipped++
		default:
			passed++
		}
	}
	return passed, failed, skipped
}

type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Seconds string        `xml:"time,attr"`
	Failure *junitMessage `xml:"failure"`
	Skipped *junitMessage `xml:"skipped"`
}

type junitMessage struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// WriteJUnit writes the results to a file. name is that of the suite.
func (r *Report) WriteJUnit(file, name string) error {
	_, failed, skipped := r.count()
	suite := junitSuite{Name: name, Tests: len(r.results), Failures: failed, Skipped: skipped}
	for _, result := range r.results {
		class, _, _ := strings.Cut(result.ID, ".")
		c := junitCase{Class: class, Name: result.ID, Seconds: fmt.Sprintf("%.3f", result.Took.Seconds())}
		if len(result.Failures) > 0 {
			c.Failure = &junitMessage{Message: result.Failures[0], Text: strings.Join(result.Failures, "\n")}
		} else if result.Skipped != "" {
			c.Skipped = &junitMessage{Message: result.Skipped}
		}
		suite.Cases = append(suite.Cases, c)
	}

	text, err := xml.MarshalIndent(suite, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append([]byte(xml.Header), text...), 0o644)
}
