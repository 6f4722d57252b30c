package app_test

import (
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/app/apptest"
)

// TestPages_Served: the server shows its pages to everybody, sets no cookie, and an error leads to its explanation.
func TestPages_Served(t *testing.T) {
	t.Parallel()
	a := run(t, apptest.Config(t, "SYSSECURE_PUBLIC_URL=https://otp.example.com"))
	ask := func(method, path string) (*http.Response, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, "http://"+a.Addr().String()+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}

		return resp, string(body)
	}

	for path, status := range map[string]int{
		"/": 200, "/docs": 200, "/docs/": 200, "/docs/errors": 200, "/docs/errors.md": 200, "/llms.txt": 200,
		"/openapi.yaml": 200, "/openapi.json": 200, "/docs/none": 404, "/assets/none.js": 404,
	} {
		resp, body := ask(http.MethodGet, path)
		if resp.StatusCode != status || len(body) == 0 || resp.Header.Get("Set-Cookie") != "" {
			t.Errorf("GET %s: %d, %d bytes, cookie %q", path, resp.StatusCode, len(body), resp.Header.Get("Set-Cookie"))
		}
		policy := resp.Header.Get("Content-Security-Policy")
		if !strings.HasPrefix(path, "/openapi") && !strings.HasPrefix(policy, "default-src 'none'") {
			t.Errorf("GET %s: the policy is %q", path, policy)
		}
		if resp, body := ask(http.MethodHead, path); resp.StatusCode != status || body != "" {
			t.Errorf("HEAD %s: %d, %q", path, resp.StatusCode, body)
		}
		if resp, _ := ask(http.MethodPost, path); resp.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("POST %s: %d", path, resp.StatusCode)
		}
	}

	for _, link := range linksToDocs(t) {
		page, fragment, _ := strings.Cut(link, "#")
		resp, body := ask(http.MethodGet, page)
		if resp.StatusCode != http.StatusOK || fragment != "" && !strings.Contains(body, `id="`+fragment+`"`) {
			t.Errorf("the dashboard leads to %s, where nothing is (%d)", link, resp.StatusCode)
		}
	}

	_, text := ask(http.MethodGet, "/v2/balance")
	var refused struct {
		Details struct {
			DocURL string `json:"doc_url"`
		}
	}
	if err := json.Unmarshal([]byte(text), &refused); err != nil {
		t.Fatal(err)
	}
	path, found := strings.CutPrefix(refused.Details.DocURL, "https://otp.example.com")
	page, fragment, _ := strings.Cut(path, "#")
	if _, body := ask(http.MethodGet, page); !found || !strings.Contains(body, `id="`+fragment+`"`) {
		t.Errorf("the error leads to %q, where nothing is", refused.Details.DocURL)
	}
}

// linksToDocs are the links to the documentation in the dashboard's templates and code.
func linksToDocs(t *testing.T) (links []string) {
	t.Helper()
	link := regexp.MustCompile(`"(/docs(?:[^"{]*[^"{#])?)"`)
	err := filepath.WalkDir("../dashboard", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, m := range link.FindAllStringSubmatch(string(source), -1) {
			links = append(links, m[1])
		}
		return err
	})
	if err != nil || len(links) < 5 {
		t.Fatalf("%d links to the documentation were found: %v", len(links), err)
	}

	return links
}
