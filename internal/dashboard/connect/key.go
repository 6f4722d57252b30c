package connect

import (
	"strconv"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/admin"
	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/signin"
)

// keyPage is what the screens of one key show.
type keyPage struct {
	keyRow
	Facts  []screen.Fact
	Scopes []scopeChoice
	Faults []fault.FieldError
	// Lately is what the request log tells of it; nil when the user may not see that.
	Lately *keyRequests
	// Rotate, Revoke and Requests are where the links lead; empty when there is nothing to do.
	Rotate, Revoke, Requests string
	// Back leads to the key's own screen.
	Back string
	// Once, Overlap and Hours are fields of the form.
	Once, Overlap, Hours string
	// Typed is what was typed to confirm.
	Typed string
}

func keyPageOf(q *screen.Request, k account.Key) keyPage {
	row := rowOfKey(q, k)
	out := keyPage{keyRow: row, Back: row.Href, Once: screen.NewOnce(), Overlap: "86400"}
	for _, s := range k.Scopes {
		out.Scopes = append(out.Scopes, scopeChoice{Name: string(s), Text: q.Text(scopeTexts[s])})
	}
	if row.Works {
		out.Rotate, out.Revoke = row.Href+"/rotate", row.Href+"/revoke"
	}
	if q.May(signin.SeeRequests) {
		out.Requests = q.At("/requests?key=" + row.ID)
	}

	out.Facts = []screen.Fact{
		{Name: q.Text("Id"), ID: row.ID},
		{Name: q.Text("Begins with"), ID: row.Prefix},
		{Name: q.Text("Created"), When: row.Created},
		{Name: q.Text("Created by"), Text: row.CreatedBy},
	}
	if !k.ExpiresAt.IsZero() {
		out.Facts = append(out.Facts, screen.Fact{Name: q.Text("Ends"), When: q.When(k.ExpiresAt)})
	}
	if !k.RevokedAt.IsZero() {
		out.Facts = append(out.Facts, screen.Fact{Name: q.Text("Revoked"), When: q.When(k.RevokedAt)})
	}

	return out
}

// oneKey is the screen of one key.
func oneKey(q *screen.Request) (screen.Answer, error) {
	k, err := keyOfPath(q)
	if err != nil {
		return nil, err
	}
	out := keyPageOf(q, k)
	if q.May(signin.SeeRequests) {
		if out.Lately, err = requestsOf(q, k); err != nil {
			return nil, err
		}
	}

	return screen.Page{
		Template: "key", Title: q.Text("API key"), Data: out, API: "GET /v2/keys",
		Section: q.At("/keys"),
	}, nil
}

// askRotateKey asks how long the old key may go on.
func askRotateKey(q *screen.Request) (screen.Answer, error) { return rotateForm(q, nil) }

// rotateForm is the form of a rotation, and what was wrong with it.
func rotateForm(q *screen.Request, wrong error) (screen.Answer, error) {
	k, err := keyOfPath(q)
	if err != nil {
		return nil, err
	}

	out := keyPageOf(q, k)
	out.Faults = q.FaultsOf(wrong)
	p := screen.Page{
		Template: "key-rotate", Title: q.Text("Rotate key"), Section: q.At("/keys"),
		API: "POST /v2/keys/" + out.ID + "/rotate", Body: `{"overlap": 86400}`,
	}
	if wrong != nil {
		out.Overlap, out.Hours, p.Status = q.Value("overlap"), q.Value("hours"), fault.From(wrong).Status
	}
	p.Data = out

	return p, nil
}

// overlapOf reads how long an old key or secret goes on: a choice in seconds, or a number of hours.
func overlapOf(q *screen.Request, longest time.Duration) (time.Duration, error) {
	if q.Value("overlap") == "hours" {
		n, err := strconv.Atoi(q.Value("hours"))
		if err != nil || n < 1 || n > int(longest/time.Hour) {
			return 0, fault.Invalid("hours", "hours must be a whole number from 1 to %d", int(longest/time.Hour))
		}
		return time.Duration(n) * time.Hour, nil
	}

	n, err := strconv.Atoi(q.Value("overlap"))
	if err != nil || n < 0 || n > int(longest/time.Second) {
		return 0, fault.Invalid("overlap", "choose how long the old one goes on working")
	}

	return time.Duration(n) * time.Second, nil
}

// rotateKey replaces a key and shows the new one once.
func rotateKey(q *screen.Request) (screen.Answer, error) {
	old, err := keyOfPath(q)
	if err != nil {
		return nil, err
	}
	overlap, wrong := overlapOf(q, admin.MaxOverlap)
	once, incomplete := q.Once(issuedSecret)
	if err := fault.Join(wrong, incomplete); err != nil {
		return rotateForm(q, err)
	}

	made, err := onceKey(q, once, func(once admin.Once) error {
		_, err := q.Verbs.Admin.RotateKeyBy(q.Context(), q.Caller, old.ID, overlap, once)
		return err
	})
	if err != nil && screen.FormFault(err) {
		return rotateForm(q, err)
	} else if err != nil {
		return nil, err
	}

	if ended, err := keyEnded(q, made.ID); ended != nil || err != nil {
		return ended, err
	}
	out := shownKey(q, made, old.Name, old.Scopes)
	out.Heading, out.Old = q.Text("The new key"), q.Text("The old key has ended: requests with it are refused now.")
	if overlap > 0 {
		out.Old = q.Text("The old key works until then, so that you can change it without a pause:")
		out.OldEnds = q.When(q.Verbs.Now().Add(overlap))
		if now, err := keyOfPath(q); err == nil {
			out.OldEnds = q.When(now.ExpiresAt)
		}
	}

	return shownPage(q, out, "/keys"), nil
}

// askRevokeKey asks to type the key's name.
func askRevokeKey(q *screen.Request) (screen.Answer, error) { return revokeForm(q, nil) }

func revokeForm(q *screen.Request, wrong error) (screen.Answer, error) {
	k, err := keyOfPath(q)
	if err != nil {
		return nil, err
	}

	out := keyPageOf(q, k)
	out.Faults = q.FaultsOf(wrong)
	p := screen.Page{
		Template: "key-revoke", Title: q.Text("Revoke key"), Section: q.At("/keys"),
		API: "DELETE /v2/keys/" + out.ID,
	}
	if wrong != nil {
		out.Typed, p.Status = q.Value("confirm"), fault.From(wrong).Status
	}
	p.Data = out

	return p, nil
}

// revokeKey ends a key. Every node refuses it within a second.
func revokeKey(q *screen.Request) (screen.Answer, error) {
	k, err := keyOfPath(q)
	if err != nil {
		return nil, err
	}
	name := rowOfKey(q, k).Name
	if q.Value("confirm") != name {
		return revokeForm(q, fault.Invalid("confirm", "type %s to revoke this key", name))
	}

	if _, err := q.Verbs.Admin.RevokeKeyBy(q.Context(), q.Caller, k.ID); err != nil {
		return nil, err
	}

	return screen.Redirect{
		To: q.At("/keys"), Notice: q.Text("The key was revoked. Requests with it are refused now."),
	}, nil
}

// issuedSecret is what is shown once of a key.
func issuedSecret(result any) (of string, text secret.String) {
	k, _ := result.(admin.IssuedKey)
	return k.PublicID(), k.Secret
}
