package httpapi_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	contractfiles "github.com/syssecure/syssecure/api"
	"github.com/syssecure/syssecure/internal/httpapi"
	"github.com/syssecure/syssecure/internal/testworld"
)

var update = flag.Bool("update", false, "regenerate api/openapi.yaml and openapi.json")

// TestContract_AsInTheTree: the files in api/ are those that the handlers make.
func TestContract_AsInTheTree(t *testing.T) {
	t.Parallel()
	inJSON, inYAML, err := httpapi.GenerateDocument(newAPI(t, testworld.Options{}).server)
	if err != nil {
		t.Fatal(err)
	}

	for name, want := range map[string][]byte{"openapi.yaml": inYAML, "openapi.json": inJSON} {
		file := filepath.Join("..", "..", "api", name)
		if *update {
			if err := os.WriteFile(file, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}

		got, err := os.ReadFile(file)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("api/%s is not what the handlers make (%v); run: make openapi", name, err)
		}
	}
}

// TestContract_Served: the server serves the files in api/, for itself.
func TestContract_Served(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	for path, want := range map[string][]byte{
		"/openapi.yaml": contractfiles.At(contractfiles.YAML, ""), "/openapi.json": contractfiles.At(contractfiles.JSON, ""),
	} {
		w := httptest.NewRecorder()
		a.server.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", path, nil))
		if w.Code != 200 || !bytes.Equal(w.Body.Bytes(), want) {
			t.Errorf("%s: %d with %d bytes, want %d", path, w.Code, w.Body.Len(), len(want))
		}
	}
}

func TestContract_DescribesEveryOperation(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	r := a.call(t, "", "GET", "/openapi.json", "", "Authorization", "").ok()
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			OperationID, Summary string
			Security             []map[string][]string
			Responses            map[string]any
			Parameters           []struct{ Name, In, Description string }
		}
	}
	if err := json.Unmarshal([]byte(r.text), &doc); err != nil || !strings.HasPrefix(doc.OpenAPI, "3.1") {
		t.Fatalf("openapi %q, %v", doc.OpenAPI, err)
	}

	n := 0
	for path, methods := range doc.Paths {
		if !strings.HasPrefix(path, "/v2/") {
			t.Errorf("%s is not below /v2", path)
		}
		for method, o := range methods {
			n++
			if o.OperationID == "" || o.Summary == "" || len(o.Security) != 1 {
				t.Errorf("%s %s: id %q, summary %q, security %v", method, path, o.OperationID, o.Summary, o.Security)
			}

			must := []string{"200", "400", "401", "429", "500", "503"}
			if method == "post" {
				must = append(must, "413", "415")
			}
			if strings.Contains(path, "{") {
				must = append(must, "404")
			}

			for _, status := range must {
				if _, ok := o.Responses[status]; !ok {
					t.Errorf("%s %s does not list %s", method, path, status)
				}
			}

			var headers []string
			for _, p := range o.Parameters {
				headers = append(headers, p.Name)
			}
			if method == "post" && !slices.Contains(headers, "Idempotency-Key") {
				t.Errorf("%s %s takes no Idempotency-Key", method, path)
			}

			for _, part := range strings.Split(path, "/") {
				if name := strings.Trim(part, "{}"); name != part && !slices.Contains(headers, name) {
					t.Errorf("%s %s does not describe %s", method, path, name)
				}
			}
		}
	}
	if n < 13 {
		t.Errorf("%d operations", n)
	}
}
