package dashboard_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/signin"
)

// atFirstByte runs a function when the answer has begun.
type atFirstByte struct {
	*httptest.ResponseRecorder
	then func()
}

func (a *atFirstByte) Write(b []byte) (int, error) {
	if then := a.then; then != nil {
		a.then = nil
		then()
	}
	return a.ResponseRecorder.Write(b)
}

// download gets a file by a call of the handler, which does something when the file has begun. whole is false when the
// connection was cut.
func (b *browser) download(t *testing.T, handler http.Handler, path string, then func()) (out *httptest.ResponseRecorder, whole bool) {
	t.Helper()
	r := b.request(t, http.MethodGet, path, "")
	r.AddCookie(&http.Cookie{Name: "ss", Value: b.token.Reveal()})
	w := &atFirstByte{ResponseRecorder: httptest.NewRecorder(), then: then}
	defer func() {
		out = w.ResponseRecorder
		if cut := recover(); cut != nil {
			if err, ok := cut.(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
				t.Errorf("the handler panicked: %v", cut)
			}
			whole = false
		}
	}()
	handler.ServeHTTP(w, r)

	return w.ResponseRecorder, true
}

// id is the user's.
func (b *browser) id(t *testing.T) string {
	t.Helper()
	v, err := b.w.people.Look(t.Context(), b.token)
	if err != nil {
		t.Fatal(err)
	}
	return v.User.String()
}

// A file is cut off when its reader may no longer see the list, and says so by no end.
func TestDownload_EndsWithAccess(t *testing.T) {
	t.Parallel()
	const numbers = 1200
	for name, change := range map[string]struct {
		then  func(t *testing.T, w *world, reader, owner *browser)
		whole bool
	}{
		"nothing": {whole: true, then: func(*testing.T, *world, *browser, *browser) {}},
		"signed out": {then: func(t *testing.T, _ *world, reader, _ *browser) {
			reader.post(t, "/dashboard/sign-out", nil).shows(t, http.StatusSeeOther)
		}},
		"another role": {then: func(t *testing.T, w *world, reader, owner *browser) {
			form := url.Values{"user": {reader.id(t)}, "role": {string(signin.Billing)}}
			owner.post(t, w.at(id.Live, "/team/role"), form).shows(t, http.StatusSeeOther)
		}},
		"a role that sees less": {then: func(t *testing.T, w *world, reader, owner *browser) {
			form := url.Values{"user": {reader.id(t)}, "role": {string(signin.Support)}}
			owner.post(t, w.at(id.Live, "/team/role"), form).shows(t, http.StatusSeeOther)
		}},
		"removed": {then: func(t *testing.T, w *world, reader, owner *browser) {
			form := url.Values{"user": {reader.id(t)}}
			owner.post(t, w.at(id.Live, "/team/remove"), form).shows(t, http.StatusSeeOther)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			owner, reader := w.user(t, w.Account, signin.Owner), w.user(t, w.Account, signin.Developer)
			var all strings.Builder
			for i := range numbers {
				fmt.Fprintf(&all, "+32470%06d\n", i)
			}
			owner.post(t, w.at(id.Live, "/opt-outs/add"), url.Values{"numbers": {all.String()}}).shows(t, http.StatusOK)

			file, whole := reader.download(t, w.dashboard(t, ""), w.at(id.Live, "/opt-outs.csv"),
				func() { change.then(t, w, reader, owner) })
			rows := strings.Count(file.Body.String(), "\n") - 1
			if whole != change.whole || whole != (rows == numbers) || rows > numbers {
				t.Errorf("whole %v with %d rows, want whole %v", whole, rows, change.whole)
			}
		})
	}
}

// One user, and the users of one account, leave downloads for others.
func TestDownload_Bounds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, other := w.user(t, w.Account, signin.Owner), w.user(t, w.Account, signin.Developer)
	handler, path := w.dashboard(t, ""), w.at(id.Live, "/opt-outs.csv")
	var status []int
	depth := 0
	var nested func()
	nested = func() {
		if depth++; depth > 4 {
			return
		}
		file, _ := owner.download(t, handler, path, nested)
		status = append(status, file.Code)
		if after := file.Header().Get("Retry-After"); (after == "10") != (file.Code == http.StatusTooManyRequests) {
			t.Errorf("Retry-After of a %d is %q", file.Code, after)
		}
	}
	nested()
	if want := "[429 200 200 200]"; fmt.Sprint(status) != want {
		t.Errorf("four downloads within each other: %v, want %s", status, want)
	}
	if file, _ := owner.download(t, handler, path, nil); file.Code != http.StatusOK {
		t.Errorf("after they ended: %d", file.Code)
	}
	if file, _ := other.download(t, handler, path, nil); file.Code != http.StatusOK {
		t.Errorf("another user: %d", file.Code)
	}
}

// A sentence that the server did not write is not shown, not even at the sign-in.
func TestNotice_Sealed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.user(t, w.Account, signin.Owner)
	forged := base64.RawURLEncoding.EncodeToString([]byte("Your account is locked, call us"))
	for who, path := range map[*browser]string{w.browser(t, noToken): "/dashboard/sign-in", b: w.at(id.Test, "/overview")} {
		who.get(t, path, "Cookie", "ss-notice="+forged).shows(t, http.StatusOK).lacks(t, "locked")
	}

	b.post(t, w.at(id.Test, "/inbox/clear"), nil).shows(t, http.StatusSeeOther)
	b.get(t, w.at(id.Test, "/inbox")).shows(t, http.StatusOK, "texts were removed")
}
