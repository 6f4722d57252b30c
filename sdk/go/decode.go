package syssecure

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

var typeTime = reflect.TypeFor[time.Time]()

// Meta is what every result has. It is embedded in each.
type Meta struct {
	// RequestID identifies the request in the logs of the server.
	RequestID string
	// Raw is the decoded JSON, with the fields that this version of the package does not know. Numbers are of type
	// json.Number.
	Raw map[string]any `log:"-"`
}

func (v *Meta) setMeta(requestID string, raw map[string]any) { v.RequestID, v.Raw = requestID, raw }

var errNotObject = errors.New("the answer is not a JSON object")

// decodeObject decodes JSON that must be one object. Numbers keep all their digits.
func decodeObject(text []byte) (map[string]any, error) {
	if !utf8.Valid(text) {
		return nil, errNotObject // the decoder would replace what is not UTF-8
	}
	d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))))
	d.UseNumber()

	var v any
	if err := d.Decode(&v); err != nil {
		return nil, errNotObject
	}
	object, ok := v.(map[string]any)
	if _, err := d.Token(); !ok || err != io.EOF {
		return nil, errNotObject
	}

	return object, nil
}

// decoder fills results from decoded JSON. It passes over names that it does not know, and leaves fields as they are
// for which the JSON has nothing or null.
type decoder struct{ requestID string }

// fill sets the fields of a struct from an object.
func (d decoder) fill(result reflect.Value, object map[string]any, path string) error {
	if m, ok := result.Addr().Interface().(interface {
		setMeta(string, map[string]any)
	}); ok {
		m.setMeta(d.requestID, object)
	}

	for i := range result.NumField() {
		name, _, _ := strings.Cut(result.Type().Field(i).Tag.Get("json"), ",")
		if name == "" || name == "-" || object[name] == nil {
			continue
		}
		if err := d.set(result.Field(i), object[name], path+name); err != nil {
			return err
		}
	}

	return nil
}

// set stores a JSON value in a variable of the matching type.
func (d decoder) set(to reflect.Value, from any, path string) error {
	switch to.Kind() {
	case reflect.Interface:
		to.Set(reflect.ValueOf(from))
		return nil
	case reflect.Pointer:
		to.Set(reflect.New(to.Type().Elem()))
		return d.set(to.Elem(), from, path)
	}

	ok := true
	switch from := from.(type) {
	case string:
		ok = setText(to, from)
	case bool:
		if ok = to.Kind() == reflect.Bool; ok {
			to.SetBool(from)
		}
	case json.Number:
		ok = setNumber(to, from.String())
	case []any:
		if to.Kind() == reflect.Slice {
			return d.setList(to, from, path)
		}
		ok = false
	case map[string]any:
		switch {
		case to.Kind() == reflect.Map:
			return d.setMap(to, from, path)
		case to.Kind() == reflect.Struct && to.Type() != typeTime:
			return d.fill(to, from, path+".")
		}
		ok = false
	}
	if !ok {
		return fmt.Errorf("the field %s has the wrong type", path)
	}

	return nil
}

func setText(to reflect.Value, text string) bool {
	if to.Kind() == reflect.String {
		to.SetString(text)
		return true
	}
	if to.Type() != typeTime {
		return false
	}

	t, err := time.Parse(time.RFC3339, strings.ToUpper(text))
	to.Set(reflect.ValueOf(t.UTC()))

	return err == nil
}

func setNumber(to reflect.Value, text string) bool {
	if to.CanInt() {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || to.OverflowInt(n) {
			return false
		}
		to.SetInt(n)

		return true
	}
	if !to.CanFloat() {
		return false
	}

	f, err := strconv.ParseFloat(text, 64)
	to.SetFloat(f)

	return err == nil
}

func (d decoder) setList(to reflect.Value, from []any, path string) error {
	list := reflect.MakeSlice(to.Type(), len(from), len(from))
	for i, item := range from {
		itemPath := fmt.Sprintf("%s[%d]", path, i)
		if item == nil {
			return fmt.Errorf("the field %s has the wrong type", itemPath)
		}
		if err := d.set(list.Index(i), item, itemPath); err != nil {
			return err
		}
	}
	to.Set(list)

	return nil
}

func (d decoder) setMap(to reflect.Value, from map[string]any, path string) error {
	object := reflect.MakeMapWithSize(to.Type(), len(from))
	for key, item := range from {
		value := reflect.New(to.Type().Elem()).Elem()
		if item != nil {
			if err := d.set(value, item, path+"."+key); err != nil {
				return err
			}
		}
		object.SetMapIndex(reflect.ValueOf(key), value)
	}
	to.Set(object)

	return nil
}
