// Package chaos owns the black-box torture of the real program: it is killed, stopped, starved of disk, raced and
// searched, and everything that it promised is checked afterwards from outside.
//
// It must not look into a running server: what a client was told, what the carrier was given, and the files that are
// left are all that counts. Its one hard idea is that the truth is kept outside the process that dies: clients write
// their intents and the answers they got to a journal of their own, and the carrier is part of the test, so neither
// forgets what the server has forgotten.
//
// The tests run one after another: each loads the machine fully, and a neighbour would only make its moments rarer.
package chaos
