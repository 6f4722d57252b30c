package web

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// MaxCSVRows is how many rows a download may have.
const MaxCSVRows = 1_000_000

// flushEvery is after how many rows a reader gets what was written so far.
const flushEvery = 256

// ErrTooManyRows says that a list is too long for one download; a filter makes it shorter.
var ErrTooManyRows = errors.New("the list has more than a million rows")

// CSV writes a list as a download, row by row, so that its length costs no memory. Spreadsheets read texts that begin with
// certain characters as formulas, so these get an apostrophe. Times are ISO 8601 in UTC.
type CSV struct {
	w       http.ResponseWriter
	out     *csv.Writer
	control *http.ResponseController
	rows    int
	watched bool // a script reads the download, which saves nothing when the last byte says so
}

// tooMany is the last byte of a watched download whose list has more rows. A whole one ends with a line.
const tooMany = "\x00"

// NewCSV begins a download with a name and the names of its columns. The name says what was filtered; characters that have a
// meaning in headers or paths are replaced.
func NewCSV(w http.ResponseWriter, r *http.Request, name string, columns []string) (*CSV, error) {
	h := w.Header()
	SetHeaders(h)
	h.Set("Content-Type", "text/csv; charset=utf-8; header=present")
	h.Set("Content-Disposition", `attachment; filename="`+fileName(name)+`"`)
	h.Set("Cache-Control", NoStore)
	h.Set("X-Accel-Buffering", "no")

	c := &CSV{
		w: w, out: csv.NewWriter(w), control: http.NewResponseController(w),
		watched: r.Header.Get("X-Download") == "watched",
	}
	cells := make([]any, len(columns))
	for i, column := range columns {
		cells[i] = column
	}

	return c, c.write(cells)
}

// Row writes a row. Cells are texts, numbers, times and truth values; nil and the zero time are empty. An error means that
// the client has gone, or that there are too many rows.
func (c *CSV) Row(cells ...any) error {
	if c.rows == MaxCSVRows {
		return ErrTooManyRows
	}
	if err := c.write(cells); err != nil {
		return err
	}
	if c.rows++; c.rows%flushEvery == 0 {
		return c.flush()
	}

	return nil
}

// Finish ends the download. After an error the connection is cut, because half a list looks like a list. The last rows before
// a cut may not arrive, so a script learns from the last byte that there are too many rows.
func (c *CSV) Finish(err error) {
	tellScript := c.watched && errors.Is(err, ErrTooManyRows)
	if err == nil || tellScript {
		err = c.flush()
	}
	if err == nil && tellScript {
		_, err = io.WriteString(c.w, tooMany)
	}
	if err != nil {
		panic(http.ErrAbortHandler)
	}
}

func (c *CSV) write(cells []any) error {
	texts := make([]string, len(cells))
	for i, cell := range cells {
		texts[i] = cellText(cell)
	}
	if err := c.out.Write(texts); err != nil {
		return fmt.Errorf("write a download: %w", err)
	}
	return nil
}

// flush sends what was written, and gives the client time to read it.
func (c *CSV) flush() error {
	if err := c.control.SetWriteDeadline(time.Now().Add(writePatience)); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return fmt.Errorf("write a download: %w", err)
	}
	c.out.Flush()
	if err := c.out.Error(); err != nil {
		return fmt.Errorf("write a download: %w", err)
	}
	if err := c.control.Flush(); err != nil {
		return fmt.Errorf("write a download: %w", err)
	}

	return nil
}

// cellText is a cell as text.
func cellText(cell any) string {
	switch v := cell.(type) {
	case nil:
		return ""
	case string:
		return noFormula(v)
	case time.Time:
		if v.IsZero() {
			return ""
		}
		return v.UTC().Format("2006-01-02T15:04:05.000Z")
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	default:
		return noFormula(fmt.Sprint(v))
	}
}

// formulas are the characters with which a formula may begin, in the width of East Asian texts, too.
const formulas = "=+-@\t\r\n＝＋－＠"

// noFormula puts an apostrophe before a text that a spreadsheet would compute, also one that cuts the spaces before it.
func noFormula(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	behind, left := utf8.DecodeRuneInString(strings.TrimLeftFunc(text, unicode.IsSpace))
	if size > 0 && strings.ContainsRune(formulas, first) || left > 0 && strings.ContainsRune(formulas, behind) {
		return "'" + text
	}
	return text
}

// fileName makes a name safe for a header and a file system.
func fileName(name string) string {
	name = strings.TrimSuffix(name, ".csv")
	name = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_', r == '.':
			return r
		}
		return '-'
	}, name)
	name = strings.Trim(name[:min(len(name), 100)], ".-")
	if name == "" {
		name = "export"
	}

	return name + ".csv"
}
