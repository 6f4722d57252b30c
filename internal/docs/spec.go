package docs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/syssecure/syssecure/sdk/snippets"
)

// operation is one operation of the API as the reference shows it.
type operation struct {
	ID, Method, Path, Title, Scope string
	Parameters                     []field // in the path, the query and the headers
	Body                           []field
	Answer                         []field
	Request, Example               string // JSON; empty when there is none
	// Errors are the statuses that the operation may answer, besides those of every operation.
	Errors  []string
	Samples []snippets.Snippet
}

// field is a parameter, or a member of a body.
type field struct {
	Name, Type, Doc string
	Required        bool
	// Answered says that the server writes the field, not the client.
	Answered bool
	// In is path, query or header; empty for members of a body.
	In string
	// Rules are what a value must be like, such as "1 to 3600" and "default 300".
	Rules  []string
	Values []string
	Fields []field
	// Like is the anchor of the operation that shows the fields of this object, when it is on the same page.
	Like string
}

// spec is the OpenAPI document.
type spec struct {
	root *object
	// shown are the schemas that the page has shown, each with the operation where it is.
	shown map[string]string
}

// readSpec reads the document.
func readSpec(document []byte) (*spec, error) {
	v, err := parse(document)
	if err != nil {
		return nil, err
	}
	root, ok := v.(*object)
	if !ok || root.object("paths") == nil {
		return nil, fmt.Errorf("the OpenAPI document has no paths")
	}

	return &spec{root: root}, nil
}

// operations reads all operations, by their ids, in the order of the document.
func (s *spec) operations() (ids []string, at map[string][2]string) {
	at = map[string][2]string{}
	paths := s.root.object("paths")
	for _, path := range paths.members() {
		for _, method := range paths.object(path).members() {
			id := paths.text(path, method, "operationId")
			ids, at[id] = append(ids, id), [2]string{method, path}
		}
	}

	return ids, at
}

// read describes one operation. Schemas that the page has shown before are linked to.
func (s *spec) read(id, method, path string) operation {
	o := s.root.object("paths", path, method)
	out := operation{
		ID: id, Method: strings.ToUpper(method), Path: path, Title: o.text("summary"), Samples: snippets.Of(id),
	}
	for _, requirement := range o.list("security") {
		if r, ok := requirement.(*object); ok {
			for _, scope := range r.list("key") {
				out.Scope = fmt.Sprint(scope)
			}
		}
	}

	for _, v := range o.list("parameters") {
		if p, ok := v.(*object); ok {
			f := s.field(p.text("name"), p.object("schema"), id)
			required, _ := p.get("required").(bool)
			f.In, f.Required, f.Doc = p.text("in"), required, p.text("description")
			out.Parameters = append(out.Parameters, f)
		}
	}

	if body := o.object("requestBody", "content", "application/json"); body != nil {
		out.Body = s.fields(body.object("schema"), id)
		if example := body.get("example"); example != nil {
			out.Request = write(s.ordered(body.object("schema"), example), "")
		}
	}

	responses := o.object("responses")
	for _, status := range responses.members() {
		if content := responses.object(status, "content", "application/json"); strings.HasPrefix(status, "2") {
			out.Answer = answered(s.fields(content.object("schema"), id))
			if example := content.get("example"); example != nil {
				out.Example = write(s.ordered(content.object("schema"), example), "")
			}
		} else if status == "402" || status == "404" || status == "422" {
			out.Errors = append(out.Errors, status)
		}
	}

	return out
}

// answered marks fields as those of an answer.
func answered(fields []field) []field {
	for i := range fields {
		fields[i].Answered = true
		answered(fields[i].Fields)
	}
	return fields
}

// Must reports whether a client has to send the field, MayLack whether a server may leave it out.
func (f field) Must() bool    { return f.Required && !f.Answered }
func (f field) MayLack() bool { return !f.Required && f.Answered }

// resolve follows references, and takes the first of alternatives that is not null.
func (s *spec) resolve(schema *object) (resolved *object, name string) {
	if ref := schema.text("$ref"); ref != "" {
		name = ref[strings.LastIndex(ref, "/")+1:]
		resolved, _ = s.resolve(s.root.object("components", "schemas", name))
		return resolved, name
	}
	for _, v := range schema.list("anyOf") {
		if one, ok := v.(*object); ok && one.text("type") != "null" && (one.text("$ref") != "" || one.get("type") != nil) {
			return s.resolve(one)
		}
	}
	return schema, name
}

