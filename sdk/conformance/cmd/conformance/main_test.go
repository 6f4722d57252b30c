package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// nothingWorks is a driver whose SDK can do nothing.
const nothingWorks = `i=0; while read -r line; do i=$((i+1)); if [ $i = 1 ]
	then echo '{"id": 1, "ok": {"sdk": "nothing", "version": "1", "modes": ["sync"]}}'
	else echo '{"id": '$i', "error": {"type": "Unexpected", "parents": [], "text": "nothing works"}}'
fi; done`

func TestRun_FailsWithTheSDK(t *testing.T) {
	report := filepath.Join(t.TempDir(), "junit.xml")
	o := &options{
		driver: nothingWorks, mode: "sync", root: "../..", openapi: "../../../../api/openapi.json", junit: report,
		only: regexp.MustCompile(`^vectors\.retry_delay\.backoff_n1_|^describe\.lookup`),
	}

	passed, err := run(t.Context(), o)
	if passed || err != nil {
		t.Errorf("passed %t, error %v", passed, err)
	}
	text, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}

	want := `<testsuite name="nothing sync" tests="5" failures="4" skipped="0">`
	if !strings.Contains(string(text), want) {
		t.Errorf("the report has not %s:\n%s", want, text)
	}
}

func TestRun_Refuses(t *testing.T) {
	for _, row := range []struct {
		name, want string
		change     func(*options)
	}{
		{"a driver that does not start", "does not start", func(o *options) { o.driver = "exit 1" }},
		{"a mode that the driver lacks", "and not async", func(o *options) { o.mode = "async" }},
		{"a folder without vectors", "no such file", func(o *options) { o.root = t.TempDir() }},
		{"no document", "no such file", func(o *options) { o.openapi = "nowhere.json" }},
	} {
		t.Run(row.name, func(t *testing.T) {
			o := &options{
				driver: nothingWorks, mode: "sync", root: "../..", openapi: "../../../../api/openapi.json",
				only: regexp.MustCompile("^$"),
			}
			row.change(o)
			if _, err := run(t.Context(), o); err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("error %v, want %q", err, row.want)
			}
		})
	}
}
