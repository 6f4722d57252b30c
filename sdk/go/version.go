package syssecure

// Version is the version of this package.
const Version = "2.4.0"