// inOrder are the names of an object's members: required ones first, in the order in which the server's types have
// them, which the document keeps in its lists of required members.
func inOrder(schema *object) (names []string) {
	for _, v := range schema.list("required") {
		names = append(names, fmt.Sprint(v))
	}
	for _, name := range schema.object("properties").members() {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}

	return names
}

// fields are the members of a schema.
func (s *spec) fields(schema *object, operation string) (out []field) {
	if schema == nil {
		return nil
	}
	resolved, _ := s.resolve(schema)
	required := resolved.list("required")
	for _, name := range inOrder(resolved) {
		f := s.field(name, resolved.object("properties", name), operation)
		f.Required = slices.Contains(required, any(name))
		out = append(out, f)
	}

	return out
}

// field describes one member or parameter.
func (s *spec) field(name string, schema *object, operation string) field {
	resolved, ref := s.resolve(schema)
	f := field{Name: name, Doc: schema.text("description"), Type: typeOf(resolved), Rules: rules(resolved)}
	if f.Doc == "" {
		f.Doc = resolved.text("description")
	}

	inner := resolved
	if items := resolved.object("items"); items != nil {
		inner, ref = s.resolve(items)
		f.Type = "list of " + plural(typeOf(inner))
	} else if items := resolved.object("additionalProperties"); items != nil {
		inner, ref = s.resolve(items)
		f.Type = "object of " + plural(typeOf(inner))
	}

	for _, v := range inner.list("enum") {
		f.Values = append(f.Values, fmt.Sprint(v))
	}

	switch at, seen := s.shown[ref]; {
	case ref == "" && inner.object("properties") == nil:
	case seen && ref != "":
		f.Like = at
	default:
		if ref != "" && s.shown != nil {
			s.shown[ref] = operation
		}
		f.Fields = s.fields(inner, operation)
	}

	return f
}

// typeOf names the type of a schema. Whether null may be written is said once for all, in the overview.
func typeOf(schema *object) string {
	name := schema.text("type")
	for _, v := range schema.list("type") {
		if v != "null" {
			name = fmt.Sprint(v)
		}
	}
	switch {
	case name == "array":
		return "list"
	case schema.text("format") == "date-time":
		return "time"
	case name == "":
		return "any"
	}

	return name
}

func plural(name string) string {
	if name == "any" {
		return "any values"
	}
	return name + "s"
}

// rules are the bounds of a schema in words.
func rules(schema *object) (out []string) {
	between := func(low, high any, unit string) {
		switch {
		case low != nil && high != nil && fmt.Sprint(low) == fmt.Sprint(high):
			out = append(out, fmt.Sprint(low)+unit)
		case low != nil && high != nil:
			out = append(out, fmt.Sprintf("%v to %v%s", low, high, unit))
		case high != nil:
			out = append(out, fmt.Sprintf("at most %v%s", high, unit))
		case low != nil && fmt.Sprint(low) != "0":
			out = append(out, fmt.Sprintf("at least %v%s", low, unit))
		}
	}

	unit := ""
	if u := schema.text("x-unit"); u != "" {
		unit = " " + u
	}
	between(schema.get("minimum"), schema.get("maximum"), unit)
	between(schema.get("minLength"), schema.get("maxLength"), " characters")
	between(schema.get("minItems"), schema.get("maxItems"), " items")
	if p := schema.text("patternDescription"); p != "" {
		out = append(out, p)
	}
	if d := schema.get("default"); d != nil {
		out = append(out, "default "+strings.Trim(writeLine(d), `"`))
	}

	return out
}

// ordered gives an example the order of its schema.
func (s *spec) ordered(schema *object, example any) any {
	if schema == nil {
		return example
	}
	resolved, _ := s.resolve(schema)
	switch v := example.(type) {
	case *object:
		out := &object{values: map[string]any{}}
		for _, name := range append(inOrder(resolved), v.names...) {
			if one, ok := v.values[name]; ok && !slices.Contains(out.names, name) {
				out.names = append(out.names, name)
				out.values[name] = s.ordered(resolved.object("properties", name), one)
			}
		}
		return out
	case []any:
		for i := range v {
			v[i] = s.ordered(resolved.object("items"), v[i])
		}
	}

	return example
}

// Query are the parameters without the headers, which all operations share.
func (o operation) Query() (out []field) {
	for _, f := range o.Parameters {
		if f.In != "header" {
			out = append(out, f)
		}
	}
	return out
}
