package admin_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/syssecure/syssecure/internal/idempotency"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/template"
	"github.com/syssecure/syssecure/internal/testworld"
)

// newTemplate makes a template of the account's test mode.
func newTemplate(t *testing.T, w *testworld.World, text string) store.Template {
	t.Helper()
	name := "Login"
	var none *idempotency.Request
	row, err := w.Admin.CreateTemplate(t.Context(), w.Test,
		template.Change{Name: &name, Translations: map[string]string{"en": text}},
		func(ctx context.Context, keys []store.Key, change func(*store.Tx) (any, error)) error {
			_, err := w.Answers.Once(ctx, w.Test, none, keys, change)
			return err
		})
	if err != nil {
		t.Fatal(err)
	}

	return row
}

// TestChangeTemplate_AtOnce: of many users who save in the same instant what they began with, one wins, and each other
// gets a refusal. A change that began with no state, as the API's do, is always made.
func TestChangeTemplate_AtOnce(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, w *testworld.World) {
		row := newTemplate(t, w, "{{code}}")
		const users = 16
		texts, errs := make([]string, users), make([]error, users)
		var done sync.WaitGroup
		for i := range users {
			texts[i] = fmt.Sprintf("{{code}} by user %d", i)
			done.Go(func() {
				_, errs[i] = w.Admin.ChangeTemplate(t.Context(), w.Test, row.ID, template.Change{
					Translations: map[string]string{"en": texts[i]}, Was: row.State(),
				})
			})
		}
		done.Wait()

		won := ""
		for i, err := range errs {
			switch {
			case err == nil && won == "":
				won = texts[i]
			case err == nil:
				t.Errorf("%q was saved over %q", texts[i], won)
			case !errors.Is(err, template.ErrChanged):
				t.Errorf("the change of %q: %v", texts[i], err)
			}
		}
		now, err := w.Admin.Template(t.Context(), w.Test, row.ID)
		if err != nil || won == "" || now.Translations[0].Text != won {
			t.Errorf("saved is %q, won has %q: %v", now.Translations, won, err)
		}

		if _, err := w.Admin.ChangeTemplate(t.Context(), w.Test, row.ID, template.Change{
			Translations: map[string]string{"en": "{{code}}!"},
		}); err != nil {
			t.Errorf("a change of any state: %v", err)
		}
	})
}
