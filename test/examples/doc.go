// Package examples runs what readers of the documents are told to run.
package examples
