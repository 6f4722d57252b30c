package phone

// IsRegion reports whether the code (ISO 3166-1 alpha-2, in capitals) names a country that has a numbering plan.
func IsRegion(code string) bool { return codeOfRegion(code) != 0 }
