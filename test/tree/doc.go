// Package tree checks the shape of the source tree: which package may import which, how large files, functions and
// packages may grow, which dependencies there are, and what must not be in the tree.
//
// It does not test behaviour, and knows packages only by their names. The shape is a table here, with a reason for each
// row, so that a change of the shape is a change that reviewers see.
package tree
