package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSheet_Rows: a screen has one row, from wide to narrow and light before dark.
func TestSheet_Rows(t *testing.T) {
	got := rows([]string{"empty_keys-390-light.png", "empty_keys-1360-dark.png", "search.png", "empty_keys-1360-light.png"})
	if len(got) != 2 || got[0].Name != "empty keys" || got[1].Name != "search" {
		t.Fatalf("%+v", got)
	}
	var files []string
	for _, p := range got[0].Pictures {
		files = append(files, p.File)
	}
	want := "empty_keys-1360-light.png empty_keys-1360-dark.png empty_keys-390-light.png"
	if strings.Join(files, " ") != want {
		t.Errorf("got %q, want %q", files, want)
	}
}

// TestSheet_Run: the sheet shows every picture with a caption; a folder without pictures is an error.
func TestSheet_Run(t *testing.T) {
	folder := t.TempDir()
	if err := run(folder); err == nil {
		t.Error("an empty folder gave a sheet")
	}
	if err := os.WriteFile(filepath.Join(folder, "full_keys-820-dark.png"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := run(folder); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(folder, "contact-sheet.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`src="full_keys-820-dark.png"`, "full keys,  820 px, dark"} {
		if !strings.Contains(string(page), part) {
			t.Errorf("the sheet has no %s", part)
		}
	}
}
