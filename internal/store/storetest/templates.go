package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/template"
)

var templateTests = []test{
	{"templates of an account", listedTemplates},
	{"deleted templates", deletedTemplates},
}

func templateOf(a id.Account, n int, mode id.Mode, deleted time.Time) store.Template {
	return store.Template{
		Account: a, ID: number(n), Mode: mode, CreatedAt: start, DeletedAt: deleted,
		Spec: template.Spec{Name: "Login", Translations: []template.Translation{{Tag: "en", Text: "{{code}}"}}},
	}
}

func listedTemplates(t *testing.T, open Open) {
	s := begin(t, open(t))
	one, two, three := templateOf(acme, 1, id.Live, time.Time{}), templateOf(acme, 2, id.Live, time.Time{}), templateOf(acme, 3, id.Live, time.Time{})
	put(t, s, two, templateOf(other, 4, id.Live, time.Time{}), templateOf(acme, 5, id.Test, time.Time{}),
		templateOf(acme, 6, id.Live, start), three, one)
	view(t, s, func(r store.Reader) error {
		all, err := r.Templates(acme, id.Live, id.Template{}, 10)
		same(t, "all, newest first", all, []store.Template{three, two, one})
		page, err2 := r.Templates(acme, id.Live, id.Template{}, 2)
		same(t, "first page", page, []store.Template{three, two})
		rest, err3 := r.Templates(acme, id.Live, two.ID, 2)
		same(t, "after it", rest, []store.Template{one})
		none, err4 := r.Templates(other, id.Test, id.Template{}, 2)
		same(t, "of an empty sandbox", len(none), 0)

		return errors.Join(err, err2, err3, err4)
	})
}

func deletedTemplates(t *testing.T, open Open) {
	s := begin(t, open(t))
	first, second := templateOf(acme, 9, id.Live, start.Add(-2*tick)), templateOf(other, 8, id.Test, start.Add(-tick))
	put(t, s, second, first, templateOf(acme, 7, id.Live, start), templateOf(acme, 6, id.Live, time.Time{}))
	view(t, s, func(r store.Reader) error {
		got, err := r.Stale(store.TableTemplate, start, 10)
		same(t, "long deleted", got, []store.Key{first.Key(), second.Key()})
		one, err2 := r.Stale(store.TableTemplate, start, 1)
		same(t, "the first to go", one, []store.Key{first.Key()})
		return errors.Join(err, err2)
	})
}
