package docs

import (
	"html/template"
	"regexp"
	"strings"
)

// words are the keywords of each language that a sample may be in. JSON's are its constants.
var words = map[string]string{
	"json":   `true|false|null`,
	"sh":     `curl|export|for|do|done|if|then|fi|sudo`,
	"python": `import|from|as|def|return|if|elif|else|for|in|with|print|True|False|None|async|await|class|try|except|not`,
	"js":     `import|from|const|let|await|async|function|return|if|else|for|of|new|true|false|null|try|catch`,
	"php":    `use|require|new|function|return|if|else|foreach|as|echo|true|false|null|try|catch|fn`,
	"ruby":   `require|def|end|do|if|unless|else|puts|true|false|nil|case|in|then|each|begin|rescue`,
	"java":   `import|public|class|static|void|new|try|catch|return|if|else|for|var|final|true|false|null`,
	"go":     `package|import|func|return|if|else|for|range|var|const|type|struct|nil|true|false|defer|err|switch|case`,
	"toml":   `true|false`,
	"ini":    ``,
}

// same are other names of these languages, as fences and folders have them.
var same = map[string]string{"bash": "sh", "shell": "sh", "curl": "sh", "node": "js", "javascript": "js", "mjs": "js"}

// patterns find comments, strings, numbers and keywords. Each has these four groups, in this order.
var patterns = func() map[string]*regexp.Regexp {
	out := map[string]*regexp.Regexp{}
	for lang, keywords := range words {
		comment := `//[^\n]*`
		switch lang {
		case "sh", "python", "ruby", "toml", "ini":
			comment = `(?:^|[ \t])#[^\n]*`
		case "json":
			comment = `$^`
		}
		if keywords == "" {
			keywords = `$^`
		}
		out[lang] = regexp.MustCompile(`(?m)(` + comment + `)|("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|` + "`[^`]*`" +
			`)|(\b\d[\d_.]*\b)|(\b(?:` + keywords + `)\b)`)
	}

	return out
}()

// classes are those of the groups.
var classes = []string{"t-c", "t-s", "t-n", "t-k"}

// highlight makes HTML of code. Everything is escaped; a language that it does not know has no colours.
func highlight(code, lang string) template.HTML {
	if other, ok := same[lang]; ok {
		lang = other
	}
	pattern := patterns[lang]
	if pattern == nil {
		return template.HTML(template.HTMLEscapeString(code)) // it is escaped
	}

	var out strings.Builder
	end := 0
	for _, m := range pattern.FindAllStringSubmatchIndex(code, -1) {
		for i, class := range classes {
			from, to := m[2+2*i], m[3+2*i]
			if from < 0 || from == to {
				continue
			}
			out.WriteString(template.HTMLEscapeString(code[end:from]))
			out.WriteString(`<span class="` + class + `">` + template.HTMLEscapeString(code[from:to]) + `</span>`)
			end = to
		}
	}
	out.WriteString(template.HTMLEscapeString(code[end:]))

	return template.HTML(out.String()) // each part is escaped
}
