// Package tests tests the SDK through what it exports, in a module apart, so that the published module has no tests.
package tests
