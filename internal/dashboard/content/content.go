// Package content has the screens of what phones show: templates, and the inbox of the sandbox.
package content

import (
	"embed"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/signin"
)

//go:embed templates
var files embed.FS

// Screens are the package's screens. The inbox is for those who may send in the sandbox: its
// codes and numbers are those of tests.
var Screens = screen.Set{Templates: files, May: may, Routes: []screen.Route{
	screen.Get("/templates", signin.ManageTemplates, templates),
	screen.Get("/templates.csv", signin.ManageTemplates, templatesCSV),
	screen.Get("/templates/new", signin.ManageTemplates, newTemplate),
	screen.Large(screen.Post("/templates/new", signin.ManageTemplates, createTemplate), screen.FormOfTexts),
	screen.Large(screen.Post("/templates/preview", signin.ManageTemplates, previewTemplate), screen.FormOfTexts),
	screen.Get("/templates/{id}", signin.ManageTemplates, oneTemplate),
	screen.Large(screen.Post("/templates/{id}", signin.ManageTemplates, changeTemplate), screen.FormOfTexts),
	screen.Large(screen.Post("/templates/{id}/test", signin.SendLive, sendTest), screen.FormOfTexts),
	screen.Post("/templates/{id}/delete", signin.ManageTemplates, deleteTemplate),
	screen.Get("/inbox", signin.SendTest, inbox),
	screen.Get("/inbox/live", signin.SendTest, inboxLive),
	screen.PostSend("/inbox/send", sendToPhone),
	screen.PostSend("/inbox/clear", clearInbox),
	screen.PostSend("/inbox/clock", moveClock),
	screen.PostSend("/inbox/messages/{id}/outcome", forceOutcome),
}}

// may is what the screens need.
var may = map[string]signin.Permission{
	"inbox":     signin.SendTest,
	"template":  signin.ManageTemplates,
	"templates": signin.ManageTemplates,
}
