package httpapi

import (
	"net/http"
	"strings"

	"github.com/syssecure/syssecure/api"
)

// document serves the OpenAPI document as YAML or JSON, by the path. A test compares it with the handlers.
func (s *Server) document(w http.ResponseWriter, r *http.Request) {
	body, kind := api.JSON, "application/openapi+json"
	if strings.HasSuffix(r.URL.Path, ".yaml") {
		body, kind = api.YAML, "application/openapi+yaml"
	}
	w.Header().Set("Content-Type", kind)
	_ = api.WriteAt(w, body, s.PublicURL) // the client is gone
}
