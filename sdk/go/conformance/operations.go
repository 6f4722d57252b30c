package main

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/syssecure/syssecure/sdk/go/v2"
)

// method is where an operation of the suite is in the SDK: Client.Service.Name(ctx, ids…, params, options…).
type method struct {
	service, name string
	ids           []string
	all           string // the method that iterates; the page does it when there is none
}

var methods = map[string]method{
	"otp.send":                                 {"OTP", "Send", nil, ""},
	"otp.verify":                               {"OTP", "Verify", nil, ""},
	"otp.get":                                  {"OTP", "Get", []string{"otp_id"}, ""},
	"otp.list":                                 {"OTP", "List", nil, "All"},
	"otp.resend":                               {"OTP", "Resend", []string{"otp_id"}, ""},
	"otp.cancel":                               {"OTP", "Cancel", []string{"otp_id"}, ""},
	"sms.send":                                 {"SMS", "Send", nil, ""},
	"messages.get":                             {"Messages", "Get", []string{"message_id"}, ""},
	"messages.list":                            {"Messages", "List", nil, "All"},
	"messages.cancel":                          {"Messages", "Cancel", []string{"message_id"}, ""},
	"inbound.list":                             {"Inbound", "List", nil, "All"},
	"templates.create":                         {"Templates", "Create", nil, ""},
	"templates.get":                            {"Templates", "Get", []string{"template_id"}, ""},
	"templates.list":                           {"Templates", "List", nil, "All"},
	"templates.update":                         {"Templates", "Update", []string{"template_id"}, ""},
	"templates.delete":                         {"Templates", "Delete", []string{"template_id"}, ""},
	"templates.preview":                        {"Templates", "Preview", []string{"template_id"}, ""},
	"templates.preview_draft":                  {"Templates", "PreviewDraft", nil, ""},
	"webhook_endpoints.create":                 {"WebhookEndpoints", "Create", nil, ""},
	"webhook_endpoints.get":                    {"WebhookEndpoints", "Get", []string{"webhook_id"}, ""},
	"webhook_endpoints.list":                   {"WebhookEndpoints", "List", nil, "All"},
	"webhook_endpoints.update":                 {"WebhookEndpoints", "Update", []string{"webhook_id"}, ""},
	"webhook_endpoints.delete":                 {"WebhookEndpoints", "Delete", []string{"webhook_id"}, ""},
	"webhook_endpoints.test":                   {"WebhookEndpoints", "Test", []string{"webhook_id"}, ""},
	"webhook_endpoints.rotate_secret":          {"WebhookEndpoints", "RotateSecret", []string{"webhook_id"}, ""},
	"webhook_endpoints.deliveries":             {"WebhookEndpoints", "Deliveries", []string{"webhook_id"}, "AllDeliveries"},
	"webhook_endpoints.redeliver":              {"WebhookEndpoints", "Redeliver", []string{"webhook_id", "event_id"}, ""},
	"webhook_endpoints.recover":                {"WebhookEndpoints", "Recover", []string{"webhook_id"}, ""},
	"webhook_endpoints.event_types":            {"WebhookEndpoints", "EventTypes", nil, ""},
	"webhook_endpoints.rotate_callback_secret": {"WebhookEndpoints", "RotateCallbackSecret", nil, ""},
	"events.list":                              {"Events", "List", nil, "All"},
	"opt_outs.list":                            {"OptOuts", "List", nil, "All"},
	"opt_outs.put":                             {"OptOuts", "Put", []string{"number"}, ""},
	"opt_outs.delete":                          {"OptOuts", "Delete", []string{"number"}, ""},
	"balance.get":                              {"Balance", "Get", nil, ""},
	"usage.get":                                {"Usage", "Get", nil, ""},
	"analytics.conversion":                     {"Analytics", "Conversion", nil, ""},
	"lookup":                                   {"", "Lookup", []string{"number"}, ""},
	"account.get":                              {"Account", "Get", nil, ""},
	"account.update":                           {"Account", "Update", nil, ""},
	"sandbox.messages":                         {"Sandbox", "Messages", nil, ""},
	"sandbox.clock":                            {"Sandbox", "Clock", nil, ""},
}

// find returns a method of a client.
func (m method) find(client *syssecure.Client, name string) reflect.Value {
	v := reflect.ValueOf(client)
	if m.service != "" {
		v = v.Elem().FieldByName(m.service)
	}

	return v.MethodByName(name)
}

// params is the type of the method's params struct.
func (m method) params(f reflect.Value) (reflect.Type, bool) {
	if i := 1 + len(m.ids); i < f.Type().NumIn()-1 {
		return f.Type().In(i), true
	}

	return nil, false
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

	if t, ok := m.params(f); ok {
		p := &paramsReader{}
		params := reflect.New(t).Elem()
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
		f := m.find(client, m.name)
		params := append([]string{}, m.ids...)
		if t, ok := m.params(f); ok {
			for i := range t.NumField() {
				param, _, _ := strings.Cut(t.Field(i).Tag.Get("api"), ",")
				params = append(params, param)
			}
		}

		result := f.Type().Out(0).Elem()
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
