package query_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

// codes stores n codes of a template in live mode, a second apart, and returns when the last was made.
func codes(t testing.TB, w *testworld.World, template string, n int) (last time.Time) {
	t.Helper()
	err := w.Dispatcher.Config.Store.Update(t.Context(), w.Account, nil, func(tx *store.Tx) error {
		for range n {
			w.Clock.Add(time.Second)
			last = w.Clock.Now()
			tx.Insert(store.OTP{OTP: otp.OTP{
				ID: id.NewOTP(last), Account: w.Account, Mode: id.Live, Template: template, Status: otp.Verified, CreatedAt: last,
				ExpiresAt: last.Add(time.Minute),
			}})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}

	return last
}

// TestTemplatesUsed: the newest code of a template counts, as far as codes are read.
func TestTemplatesUsed(t *testing.T) {
	t.Parallel()
	w := testworld.New(t, testworld.Options{Backend: testworld.Backends["sqlite"](t)})
	codes(t, w, "tmpl_old", 1)
	codes(t, w, "", query.UsedRows-3)
	newest := codes(t, w, "tmpl_new", 2)
	for _, more := range []int{0, 1} {
		t.Run(fmt.Sprint(more, " more than are read"), func(t *testing.T) {
			codes(t, w, "", more)
			used, all, err := w.Dispatcher.Query.TemplatesUsed(t.Context(), w.Live)
			if err != nil || !used["tmpl_new"].Equal(newest) {
				t.Errorf("used at %v, want %v: %v", used["tmpl_new"], newest, err)
			}
			if _, known := used["tmpl_old"]; known != all || all != (more == 0) {
				t.Errorf("%d more codes: all %v, the oldest is known %v", more, all, known)
			}
		})
	}
	if used, all, err := w.Dispatcher.Query.TemplatesUsed(t.Context(), w.Test); len(used) > 0 || !all || err != nil {
		t.Errorf("test mode has %v, %v: %v", used, all, err)
	}
}

// TestTemplateNames: the newest names are listed without deleted ones, as many as a filter offers; by ids all are named
// whose rows are kept.
func TestTemplateNames(t *testing.T) {
	t.Parallel()
	for name, fresh := range testworld.Backends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := testworld.New(t, testworld.Options{Backend: fresh(t)})
			ids := map[string]struct{}{"": {}, "tmpl_none": {}, id.NewTemplate(w.Clock.Now()).String(): {}}
			var rows []store.Template
			for i := range 130 {
				now := w.Clock.Now()
				row := store.Template{Account: w.Account, ID: id.NewTemplate(now), Mode: id.Live, CreatedAt: now}
				row.Name = fmt.Sprint("Text ", i)
				if i%10 == 9 {
					row.DeletedAt = now
				}
				rows, ids[row.ID.String()] = append(rows, row), struct{}{}
				w.Clock.Add(time.Second)
			}
			err := w.Dispatcher.Config.Store.Update(t.Context(), w.Account, nil, func(tx *store.Tx) error {
				for _, row := range rows {
					tx.Insert(row)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}

			names, err := w.Dispatcher.Query.TemplateNames(t.Context(), w.Live)
			if err != nil || len(names) != 100 || names[0].Name != "Text 128" || names[99].Name != "Text 18" {
				t.Errorf("%d names from %v to %v: %v", len(names), names[0], names[len(names)-1], err)
			}
			if names, err := w.Dispatcher.Query.TemplateNames(t.Context(), w.Test); len(names) > 0 || err != nil {
				t.Errorf("test mode has %d names: %v", len(names), err)
			}
			of, err := w.Dispatcher.Query.NamesOf(t.Context(), w.Live, ids)
			last := rows[129].ID.String()
			want := query.TemplateName{ID: last, Name: "Text 129", Deleted: true}
			if err != nil || len(of) != 130 || of[last] != want {
				t.Errorf("%d are named, the last is %+v: %v", len(of), of[last], err)
			}
		})
	}
}
