package phone

import "regexp"

// user is the form of a WhatsApp user's id within a business: the country and up to 128 letters and digits
// (developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids).
var user = regexp.MustCompile(`^whatsapp:[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$`)

// ParseUser reads what stands in place of a number when a provider names a person only by its own id:
// "whatsapp:US.13491208655302741918". Nothing can be sent to it, and it is no E.164.
func ParseUser(s string) (Number, bool) { return Number(s), user.MatchString(s) }
