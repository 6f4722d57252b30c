package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/idempotency"
)

// reply is an answer with a body of type T, or the stored answer of an earlier request.
type reply[T any] struct {
	Status int
	Body   payload[T]
}

type payload[T any] struct {
	value T
	raw   []byte
}

func answer[T any](v T) *reply[T] {
	return &reply[T]{Status: http.StatusOK, Body: payload[T]{value: v}}
}

// Schema implements huma.SchemaProvider: it is the schema of T.
func (payload[T]) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[T](), true, "")
}

// MarshalJSON implements json.Marshaler for callers that do not use marshal.
func (p payload[T]) MarshalJSON() ([]byte, error) {
	if p.raw != nil {
		return p.raw, nil
	}
	return json.Marshal(p.value)
}

func (p payload[T]) write(w io.Writer) error {
	if p.raw != nil {
		_, err := w.Write(p.raw)
		return err
	}
	return marshal(w, p.value)
}

type writer interface{ write(io.Writer) error }

func marshal(w io.Writer, v any) error {
	if p, ok := v.(writer); ok {
		return p.write(w)
	}
	return encode(w, v)
}

func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// unmarshal reads a request. Huma shows its errors to the client.
func unmarshal(data []byte, v any) error {
	err := json.Unmarshal(data, v)
	if err == nil {
		return nil // before errors.As allocates
	}

	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("the body is not valid JSON: %w at byte %d", syntax, syntax.Offset)
	}

	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) && strings.HasPrefix(kind.Value, "number") {
		return errors.New("a number in the body is too large; send a smaller one")
	}

	return err
}

// handler implements an operation.
type handler[I, T any] func(ctx context.Context, c account.Caller, in *I) (T, error)

// register adds an operation without an Idempotency-Key.
func register[I, T any](s *Server, op huma.Operation, h handler[I, T]) {
	huma.Register(s.api, op, func(ctx context.Context, in *I) (*reply[T], error) {
		r := requestOf(ctx)
		if f := fault.Collect(r.faults); f != nil {
			return nil, s.problem(ctx, f)
		}

		out, err := h(r.acting(ctx, &op), r.caller, in)
		if err != nil {
			return nil, s.problem(ctx, err)
		}

		return answer(out), nil
	})
}

// idempotent implements an operation with an Idempotency-Key. It returns the stored answer when there is one.
type idempotent[I, R any] func(
	ctx context.Context, c account.Caller, in *I, idem *idempotency.Request,
) (R, *idempotency.Answer, error)

// registerIdempotent adds an operation with an Idempotency-Key. show turns its result into the published body; it must
// be pure, because the engine calls it in a transaction.
func registerIdempotent[I keyed, R, T any](s *Server, op huma.Operation, h idempotent[I, R], show func(R) T) {
	huma.Register(s.api, op, func(ctx context.Context, in *I) (*reply[T], error) {
		r := requestOf(ctx)
		if f := fault.Collect(r.faults); f != nil {
			return nil, s.problem(ctx, f)
		}

		var idem *idempotency.Request
		if key := (*in).key(); key != "" {
			idem = s.Answers.Request(r.caller, key, op.Method, pathOf(op, in), r.body,
				func(result any, f *fault.Fault) idempotency.Answer {
					if f != nil {
						return s.renderAnswer(f.Status, r.problem(f))
					}
					return s.renderAnswer(http.StatusOK, show(result.(R)))
				})
			if stored, err := s.Answers.Stored(ctx, r.caller, idem); stored != nil || err != nil {
				if stored != nil {
					r.replayed = stored.Body
				}
				return replay[T](s, ctx, stored, err)
			}
		}

		result, stored, err := h(r.acting(ctx, &op), r.caller, in, idem)
		if stored != nil || err != nil {
			return replay[T](s, ctx, stored, err)
		}

		return answer(show(result)), nil
	})
}

// replay returns a stored answer, or the error. The error comes first, because the answer may be of a transaction that
// failed.
func replay[T any](s *Server, ctx context.Context, stored *idempotency.Answer, err error) (*reply[T], error) {
	if err != nil {
		return nil, s.problem(ctx, err)
	}
	return &reply[T]{Status: stored.Status, Body: payload[T]{raw: stored.Body}}, nil
}

// pathOf is the part of a request's fingerprint that is not its body: the operation and the ids in its path.
func pathOf[I keyed](op huma.Operation, in *I) string {
	return fmt.Sprintf("%s %s", op.Path, (*in).resource())
}

// keyed is the input of an operation that takes an Idempotency-Key.
type keyed interface {
	key() string
	resource() string
}

func (s *Server) renderAnswer(status int, v any) idempotency.Answer {
	var b bytes.Buffer
	if err := encode(&b, v); err != nil {
		s.Log.Error("a response could not be encoded as JSON", "error", err)
		return idempotency.Answer{Status: http.StatusInternalServerError}
	}
	return idempotency.Answer{Status: status, Body: b.Bytes()}
}

// errorList is the error of a check in the form of a resolver's result.
func errorList(err error) []error {
	if err == nil {
		return nil
	}
	return []error{err}
}

// parseID reads an id. An invalid one gets the answer for an id that does not exist.
func parseID[T any](parse func(string) (T, error), text, what string) (T, error) {
	v, err := parse(text)
	if err != nil {
		return v, fault.NoSuch(what)
	}
	return v, nil
}
