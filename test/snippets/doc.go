// Package snippets runs the samples of sdk/snippets against a server, in the sandbox.
package snippets
