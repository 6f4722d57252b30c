package problem

import (
	"errors"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/spelling"
)

// Request is the part of the contract that a request was checked against.
type Request struct {
	Operation *huma.Operation
	Schemas   huma.Registry
}

// Faults turns Huma's errors, which are always the caller's mistakes, into faults: in the order of the request's
// fields, and unknown fields last.
func (r Request) Faults(errs []error) (faults []*fault.Fault) {
	var unknown []*fault.Fault
	for _, err := range errs {
		var f *fault.Fault
		var d *huma.ErrorDetail
		switch {
		case errors.As(err, &f):
			faults = append(faults, f)
		case !errors.As(err, &d):
		case d.Message == validation.MsgUnexpectedProperty, d.Message == unknownParameter:
			unknown = append(unknown, r.unknown(d))
		default:
			faults = append(faults, r.explain(d))
		}
	}
	// Huma reports them in the random order of a map.
	slices.SortFunc(unknown, func(a, b *fault.Fault) int { return strings.Compare(a.Details.Field, b.Details.Field) })

	return append(faults, unknown...)
}

// unknownParameter is Huma's message for a parameter that an operation does not have.
const unknownParameter = "unknown query parameter"

// unknown is the fault for a field or parameter that the request does not have.
func (r Request) unknown(d *huma.ErrorDetail) *fault.Fault {
	where, path, _ := strings.Cut(d.Location, ".")
	path = Shorten(path)
	what, names := "field", []string(nil)
	if s := r.parameter(where, path); s != nil {
		// The parameter exists, but must be written with a key.
		return fault.Invalid(path, "%s must be written as %[1]s[key]=value, for example %[1]s[user_id]=usr_abc123",
			path)
	}

	if where == "query" {
		what, names = "parameter", r.parameters()
	} else if s := r.schemaAt(parent(path)); s != nil {
		for name := range s.Properties {
			names = append(names, name)
		}
	}

	name := path[strings.LastIndexByte(path, '.')+1:]
	if meant := spelling.Nearest(name, names); meant != "" {
		return fault.Invalid(path, "%s is not a %s of this request; did you mean %s?", path, what, meant)
	}

	return fault.Invalid(path, "%s is not a %s of this request; remove it or check its spelling", path, what)
}

// parameters are the names of the query's parameters.
func (r Request) parameters() (names []string) {
	for _, p := range r.Operation.Parameters {
		if p.In == "query" {
			names = append(names, p.Name)
		}
	}
	return names
}

// explain names the field and the fix. The sentence comes from the schema of the field, not from Huma's message.
func (r Request) explain(d *huma.ErrorDetail) *fault.Fault {
	where, path, _ := strings.Cut(d.Location, ".")
	if where == "body" && path == "" && d.Message == validation.MsgExpectedObject {
		return fault.New(fault.InvalidParams, `the body must be a JSON object, for example {"field": "value"}`)
	}

	if before, after, ok := strings.Cut(validation.MsgExpectedRequiredProperty, "%s"); ok {
		name, missing := strings.CutPrefix(d.Message, before)
		if name, found := strings.CutSuffix(name, after); missing && found {
			return r.missing(where, path, name)
		}
	}
	if path == "" {
		return fault.New(fault.InvalidParams, "%s", d.Message) // the body could not be read at all
	}

	var s *huma.Schema
	if where == "body" {
		s = r.schemaAt(path)
	} else {
		path, _, _ = strings.Cut(path, "[") // a list is reported as a whole, because a query has it as one value
		s = r.parameter(where, path)
	}

	path = Shorten(path)
	if s == nil {
		return fault.Invalid(path, "%s: %s", path, d.Message)
	}

	rule := r.rule(s)
	if where != "body" {
		rule = r.parameterRule(s)
	}

	return fault.Invalid(path, "%s must be %s%s", path, rule, r.write(where, path, s, d.Value))
}

// missing is the fault for a required field that is absent.
func (r Request) missing(where, path, name string) *fault.Fault {
	if path != "" {
		name = path + "." + name
	}
	s := r.schemaAt(name)
	if s == nil {
		return fault.Invalid(name, "%s is required but missing", name)
	}

	return fault.Invalid(name, "%s is required but missing%s", name, r.write(where, name, s, nil))
}

// parent is the path of the object or list that a field is in.
func parent(path string) string { return path[:max(0, strings.LastIndexByte(path, '.'))] }

// Shorten bounds how much of a name an answer repeats.
func Shorten(name string) string {
	const most = 64
	if len(name) <= most {
		return name
	}
	return strings.ToValidUTF8(name[:most], "") + "…"
}
