// Package chaos tests the real program as a black box: it is killed, stopped, left without disk space, raced and
// searched, and everything that it acknowledged is checked afterwards from outside.
//
// It never inspects a running server: only the answers of clients, the submits that the carrier got, and the files that
// are left count. The truth is kept outside the process that dies: clients write their intents and their answers to a
// journal, and the carrier is part of the test, so both know what the server may have lost.
//
// The tests run one after another, because each loads the machine fully.
package chaos
