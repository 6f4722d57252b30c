// Package screen is what every screen of the dashboard stands on: the gates before it, the answers it can give, the frame
// around it, and the parts that lists and forms share.
//
// A screen is a Route, which says who may call it, and a function from a Request to an Answer. Nothing here knows what a
// screen shows.
package screen

import (
	"context"
	"crypto/sha256"
	"embed"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/admin"
	"github.com/syssecure/syssecure/internal/dashboard/texts"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/hooks"
	"github.com/syssecure/syssecure/internal/idempotency"
	"github.com/syssecure/syssecure/internal/optout"
	"github.com/syssecure/syssecure/internal/people"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/web"
	"github.com/syssecure/syssecure/internal/work"
)

// Root is the path of the dashboard.
const Root = "/dashboard"

// Verbs are what screens call, and what they know of the server.
type Verbs struct {
	People  *people.People
	Admin   *admin.Admin
	Engine  *engine.Engine
	Query   *query.Query
	Hooks   *hooks.Hooks
	OptOuts *optout.Handler
	// Answers remember forms that must have their effect once.
	Answers *idempotency.Answers
	// Instance reads the state of the installation.
	Instance func(context.Context) (admin.Instance, error)
	// OTPBody and MessageBody are a verification and a message as the API answers them, with the number as it is given.
	OTPBody     func(o query.OTP, to string) any
	MessageBody func(m query.Message, to string) any
	Now         func() time.Time
	Log         *slog.Logger
	// PublicURL is the address of the server as customers know it; empty when the operator has set none.
	PublicURL string
	// Local is where the server can be called from its own machine.
	Local string
	// Texts are the languages of the screens; nil for those of the program.
	Texts *texts.Catalogue
	// Address is the client's address of a request, behind trusted proxies.
	Address func(*http.Request) string
}

// Set are the screens of one package: their routes, and their templates in a folder "templates".
type Set struct {
	Routes    []Route
	Templates fs.FS
	// May has what a member needs to see a screen, by its template. It is asked for whatever a route renders: a form that
	// is refused shows a screen again, which may have more than the role that sent the form may see.
	May map[string]signin.Permission
}

//go:embed templates pages
var files embed.FS

// Frame serves the screens. It is safe for concurrent use.
type Frame struct {
	*Verbs
	menu      []Group
	templates map[*texts.Language]*templates
	// may is what each screen of members needs, see Set.
	may       map[string]signin.Permission
	streams   *web.Streams
	downloads *web.Downloads
	// uploads are the large forms that are read at the same time.
	uploads *web.Seats
	// once are the forms that are being answered, by the hash of what names them, see Request.Once.
	once  work.InFlight[[sha256.Size]byte]
	mux   *http.ServeMux
	cross *http.CrossOriginProtection
}

// New makes the handler of all screens. Templates of screens are parsed when they are first used; a test parses all.
func New(v Verbs, menu []Group, sets []Set) (*Frame, error) {
	v.PublicURL = strings.TrimRight(v.PublicURL, "/")
	assets, err := web.NewAssets()
	if err != nil {
		return nil, err
	}

	f := &Frame{
		Verbs: &v, menu: menu, mux: http.NewServeMux(), cross: http.NewCrossOriginProtection(), streams: web.NewStreams(),
		downloads: web.NewDownloads(), uploads: web.NewSeats(web.SeatLimits{User: 2, Account: 10, All: 20}),
	}
	if f.Texts == nil {
		if f.Texts, err = texts.Read(texts.Files); err != nil {
			return nil, err
		}
	}
	f.templates, f.may = map[*texts.Language]*templates{}, map[string]signin.Permission{}
	for _, l := range f.Texts.Languages() {
		if f.templates[l], err = readTemplates(assets, sets, l); err != nil {
			return nil, err
		}
	}

	for _, s := range sets {
		maps.Copy(f.may, s.May)
		for i := range s.Routes {
			f.mux.Handle(s.Routes[i].Pattern, f.serve(&s.Routes[i]))
		}
	}
	f.mux.HandleFunc(everyPath, f.unrouted)

	return f, nil
}

// templates are those in the user's language.
func (q *Request) templates() *templates { return q.frame.templates[q.language] }

// ServeHTTP implements http.Handler.
func (f *Frame) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	web.SetHeaders(w.Header())
	w.Header().Set("Cache-Control", web.NoStore)
	f.mux.ServeHTTP(w, r)
}

// Close ends the streams of pages that are open, which a shutdown would wait for.
func (f *Frame) Close() { f.streams.Close() }
