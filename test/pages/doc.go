// Package pages looks at the documentation and the dashboard in a real browser. Its tests have the tag browser: make pages
// runs them. Every screen is looked at empty and full, refused and broken, with dialogs and menus open; each in three widths
// and two schemes with axe-core, and at 320 px and with text of twice the size for sideways scrolling.
//
// axe-core finds nothing wrong with labels that are cut or overlap. So after a change of how pages look, look at them, too: make
// contact-sheet takes pictures of all of this, and puts them on one sheet.
package pages
