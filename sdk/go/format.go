package syssecure

import (
	"fmt"
	"io"
	"log/slog"
	"reflect"
	"strings"
	"time"
)

// writeShown writes params or a result by the tags of their fields: log:"number" masks phone numbers, log:"-" leaves
// the field out. Fields that are zero are left out, too.
func writeShown(w io.Writer, v any) {
	value := reflect.ValueOf(v)
	name, _, _ := strings.Cut(value.Type().Name(), "[")
	fmt.Fprintf(w, "%s{", name)

	separator := ""
	for i := range value.NumField() {
		field := value.Type().Field(i)
		shown := field.Tag.Get("log")
		if !field.IsExported() || shown == "-" || value.Field(i).IsZero() {
			continue
		}
		if field.Type == reflect.TypeFor[Meta]() {
			continue
		}

		fmt.Fprintf(w, "%s%s:%s", separator, field.Name, shownValue(value.Field(i), shown))
		separator = " "
	}
	fmt.Fprint(w, "}")
}

// shownLog returns the same text for package slog.
func shownLog(v any) slog.Value {
	var b strings.Builder
	writeShown(&b, v)

	return slog.StringValue(b.String())
}

func shownValue(v reflect.Value, shown string) string {
	if v.Kind() == reflect.Pointer && v.Elem().Kind() != reflect.Struct {
		v = v.Elem()
	}
	if t, ok := v.Interface().(time.Time); ok {
		return timeText(t)
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
		return maskNumber(text)
	}

	return text
}
