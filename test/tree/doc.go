// Package tree holds the shape of the source tree: who may import whom, how large a file, a function and a package may
// grow, which dependencies there are, and what has no place in the tree at all.
//
// It must not look at behaviour, and knows no package but by its name. Its one hard idea is that the shape is a table
// here, next to the reason for each row, so a change of the shape is a change that a reader sees.
package tree
