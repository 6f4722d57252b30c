package phone

// Area is where a number belongs, as coarse as statistics need it: it identifies no subscriber.
type Area struct {
	// Country is Info.Country, or for a number that no plan has the main country of its calling code; "" when the code
	// is not assigned.
	Country string
	// Prefix is "+", the calling code and the digits after it that distinguish networks or regions: three after a code
	// of one digit ("+1415"), else two ("+3247", "+35387").
	Prefix string
}

// Locate returns the area of a number that Parse or ParseFormat accepted.
func Locate(n Number) Area {
	if _, err := ParseFormat(string(n)); err != nil {
		return Area{}
	}
	info := describe(string(n)[1:])
	length := len("+") + 3
	switch code := info.CallingCode; {
	case code == 0:
		return Area{Prefix: string(n)[:length]}
	case code < 10:
		length++
	default:
		length = len("+") + codeLength(code) + 2
	}

	if info.Country == "" {
		info.Country = mainCountry(string(n)[1:])
	}
	return Area{Country: info.Country, Prefix: string(n)[:length]}
}
