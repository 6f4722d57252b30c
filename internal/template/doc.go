// Package template owns the texts that people read: checking a customer's template, choosing its language, filling it
// in, and the built-in texts. It must not know how a text travels, nor where a template is stored.
//
// Its one hard idea is that a value is plain text. What a request brings along can neither add a line, nor be read as a
// placeholder, nor form a link or the line that binds a code to a web site; see Render.
package template
