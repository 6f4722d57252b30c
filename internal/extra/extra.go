// Package extra holds fields that a newer version of SysSecure stored and this one does not know.
//
// While servers of two versions share a database, the older one reads a row, changes what it knows, and writes the rest
// back as it was. A record, or a part of one, that can get new fields keeps them in a field of the type Fields.
package extra

// Fields are encoded fields in the order of their numbers, as the store reads and writes them. The zero value is none.
// It is a string, so that values that hold it can be compared.
type Fields string
