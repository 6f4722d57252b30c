// Package activity has the screens of what was sent: verifications, messages, and what the search field finds.
package activity

import (
	"embed"
	"net/http"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/signin"
)

//go:embed templates
var files embed.FS

// Screens are the package's screens.
var Screens = screen.Set{Templates: files, May: may, Routes: []screen.Route{
	screen.Get("/verifications", signin.SeeMessages, verifications),
	screen.Get("/verifications.csv", signin.SeeMessages, verificationsCSV),
	screen.Get("/verifications/live", signin.SeeMessages, verificationsLive),
	screen.Get("/verifications/{id}", signin.SeeMessages, verification),
	screen.Post("/verifications/{id}/reveal", signin.SeeNumbers, revealVerification),
	screen.PostSend("/verifications/{id}/cancel", cancelVerification),
	screen.PostSend("/verifications/{id}/resend", resendVerification),
	screen.Get("/messages", signin.SeeMessages, messages),
	screen.Get("/messages.csv", signin.SeeMessages, messagesCSV),
	screen.Get("/messages/live", signin.SeeMessages, messagesLive),
	screen.Get("/messages/{id}", signin.SeeMessages, oneMessage),
	screen.Post("/messages/{id}/reveal", signin.SeeNumbers, revealMessage),
	screen.PostSend("/messages/{id}/cancel", cancelMessage),
	screen.Get("/find", signin.SeeMessages, find),
	{Pattern: http.MethodGet + " " + screen.Root + "/find", Access: screen.SignedIn, Handle: findAnywhere},
}}

// may is what the screens need.
var may = map[string]signin.Permission{
	"message":       signin.SeeMessages,
	"messages":      signin.SeeMessages,
	"verification":  signin.SeeMessages,
	"verifications": signin.SeeMessages,
}
