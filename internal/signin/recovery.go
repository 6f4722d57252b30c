package signin

import "strings"

// Recovery codes replace the second factor when the phone is lost. Each is usable once.
const (
	RecoveryCodes = 10
	recoverySize  = 10 // characters, each of 5 bits
)

// recoveryAlphabet is Crockford's: without I, L, O and U, which are read as other characters.
const recoveryAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// NewRecoveryCodes makes codes such as "7H2KM-Q9W3T" from random bytes, one byte for each character.
func NewRecoveryCodes(random [RecoveryCodes * recoverySize]byte) []string {
	codes := make([]string, RecoveryCodes)
	for i := range codes {
		var b strings.Builder
		for j := range recoverySize {
			if j == recoverySize/2 {
				b.WriteByte('-')
			}
			b.WriteByte(recoveryAlphabet[random[i*recoverySize+j]%32])
		}
		codes[i] = b.String()
	}

	return codes
}

// ParseRecoveryCode reads a code as people write it: in small letters, with spaces, with O for 0. It returns the one
// spelling that is stored as a MAC.
func ParseRecoveryCode(s string) (string, bool) {
	if len(s) > 4*recoverySize {
		return "", false
	}

	var b strings.Builder
	for _, r := range strings.ToUpper(s) {
		switch r {
		case '-', ' ':
			continue
		case 'O':
			r = '0'
		case 'I', 'L':
			r = '1'
		}
		if !strings.ContainsRune(recoveryAlphabet, r) {
			return "", false
		}
		b.WriteRune(r)
	}

	return b.String(), b.Len() == recoverySize
}
