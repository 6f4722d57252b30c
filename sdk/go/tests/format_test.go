package tests

import (
	"bytes"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/sdk/go/v2"
)

// services are the types whose methods take params and return results.
func services() (types []reflect.Type) {
	client := reflect.TypeFor[*syssecure.Client]()
	types = append(types, client)
	for _, field := range reflect.VisibleFields(client.Elem()) {
		if field.IsExported() {
			types = append(types, field.Type)
		}
	}

	return types
}

// shownTypes are all params and results.
func shownTypes() []reflect.Type {
	found := map[reflect.Type]bool{
		reflect.TypeFor[syssecure.Event](): true, reflect.TypeFor[syssecure.RequestParams](): true,
	}
	for _, service := range services() {
		for i := range service.NumMethod() {
			f := service.Method(i).Type
			if f.NumOut() != 2 {
				continue
			}
			if out := f.Out(0); out.Kind() == reflect.Pointer {
				collect(found, out.Elem())
			}
			for j := 2; j < f.NumIn(); j++ {
				collect(found, f.In(j))
			}
		}
	}

	var types []reflect.Type
	for t := range found {
		types = append(types, t)
	}
	slices.SortFunc(types, func(a, b reflect.Type) int { return strings.Compare(a.Name(), b.Name()) })

	return types
}

// collect adds a struct of the package, and those that it holds.
func collect(found map[reflect.Type]bool, t reflect.Type) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || found[t] || t == reflect.TypeFor[time.Time]() {
		return
	}
	found[t] = true
	for i := range t.NumField() {
		if t.Field(i).IsExported() {
			collect(found, t.Field(i).Type)
		}
	}
}

// openly are the texts that may be shown, by the names of their fields. The last are days.
var openly = []string{
	"ID", "OTPID", "MessageID", "WebhookID", "InboundID", "Status", "Channel", "Locale", "Template", "Purpose",
	"Reason", "Carrier", "CarrierCode", "Chosen", "Encoding", "Name", "Language", "Event", "Type", "Description",
	"URL", "Events", "DisabledReason", "Error", "NextCursor", "Cursor", "After", "Source", "Keyword", "Day", "Country",
	"Prefix", "GroupBy", "DefaultLocale", "Origin", "AppHash", "OnUnknown", "Offset", "Advance", "Channels",
	"RequestID", "Kind", "State", "Replacement.From", "Replacement.To", "Mode", "Unit", "Action", "Field", "Actor",
	"KeyID", "KeyName", "Replaces", "LastUsedFrom", "Address", "UserAgent", "Method", "Operation", "Verdict",
	"Database", "Version", "Search", "Of",
	"Usage.From", "Usage.To", "Conversion.From", "Conversion.To", "UsageParams.From", "UsageParams.To",
	"ConversionParams.From", "ConversionParams.To",
}

// Every field that holds text is either in the list above, or its value is not shown.
func TestTextFormsShowNothingSecret(t *testing.T) {
	const marker, number = "marker", "+32470123456"
	types := shownTypes()
	if len(types) < 50 {
		t.Fatalf("only %d types were found", len(types))
	}

	for _, typ := range types {
		for _, field := range reflect.VisibleFields(typ) {
			name := typ.Name() + "." + field.Name
			isOpen := slices.Contains(openly, field.Name) || slices.Contains(openly, name)
			if !field.IsExported() || len(field.Index) > 1 || isOpen {
				continue
			}
			value := reflect.New(typ)
			if !setMarker(value.Elem().FieldByIndex(field.Index), marker+number) {
				continue
			}
			t.Run(name, func(t *testing.T) {
				for _, text := range textForms(value.Interface(), value.Elem().Interface()) {
					shown := strings.Contains(text, marker) && field.Tag.Get("log") != "number"
					if shown || strings.Contains(text, "470123456") {
						t.Errorf("the value is shown: %s", text)
					}
				}
			})
		}
	}
}

// setMarker puts a text into a field, if its type can hold one.
func setMarker(field reflect.Value, marker string) bool {
	switch field.Kind() {
	case reflect.String:
		field.SetString(marker)
	case reflect.Pointer:
		if field.Type().Elem().Kind() != reflect.String {
			return false
		}
		field.Set(reflect.ValueOf(&marker))
	case reflect.Map:
		if field.Type().Elem().Kind() == reflect.Int64 {
			return false
		}
		field.Set(reflect.MakeMap(field.Type()))
		field.SetMapIndex(reflect.ValueOf(marker), reflect.ValueOf(marker).Convert(field.Type().Elem()))
	case reflect.Interface:
		field.Set(reflect.ValueOf(marker))
	default:
		return false
	}

	return true
}

// textForms are the texts that fmt and slog make of values.
func textForms(values ...any) (texts []string) {
	for _, v := range values {
		var b bytes.Buffer
		slog.New(slog.NewTextHandler(&b, nil)).Info("", "value", v)
		slog.New(slog.NewJSONHandler(&b, nil)).Info("", "value", v)
		texts = append(texts, b.String(), fmt.Sprintf("%v %+v %#v %s %q", v, v, v, v, v))
	}

	return texts
}

func TestTextFormOfAResult(t *testing.T) {
	message := syssecure.Message{
		ID: "msg_1", Status: "sent", Channel: syssecure.ChannelSMS, To: "+32470123456", Segments: 1,
		Attempts: []*syssecure.Attempt{{Carrier: "smsc-1", Status: "sent"}}, Metadata: map[string]any{"user": "u1"},
		CreatedAt: time.Date(2026, 4, 25, 15, 27, 0, 0, time.UTC),
	}
	want := "Message{ID:msg_1 Status:sent Channel:sms To:+32…56 Segments:1 " +
		"Attempts:[Attempt{Carrier:smsc-1 Status:sent}] CreatedAt:2026-04-25T15:27:00Z}"
	if got := fmt.Sprintf("%+v", &message); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestServicesDoNotShowTheKey(t *testing.T) {
	const key = "sk_test_4f9c2d81e6b7a350"
	client := syssecure.NewClient(key, syssecure.WithBaseURL("https://otp.example.com"))
	for _, text := range textForms(client, *client, client.OTP, *client.OTP, []any{client.SMS}) {
		if strings.Contains(text, key[8:]) {
			t.Errorf("the key is shown: %s", text)
		}
	}
}
