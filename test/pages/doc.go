// Package pages looks at the documentation in a real browser. Its tests have the tag browser: make pages runs them.
package pages
