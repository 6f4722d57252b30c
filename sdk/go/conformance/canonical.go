package main

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/syssecure/syssecure/sdk/go/v2"
)

// canonicalName is the name of a result's field in the suite, and empty for a field that is not compared.
func canonicalName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	if name == "-" {
		return ""
	}
	if f.Name == "ID" {
		return "id"
	}

	return name
}

// canonical turns a result into what the suite compares. raw tells a value that is zero from one that is absent.
func canonical(v reflect.Value, raw any) any {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return canonical(v.Elem(), raw)
	case reflect.Slice:
		rows, _ := raw.([]any)
		list := make([]any, v.Len())
		for i := range list {
			var row any
			if i < len(rows) {
				row = rows[i]
			}
			list[i] = canonical(v.Index(i), row)
		}
		return list
	case reflect.Map:
		if v.IsNil() {
			return map[string]any{}
		}
	case reflect.Struct:
		if t, ok := v.Interface().(time.Time); ok {
			return t.Format(time.RFC3339Nano)
		}
		return canonicalObject(v, raw)
	}

	return v.Interface()
}

func canonicalObject(v reflect.Value, raw any) any {
	from, _ := raw.(map[string]any)
	object := map[string]any{}
	for i := range v.NumField() {
		field := v.Type().Field(i)
		name := canonicalName(field)
		wire, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		kind := v.Field(i).Kind()
		isList := kind == reflect.Slice || kind == reflect.Map
		if name == "" || v.Field(i).IsZero() && from[wire] == nil && !isList {
			continue
		}
		object[name] = canonical(v.Field(i), from[wire])
	}

	if more := v.FieldByName("HasMore"); more.IsValid() {
		object["has_more"] = more.Bool()
		if v.FieldByName("NextCursor").IsZero() {
			object["next_cursor"] = nil
		}
	}

	return object
}

func canonicalEvent(e *syssecure.Event) any {
	object := canonicalObject(reflect.ValueOf(*e), e.Raw).(map[string]any)
	object["type"] = object["event"]
	delete(object, "event")
	if !e.At.IsZero() {
		object["at"] = e.At.Format(time.RFC3339Nano)
	}

	return object
}

// statusErrors names the errors of the suite that are an APIError.
var statusErrors = []struct {
	is   error
	name string
}{
	{syssecure.ErrBadRequest, "BadRequestError"},
	{syssecure.ErrAuthentication, "AuthenticationError"},
	{syssecure.ErrInsufficientCredits, "InsufficientCreditsError"},
	{syssecure.ErrNotFound, "NotFoundError"},
	{syssecure.ErrInvalidPhone, "InvalidPhoneError"},
	{syssecure.ErrRateLimited, "RateLimitError"},
	{syssecure.ErrInternalServer, "InternalServerError"},
}

// canonicalError turns an error into what the suite compares.
func canonicalError(err error) map[string]any {
	answer := func(names ...string) map[string]any {
		return map[string]any{"type": names[0], "parents": names[1:], "text": err.Error()}
	}

	var (
		configurationErr *syssecure.ConfigurationError
		connectionErr    *syssecure.ConnectionError
		responseErr      *syssecure.ResponseError
		apiErr           *syssecure.APIError
		signatureErr     *syssecure.WebhookSignatureError
	)
	switch {
	case errors.As(err, &configurationErr):
		return answer("ConfigurationError", "SysSecureError")
	case errors.Is(err, context.Canceled):
		return answer("Canceled")
	case errors.Is(err, syssecure.ErrTimeout):
		return answer("APITimeoutError", "APIConnectionError", "SysSecureError")
	case errors.As(err, &connectionErr):
		return answer("APIConnectionError", "SysSecureError")
	case errors.As(err, &responseErr):
		e := answer("APIResponseError", "SysSecureError")
		e["status"], e["request_id"] = responseErr.Status, responseErr.RequestID
		return e
	case errors.As(err, &signatureErr):
		e := answer("WebhookSignatureError", "SysSecureError")
		e["reason"] = signatureErr.Reason
		return e
	case errors.As(err, &apiErr):
		return canonicalAPIError(apiErr)
	}

	return answer("Unexpected")
}

func canonicalAPIError(err *syssecure.APIError) map[string]any {
	names := []string{"APIStatusError", "SysSecureError"}
	for _, s := range statusErrors {
		if errors.Is(err, s.is) {
			names = append([]string{s.name}, names...)
		}
	}

	faults := []map[string]any{}
	for _, f := range err.Errors {
		faults = append(faults, map[string]any{"field": orNil(f.Field), "message": f.Message})
	}
	e := map[string]any{
		"type": names[0], "parents": names[1:], "text": err.Error(), "status": err.Status, "code": err.Code,
		"message": err.Message, "request_id": orNil(err.RequestID), "details": err.Details, "errors": faults,
		"otp_id": orNil(err.OTPID), "limit": orNil(err.Limit), "doc_url": orNil(err.DocURL),
	}
	if err.RetryAfter > 0 {
		e["retry_after"] = err.RetryAfter.Seconds()
	}

	return e
}

func orNil(s string) any {
	if s == "" {
		return nil
	}

	return s
}

// texts are the text forms that a value has in Go.
func texts(values ...any) []string {
	var list []string
	for _, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
			list = append(list, fmt.Sprintf(verb, v))
		}
		list = append(list, logged(v)...)
	}

	return list
}
