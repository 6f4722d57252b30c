package cli

import (
	"fmt"

	"github.com/syssecure/syssecure/internal/docs"
)

type docsCmd struct {
	Export docsExportCmd `cmd:"" help:"Write the documentation that the server shows at /docs into a folder."`
}

type docsExportCmd struct {
	Folder string `arg:"" help:"A folder that is empty or does not exist." placeholder:"DIR"`
	URL    string `help:"The address of the server, for the samples (default: public_url)." placeholder:"URL"`
}

// Help implements kong.HelpProvider.
func (*docsExportCmd) Help() string {
	return "The files need no server: a browser can open index.html. Search and links work there, too."
}

func (c *docsExportCmd) Run(e *env) error {
	address := c.URL
	if address == "" {
		conf, err := e.config()
		if err != nil {
			return err
		}
		address = conf.PublicURL
	}

	n, err := docs.Export(docs.Config{PublicURL: address}, c.Folder)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.Out, "%d files were written; open %s/index.html\n", n, c.Folder)

	return err
}
