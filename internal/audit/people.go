package audit

// What changes of people are called. Those of a user are entries of the installation, those of a member of the account.
const (
	UserCreated       = "user.created"
	UserChanged       = "user.changed"
	UserReset         = "user.reset"
	UserSignedIn      = "user.signed_in"
	UserSignInRefused = "user.sign_in_refused"
	UserSignedOut     = "user.signed_out"

	SessionEnded         = "session.ended"
	PasswordChanged      = "password.changed"
	TOTPEnabled          = "totp.enabled"
	TOTPDisabled         = "totp.disabled"
	RecoveryCodesRenewed = "recovery_codes.renewed"
	PasskeyAdded         = "passkey.added"
	PasskeyRenamed       = "passkey.renamed"
	PasskeyRemoved       = "passkey.removed"

	MemberInvited       = "member.invited"
	InvitationWithdrawn = "member.invitation_withdrawn"
	MemberJoined        = "member.joined"
	MemberRoleChanged   = "member.role_changed"
	MemberRemoved       = "member.removed"
)
