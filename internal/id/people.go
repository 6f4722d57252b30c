package id

import "time"

type (
	userKind  struct{}
	auditKind struct{}
)

func (userKind) prefix() string  { return "usr_" }
func (auditKind) prefix() string { return "aud_" }

type (
	// User names a person who signs in to the dashboard.
	User = ID[userKind]
	// Audit names an entry of the audit log.
	Audit = ID[auditKind]
)

// NewUser and NewAudit make an id for now.
func NewUser(now time.Time) User   { return newID[userKind](now) }
func NewAudit(now time.Time) Audit { return newID[auditKind](now) }

// ParseUser, ParseAudit and ParseRequest read what String printed.
func ParseUser(s string) (User, error)       { return parse[userKind](s) }
func ParseAudit(s string) (Audit, error)     { return parse[auditKind](s) }
func ParseRequest(s string) (Request, error) { return parse[requestKind](s) }
