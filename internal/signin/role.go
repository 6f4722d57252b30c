package signin

import (
	"slices"

	"github.com/syssecure/syssecure/internal/fault"
)

// Role is what a user is in an account.
type Role string

// The roles of members. Operator is the role of those who run the installation, in every account; it is given to a
// user, not to a member.
const (
	Owner     Role = "owner"
	Developer Role = "developer"
	Support   Role = "support"
	Billing   Role = "billing"
	Operator  Role = "operator"
)

// Roles are those that a member can have, the most powerful first.
var Roles = []Role{Owner, Developer, Support, Billing}

// ParseRole reads the role of a member.
func ParseRole(s string) (Role, error) {
	if r := Role(s); slices.Contains(Roles, r) {
		return r, nil
	}
	return "", fault.Invalid("role", "role must be owner, developer, support or billing, is %q", s)
}

// Permission is something that a page or a button of the dashboard needs.
type Permission string

// The permissions.
const (
	SeeMessages     Permission = "see messages"      // and verifications, with masked numbers
	SeeNumbers      Permission = "see whole numbers" // each look at one of live mode is an audit row
	SeeAnalytics    Permission = "see analytics"
	SeeRequests     Permission = "see the request log"
	SeeCredits      Permission = "see credits"
	SeeAudit        Permission = "see the audit log"
	SendTest        Permission = "send in the sandbox" // and see what its phones receive: codes and numbers of tests
	SendLive        Permission = "send in live mode"
	ManageKeys      Permission = "manage API keys"
	ManageWebhooks  Permission = "manage webhooks"
	ManageTemplates Permission = "manage templates"
	ManageOptOuts   Permission = "manage opt-outs"
	ManageSettings  Permission = "manage settings"
	ManageTeam      Permission = "manage the team"
	AddCredits      Permission = "add credits"
	ManageInstance  Permission = "manage the installation" // carriers, nodes, accounts, other operators
)

// Permissions are all of them, in the order in which a page lists them.
var Permissions = []Permission{
	SeeMessages, SeeNumbers, SeeAnalytics, SeeRequests, SeeCredits, SeeAudit, SendTest, SendLive, ManageKeys,
	ManageWebhooks, ManageTemplates, ManageOptOuts, ManageSettings, ManageTeam, AddCredits, ManageInstance,
}

// may is what each role may do. What is not listed, it may not.
var may = map[Role][]Permission{
	Operator: Permissions,
	Owner: {
		SeeMessages, SeeNumbers, SeeAnalytics, SeeRequests, SeeCredits, SeeAudit, SendTest, SendLive, ManageKeys,
		ManageWebhooks, ManageTemplates, ManageOptOuts, ManageSettings, ManageTeam,
	},
	Developer: {
		SeeMessages, SeeNumbers, SeeAnalytics, SeeRequests, SeeCredits, SendTest, SendLive, ManageKeys, ManageWebhooks,
		ManageTemplates, ManageOptOuts,
	},
	Support: {SeeMessages, SeeAnalytics, ManageOptOuts},
	Billing: {SeeAnalytics, SeeCredits},
}

// May reports whether a role has a permission.
func (r Role) May(p Permission) bool { return slices.Contains(may[r], p) }
