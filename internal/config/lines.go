package config

import (
	"bytes"
	"fmt"

	"github.com/pelletier/go-toml/v2/unstable"
)

// findLines returns the line of every key and table header by its path, such as "tls.cert_file" or "carrier[0].name".
// Checks of values need the lines of all keys; the decoder gives only those of unknown keys.
func findLines(data []byte) map[string]int {
	f := lineFinder{lines: map[string]int{}, tables: map[string]int{}}
	f.parser.Reset(data)

	table := ""
	for f.parser.NextExpression() {
		switch e := f.parser.Expression(); e.Kind {
		case unstable.Table:
			table = f.key("", e)
		case unstable.ArrayTable:
			table = f.listed(e)
		default:
			f.keyValue(table, e)
		}
	}

	return f.lines
}

type lineFinder struct {
	parser unstable.Parser
	lines  map[string]int
	tables map[string]int // how many tables a list has so far, by the list's path
}

// key notes the lines of a node's key, and returns its path. A part that names a list means the last table of it.
func (f *lineFinder) key(path string, n *unstable.Node) string {
	for k := n.Key(); k.Next(); {
		path = join(path, string(k.Node().Data))
		f.note(path, k.Node())
		if n := f.tables[path]; n > 0 {
			path = element(path, n-1)
		}
	}

	return path
}

// listed notes the header of a table in a list, and returns the table's path.
func (f *lineFinder) listed(n *unstable.Node) string {
	path := ""
	for k := n.Key(); k.Next(); {
		path = join(path, string(k.Node().Data))
		f.note(path, k.Node())
		if k.IsLast() {
			f.tables[path]++
		}

		if n := f.tables[path]; n > 0 {
			path = element(path, n-1)
			f.note(path, k.Node())
		}
	}

	return path
}

// note keeps the first line of a path: where a table or list begins.
func (f *lineFinder) note(path string, n *unstable.Node) {
	if f.lines[path] == 0 {
		f.lines[path] = 1 + bytes.Count(f.parser.Data()[:n.Raw.Offset], []byte("\n"))
	}
}

func (f *lineFinder) keyValue(table string, n *unstable.Node) {
	f.value(f.key(table, n), n.Value())
}

// value notes the keys of tables inside a value.
func (f *lineFinder) value(path string, n *unstable.Node) {
	children := n.Children()
	switch n.Kind {
	case unstable.InlineTable:
		for children.Next() {
			f.keyValue(path, children.Node())
		}
	case unstable.Array:
		for i := 0; children.Next(); i++ {
			f.value(element(path, i), children.Node())
		}
	default: // no other value holds tables
	}
}

func element(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }
