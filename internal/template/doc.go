// Package template implements the texts of messages: checking a customer's template, choosing its language, filling it
// in, and the built-in texts. It is independent of how texts are sent and templates stored.
//
// Values are plain text. A value of a request can neither add a line, nor act as a placeholder, nor form a link or the
// line that binds a code to a web site; see Render.
package template
