package main

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"time"

	"github.com/syssecure/syssecure/sdk/go/v2"
)

// method is one operation: Client.Service.Name(ctx, ids…, params, options…), or Client.Name without a service.
type method struct {
	service, name string
	ids           []string
	params        reflect.Type // nil when there are none
}

// idNames are the ids that a service's methods take, in order.
var idNames = map[string][]string{
	"OTP": {"otp_id"}, "Messages": {"message_id"}, "Templates": {"template_id"},
	"WebhookEndpoints": {"webhook_id", "event_id"}, "OptOuts": {"number"}, "": {"number"},
	"Keys": {"key_id"}, "Carriers": {"carrier"}, "Sandbox": {"message_id"}, "Accounts": {"account_id"},
}

// methods are all operations that the SDK has, by their names in the suite.
var methods = findMethods()

func findMethods() map[string]method {
	found := map[string]method{}
	client := reflect.TypeFor[*syssecure.Client]()
	addMethods(found, client, "")
	for _, field := range reflect.VisibleFields(client.Elem()) {
		if field.IsExported() {
			addMethods(found, field.Type, field.Name)
		}
	}

	return found
}

// addMethods adds the methods of a type that return a result and an error.
func addMethods(found map[string]method, t reflect.Type, service string) {
	for i := range t.NumMethod() {
		f := t.Method(i)
		if f.Type.NumOut() != 2 || f.Type.Out(0).Kind() != reflect.Pointer {
			continue
		}

		m := method{service: service, name: f.Name}
		for j := 2; j < f.Type.NumIn()-1; j++ {
			if in := f.Type.In(j); in.Kind() == reflect.String {
				m.ids = append(m.ids, idNames[service][len(m.ids)])
			} else {
				m.params = in
			}
		}
		name := snake(f.Name)
		if service != "" {
			name = snake(service) + "." + name
		}
		found[name] = m
	}
}

// snake spells a name of Go in the suite's way: PreviewDraft is preview_draft, and OTP is otp.
func snake(name string) string {
	return strings.ToLower(regexp.MustCompile(`([a-z])([A-Z])`).ReplaceAllString(name, "${1}_$2"))
}

// find returns a method of a client, and the zero value when it has none with this name.
func (m method) find(client *syssecure.Client, name string) reflect.Value {
	v := reflect.ValueOf(client)
	if m.service != "" {
		v = v.Elem().FieldByName(m.service)
	}

	return v.MethodByName(name)
}

// iterator is the method that iterates over all rows of a list.
func (m method) iterator(client *syssecure.Client) reflect.Value {
	if m.name == "List" {
		return m.find(client, "All")
	}

	return m.find(client, "All"+m.name)
}

// invoke calls a method of the SDK with the arguments of a case.
func (m method) invoke(
	ctx context.Context, f reflect.Value, args map[string]any, options []syssecure.RequestOption,
) ([]reflect.Value, error) {
	in := []reflect.Value{reflect.ValueOf(ctx)}
	for _, name := range m.ids {
		id, _ := args[name].(string)
		in = append(in, reflect.ValueOf(id))
	}

	if m.params != nil {
		p := &paramsReader{}
		params := reflect.New(m.params).Elem()
		if err := p.fill(params, args, ""); err != nil {
			return nil, err
		}
		in = append(in, params)
		options = append(options, p.zero...)
	}
	for _, o := range options {
		in = append(in, reflect.ValueOf(o))
	}

	return f.Call(in), nil
}

// paramsReader fills params from the arguments of a case. What a field cannot say becomes an option of the call.
type paramsReader struct{ zero []syssecure.RequestOption }

func (p *paramsReader) fill(params reflect.Value, args map[string]any, path string) error {
	for i := range params.NumField() {
		name, required := strings.CutSuffix(params.Type().Field(i).Tag.Get("api"), ",required")
		value := args[name]
		if value == nil {
			continue
		}
		field := params.Field(i)
		if err := p.set(field, value, path+name); err != nil {
			return err
		}
		if path == "" && field.IsZero() && !required {
			p.zero = append(p.zero, syssecure.WithParam(name, value))
		}
	}

	return nil
}

func (p *paramsReader) set(field reflect.Value, value any, path string) error {
	switch field.Kind() {
	case reflect.Pointer:
		field.Set(reflect.New(field.Type().Elem()))
		return p.set(field.Elem(), value, path)
	case reflect.Struct:
		if object, ok := value.(map[string]any); ok && field.Type() != reflect.TypeFor[time.Time]() {
			return p.fill(field, object, path+".")
		}
	}

	switch field.Interface().(type) {
	case time.Time:
		return setTime(field, value)
	case time.Duration:
		d, err := duration(value)
		field.SetInt(int64(d))
		return err
	case syssecure.Advance:
		if text, ok := value.(string); ok {
			field.SetString(text)
			return nil
		}
		d, err := duration(value)
		field.SetString(string(syssecure.AdvanceBy(d)))
		return err
	}

	text, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(text, field.Addr().Interface())
	}
	if err != nil {
		return fmt.Errorf("argument %s: %w", path, err)
	}

	return nil
}

// setTime leaves the field as it is when the text of a time says more than a time.Time, such as its offset.
func setTime(field reflect.Value, value any) error {
	text, isText := value.(string)
	object, _ := value.(map[string]any)
	if !isText {
		text, _ = object["$time"].(string)
	}

	t, err := time.Parse(time.RFC3339Nano, text)
	if isText && (err != nil || t.UTC().Format(time.RFC3339) != text) {
		return nil
	}
	field.Set(reflect.ValueOf(t))

	return err
}

func duration(value any) (time.Duration, error) {
	unit := time.Second
	if object, ok := value.(map[string]any); ok {
		value, unit = object["$duration_ms"], time.Millisecond
	}
	n, ok := value.(json.Number)
	if !ok {
		return 0, fmt.Errorf("%v is no duration", value)
	}
	f, err := n.Float64()

	return time.Duration(f * float64(unit)), err
}

// describe lists the parameters of each operation and the fields of its result.
func describe() map[string]any {
	client := syssecure.NewClient("sk_test_key")
	operations := map[string]any{}
	for name, m := range methods {
		params := append([]string{}, m.ids...)
		if m.params != nil {
			for _, field := range reflect.VisibleFields(m.params) {
				param, _, _ := strings.Cut(field.Tag.Get("api"), ",")
				params = append(params, param)
			}
		}

		result := m.find(client, m.name).Type().Out(0).Elem()
		if data, ok := result.FieldByName("NextCursor"); ok && data.Type.Kind() == reflect.String {
			rows, _ := result.FieldByName("Data")
			result = rows.Type.Elem().Elem()
		}
		operations[name] = map[string]any{"params": params, "result": fieldsOf(result, "")}
	}

	return map[string]any{"operations": operations}
}

// fieldsOf lists the canonical names of the fields of a result.
func fieldsOf(t reflect.Type, path string) []string {
	fields := []string{}
	for i := range t.NumField() {
		name := canonicalName(t.Field(i))
		if name == "" {
			continue
		}

		inner, suffix := t.Field(i).Type, ""
		if inner.Kind() == reflect.Slice && inner.Elem().Kind() == reflect.Pointer {
			inner, suffix = inner.Elem(), "[]"
		}
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Struct && inner != reflect.TypeFor[time.Time]() {
			fields = append(fields, fieldsOf(inner, path+name+suffix+".")...)
			continue
		}
		fields = append(fields, path+name)
	}

	return fields
}
