package dashboard_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/signin"
)

// held is a form on its own connection, whose end is held back.
type held struct {
	net.Conn
	answers *bufio.Reader
	rest    string
}

// hold sends a form without its last bytes, and returns when the server has begun to read it.
func (b *browser) hold(t *testing.T, server, path, form string) *held {
	t.Helper()
	conn, err := net.Dial("tcp", server)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	h := &held{Conn: conn, answers: bufio.NewReader(conn), rest: form[len(form)/2:]}
	_, err = fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: %s\r\nCookie: ss=%s\r\nContent-Length: %d\r\n"+
		"Content-Type: application/x-www-form-urlencoded\r\nExpect: 100-continue\r\n\r\n", path, server, b.token.Reveal(), len(form))
	if err != nil {
		t.Fatal(err)
	}
	if begun, err := h.answers.ReadString('\n'); !strings.HasPrefix(begun, "HTTP/1.1 100") {
		t.Fatalf("the server answered %q, %v", begun, err)
	}
	if _, err := h.answers.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, strings.TrimSuffix(form, h.rest)); err != nil {
		t.Fatal(err)
	}

	return h
}

// answer is what the server answers at last.
func (h *held) answer(t *testing.T, status int, text string) {
	t.Helper()
	answer, err := http.ReadResponse(h.answers, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != status || !strings.Contains(string(body), text) {
		t.Errorf("answered %d: %s, %v", answer.StatusCode, short(string(body)), err)
	}
}

// TestForms_Slow: a form that does not arrive in the server's time is answered with a page that says so, and a large one has
// more time.
func TestForms_Slow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	server := httptest.NewUnstartedServer(w.dashboard(t, ""))
	server.Config.ReadHeaderTimeout, server.Config.ReadTimeout = time.Minute, 50*time.Millisecond
	server.Start()
	t.Cleanup(server.Close)
	at := server.Listener.Addr().String()

	large := owner.hold(t, at, w.at(id.Test, "/opt-outs/add"), "numbers=%2B32470123456"+strings.Repeat("%0A", 22<<10))
	for range 3 { // small ones of a template take no seat
		owner.hold(t, at, w.at(id.Test, "/templates/preview"), "name=Login")
	}
	owner.hold(t, at, w.at(id.Test, "/settings"), "name=Acme").answer(t, http.StatusBadRequest, "The form did not arrive in time")
	stranger := &browser{}
	stranger.hold(t, at, "/dashboard/sign-in", "email=ada@example.com").answer(t, http.StatusBadRequest, "The form did not arrive")
	if _, err := io.WriteString(large, large.rest); err != nil {
		t.Fatal(err)
	}
	large.answer(t, http.StatusOK, "What was added")
}

// TestForms_RightEnds: a form that was begun before its user lost the right to send it has no effect when it has
// arrived.
func TestForms_RightEnds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lose   func(t *testing.T, owner *browser)
		status int
	}{
		"another role": {status: http.StatusForbidden, lose: func(t *testing.T, owner *browser) {
			v, second := owner.w.operator.visit(t), owner.w.user(t, owner.w.Account, signin.Developer).visit(t)
			err := errors.Join(owner.w.people.ChangeRole(t.Context(), v, owner.w.Account, second.User, "owner"),
				owner.w.people.ChangeRole(t.Context(), v, owner.w.Account, owner.visit(t).User, "support"))
			if err != nil {
				t.Fatal(err)
			}
		}},
		"signed out": {status: http.StatusSeeOther, lose: func(t *testing.T, owner *browser) {
			if err := owner.w.people.SignOut(t.Context(), owner.visit(t)); err != nil {
				t.Fatal(err)
			}
		}},
		"confirmed too long ago": {status: http.StatusSeeOther, lose: func(_ *testing.T, owner *browser) {
			owner.w.Clock.Add(signin.StepUpValid + time.Second)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			owner, friend := w.user(t, w.Account, signin.Owner), w.user(t, w.Account, signin.Billing)
			form := "role=owner&user=" + friend.userID(t)
			slow := owner.hold(t, strings.TrimPrefix(w.base, "http://"), w.at(id.Test, "/team/role"), form)
			c.lose(t, owner)
			if _, err := io.WriteString(slow, slow.rest); err != nil {
				t.Fatal(err)
			}
			slow.answer(t, c.status, "")
			if role, _ := friend.visit(t).Role(w.Account); role != signin.Billing {
				t.Errorf("the other member is %q", role)
			}
		})
	}
}
