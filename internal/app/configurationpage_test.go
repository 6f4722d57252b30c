package app

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/test/generated"
)

const (
	configurationPage  = "../../docs/configuration.md"
	configurationBegin = "# The server's keys, written by `make configuration`.\n"
	configurationEnd   = "# End of the server's keys.\n"
	tablesBegin        = "# Tables that may follow the carriers, written by `make configuration`.\n"
	tablesEnd          = "# End of what `make configuration` writes.\n"
)

// TestConfigurationPage_UpToDate holds the example and the reference to the keys that package config describes.
func TestConfigurationPage_UpToDate(t *testing.T) {
	before, after := config.Tables()
	example := generated.Region(t, fileText(t, exampleFile), configurationBegin, configurationEnd, exampleTables(before))
	example = generated.Region(t, example, tablesBegin, tablesEnd, exampleTables(after))
	generated.Hold(t, map[string]string{
		exampleFile: example, configurationPage: referencePage(before, after),
	}, *update, "make configuration")

	for _, table := range slices.Concat(before, after) {
		if table.Name != "" && table.Doc == "" {
			t.Errorf("[%s] has no Doc", table.Name)
		}
		for _, k := range table.Keys {
			if k.Doc == "" {
				t.Errorf("%s of [%s] has no Doc", k.Name, table.Name)
			}
		}
	}
}

// title is how a table is written in the file.
func title(t config.Table) string {
	if t.List {
		return "[[" + t.Name + "]]"
	}
	return "[" + t.Name + "]"
}

// exampleTables are the tables of the example.
func exampleTables(tables []config.Table) string {
	var b strings.Builder
	for _, t := range tables {
		lines := exampleLines(t.Keys)
		if t.Name != "" {
			lines = slices.Insert(lines, 0, [2]string{title(t), t.Doc})
		}
		text := aligned(lines)
		if t.Rare {
			text = commented(text)
		}
		b.WriteString(text + "\n")
	}

	return b.String()
}

// referencePage is docs/configuration.md.
func referencePage(before, after []config.Table) string {
	var b strings.Builder
	b.WriteString(`# Configuration

<!-- Written by ` + "`make configuration`" + `. -->
Every key has a default, and the server starts without any file. It reads the file that ` + "`--config`" + ` or
` + "`SYSSECURE_CONFIG`" + ` names, or ` + "`syssecure.toml`" + ` in the current folder. ` + "`syssecure config check`" + ` reports every
mistake with its line; unknown keys are mistakes. Changes need a restart, except for the files of ` + "`[tls]`" + `.
[syssecure.example.toml](../syssecure.example.toml) has every key to copy.

Each key can be set in the environment, which overrides the file:

| in the file | in the environment |
|---|---|
| ` + "`listen`" + ` | ` + "`SYSSECURE_LISTEN=127.0.0.1:8080`" + ` |
| ` + "`cert_file` in `[tls]`" + ` | ` + "`SYSSECURE_TLS_CERT_FILE=/etc/syssecure/cert.pem`" + ` |
| ` + "`send_gaps` in `[limits]`" + `, a list | ` + "`SYSSECURE_LIMITS_SEND_GAPS=30s,60s`" + ` |
| ` + "`password` of the carrier `smsc-1`" + ` | ` + "`SYSSECURE_CARRIER_SMSC_1_PASSWORD=…`" + ` |
| all tables of a list, as JSON | ` + "`SYSSECURE_ROUTE='[{\"channel\": \"sms\", \"carriers\": [\"smsc-1\"]}]'`" + ` |

A secret can be in a file, which a second key names: ` + "`database_file`, `password_file`" + `. Durations are written as ` + "`30s`, `10m`, `1h`" + `
or ` + "`90d`" + `.

## The server
` + keyTable(before[0].Keys))
	for _, t := range before[1:] {
		b.WriteString(section(t))
	}

	b.WriteString("\n## `[[carrier]]`\nA way to phones. Its keys depend on its kind:\n\n| kind | channels |\n|---|---|\n")
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		fmt.Fprintf(&b, "| [`%s`](carriers/%[1]s.md) | %s |\n", kind, channelsOf(kind))
	}

	for _, t := range after {
		b.WriteString(section(t))
	}

	return b.String()
}

// channelsOf are the channels that a kind can serve.
func channelsOf(kind string) string {
	var names []string
	for _, ch := range kinds[kind].NewSettings().Channels() {
		names = append(names, ch.String())
	}
	if names == nil {
		return "the one that its key `channel` names"
	}
	return strings.Join(names, ", ")
}

// section is what the reference says about a table.
func section(t config.Table) string {
	doc := strings.ToUpper(t.Doc[:1]) + t.Doc[1:] + "."
	return fmt.Sprintf("\n## `%s`\n%s\n\n%s", title(t), strings.TrimSuffix(doc+" "+t.More, " "), keyTable(t.Keys))
}
