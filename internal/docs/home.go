package docs

import (
	"bytes"
	"html/template"
	"net/http"

	"github.com/syssecure/syssecure/internal/web"
)

// homePage is the page at /, for somebody who opens the server's address in a browser.
var homePage = template.Must(template.New("home").Parse(`{{define "status" -}}
{{if .Ready}}<span class="badge">Ready</span> This server takes requests.
{{- else}}<span class="badge bad">Not ready</span> This server runs, but cannot take requests now. Its log says why.{{end}}
{{- end}}<div class="home">
<h1>SysSecure</h1>
<p class="lead">A server for one-time passwords and messages. Applications call its API; it delivers over the carriers
of those who run it, and checks each code once.</p>
<p data-refresh="status">{{template "status" .}}</p>
<ul class="tiles">
<li><a href="/docs"><strong>Quickstart</strong>Send and verify a first code in the sandbox.</a></li>
<li><a href="/docs/api"><strong>API reference</strong>Every operation, with its fields and samples.</a></li>
<li><a href="/docs/guides"><strong>Guides</strong>Run the server, connect carriers, go live.</a></li>
<li><a href="/openapi.yaml"><strong>OpenAPI</strong>The API as a document for programs.</a></li>
</ul>
</div>
`))

// home serves the page at /, or its status only, which the page asks for again and again.
func (p *Pages) home(w http.ResponseWriter, r *http.Request, s *site) {
	data := struct {
		Ready bool
	}{p.Ready == nil || p.Ready(r.Context()) == nil}

	name := "home"
	if web.Fragment(r) == "status" {
		name = "status"
	}
	var body bytes.Buffer
	out, err := []byte(nil), homePage.ExecuteTemplate(&body, name, data)
	switch {
	case err != nil:
	case name == "status":
		out = body.Bytes()
	default:
		out, err = s.render.Render(&web.Page{
			Title: "SysSecure", Description: "A self-hosted server for one-time passwords and messages.", Path: "/",
			Top: top(&page{}), Body: template.HTML(body.String()), // html/template made it
			Scripts: []string{"docs.js", "fragment.js"},
		})
	}
	if err != nil {
		out = []byte("The page cannot be shown.\n")
	}

	w.Header().Set("Vary", "X-Fragment")
	web.NewContent("text/html; charset=utf-8", web.NoStore, out).Serve(w, r, http.StatusOK)
}
