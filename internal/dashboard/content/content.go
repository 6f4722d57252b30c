// Package content has the screens of what phones show: templates, and the inbox of the sandbox.
package content

import (
	"embed"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/signin"
)

//go:embed templates
var files embed.FS

// Screens are the package's screens. The inbox shows codes and whole numbers, so it is for those who may see numbers.
var Screens = screen.Set{Templates: files, Routes: []screen.Route{
	screen.Get("/templates", signin.ManageTemplates, templates),
	screen.Get("/templates/new", signin.ManageTemplates, newTemplate),
	screen.Post("/templates/new", signin.ManageTemplates, createTemplate),
	screen.Post("/templates/preview", signin.ManageTemplates, previewTemplate),
	screen.Get("/templates/{id}", signin.ManageTemplates, oneTemplate),
	screen.Post("/templates/{id}", signin.ManageTemplates, changeTemplate),
	screen.Post("/templates/{id}/test", signin.SendLive, sendTest),
	screen.Post("/templates/{id}/delete", signin.ManageTemplates, deleteTemplate),
	screen.Get("/inbox", signin.SeeNumbers, inbox),
	screen.Get("/inbox/live", signin.SeeNumbers, inboxLive),
	screen.Post("/inbox/send", signin.SendTest, sendToPhone),
	screen.Post("/inbox/clear", signin.SendTest, clearInbox),
	screen.Post("/inbox/clock", signin.SendTest, moveClock),
	screen.Post("/inbox/messages/{id}/outcome", signin.SendTest, forceOutcome),
}}
