// Package shown makes the text forms of params and results, which hold nothing that nobody may read.
package shown

import (
	"fmt"
	"io"
	"log/slog"
	"reflect"
	"regexp"
	"strings"
	"time"

	"github.com/syssecure/syssecure/sdk/go/v2/internal/wire"
)

// Write writes params or a result by the tags of their fields: log:"number" masks phone numbers, log:"-" leaves
// the field out. Fields that are zero are left out, too, and so are embedded structs.
func Write(w io.Writer, v any) {
	value := reflect.ValueOf(v)
	name, _, _ := strings.Cut(value.Type().Name(), "[")
	fmt.Fprintf(w, "%s{", name)

	separator := ""
	for i := range value.NumField() {
		field := value.Type().Field(i)
		shown := field.Tag.Get("log")
		if !field.IsExported() || field.Anonymous || shown == "-" || value.Field(i).IsZero() {
			continue
		}

		fmt.Fprintf(w, "%s%s:%s", separator, field.Name, textOf(value.Field(i), shown))
		separator = " "
	}
	fmt.Fprint(w, "}")
}

// Log returns the same text for package slog.
func Log(v any) slog.Value {
	var b strings.Builder
	Write(&b, v)

	return slog.StringValue(b.String())
}

func textOf(v reflect.Value, shown string) string {
	if v.Kind() == reflect.Pointer && v.Elem().Kind() != reflect.Struct {
		v = v.Elem()
	}
	if t, ok := v.Interface().(time.Time); ok {
		return wire.Time(t)
	}
	if v.Kind() == reflect.Slice && v.Len() > 0 && v.Index(0).Kind() == reflect.Pointer {
		texts := make([]string, v.Len())
		for i := range texts {
			texts[i] = fmt.Sprint(v.Index(i).Interface())
		}

		return "[" + strings.Join(texts, " ") + "]"
	}

	text := fmt.Sprint(v.Interface())
	if shown == "number" {
		return Mask(text)
	}

	return text
}

var number = regexp.MustCompile(`\+[0-9]{7,15}`)

// Mask shows the first two and the last two digits of a phone number. What is no phone number stays as it is,
// such as the name of a sender.
func Mask(s string) string {
	return number.ReplaceAllStringFunc(s, func(n string) string { return n[:3] + "…" + n[len(n)-2:] })
}
