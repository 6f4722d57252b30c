// Package examples runs the commands and examples of the documents.
package examples
