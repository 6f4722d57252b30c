package docs

import (
	"html/template"
	"io"
	"strings"
)

// signature is the worked example of a signature, whose parts the reader may change. A script computes it again; without
// one the values stay as they are.
var signature = template.Must(template.New("signature").Parse(`<div class="signature" data-signature>
<p><label for="sig-secret">Secret</label><input id="sig-secret" value="{{index . 0}}" autocomplete="off" spellcheck="false"></p>
<p><label for="sig-time">Time (t)</label><input id="sig-time" value="{{index . 1}}" inputmode="numeric" autocomplete="off"></p>
<p><label for="sig-body">Raw body</label><textarea id="sig-body" rows="5" spellcheck="false">{{index . 2}}</textarea></p>
<p><label for="sig-made">X-SysSecure-Signature</label><output id="sig-made" for="sig-secret sig-time sig-body">t={{index . 1}},v1={{index . 3}}</output></p>
</div>
`))

// signatureForm renders the four lines of the example: secret, time, body and signature.
func signatureForm(w io.Writer, lines string) error {
	return signature.Execute(w, strings.SplitN(strings.TrimSpace(lines), "\n", 4))
}
