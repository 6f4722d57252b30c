package screen

import (
	"net/http"
	"strings"

	"github.com/syssecure/syssecure/internal/fault"
)

// wrongFilter is a filter that could not be read: what was typed, and what is wrong with it.
type wrongFilter struct {
	typed, message string
	// shown says that a filter bar has the field.
	shown bool
}

// withoutWrong answers a list whose filters could not all be read with the list's own screen: every field as it was typed,
// the wrong ones marked, and the rows of the others. What has no filter bar, such as a file, is refused, since half a
// filter would look like the whole one.
func (q *Request) withoutWrong(err error) (Answer, error) {
	refused := err
	for err != nil {
		if !q.setAside(err) {
			return nil, refused
		}
		var a Answer
		if a, err = q.route.Handle(q); err == nil {
			return q.marked(a, refused)
		}
	}

	return nil, refused
}

// setAside takes the filters that an error is about out of the query; false when it is about none.
func (q *Request) setAside(err error) (any bool) {
	if f := fault.From(err); f.Status != http.StatusBadRequest && f.Status != http.StatusUnprocessableEntity {
		return false
	}
	values := q.URL.Query()
	for _, f := range faultsOf(err) {
		typed := values.Get(f.Field)
		if typed == "" {
			continue
		}
		if q.wrong == nil {
			q.wrong = map[string]*wrongFilter{}
		}
		q.wrong[f.Field], any = &wrongFilter{typed: typed, message: f.Message}, true
		values.Del(f.Field)
	}
	q.URL.RawQuery, q.Form = values.Encode(), nil

	return any
}

// marked gives a list its status, when its filter bar shows every wrong filter.
func (q *Request) marked(a Answer, refused error) (Answer, error) {
	p, ok := a.(Page)
	for _, w := range q.wrong {
		ok = ok && w.shown
	}
	if !ok {
		return nil, refused
	}
	p.Status = fault.From(refused).Status

	return p, nil
}

// typed fills in a field of a filter bar as the user wrote it, with what is wrong with it.
func (q *Request) typed(f *FilterField) {
	f.Value = q.Value(f.Name)
	if w := q.wrong[f.Name]; w != nil {
		w.shown, f.Value = true, w.typed
		message := inWords(w.message, f.Name, f.Label)
		if !strings.HasPrefix(message, f.Label) {
			message = f.Label + ": " + message
		}
		f.Error = Sentences(message+".", q.Text("The list is shown without this filter."))
	}
}
