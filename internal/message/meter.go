package message

// Size is how a text fits into SMS.
type Size struct {
	Encoding Encoding
	Parts    int
	// Left is how many more characters fit into the last part.
	Left int
	// Strange are the characters that GSM 7 bit does not have, each once, with the letters that smart encoding would put in
	// their place. An empty To is a character that it would remove, and Known is false when there is none.
	Strange []Strange
}

// Strange is a character that GSM 7 bit does not have.
type Strange struct {
	From, To string
	Known    bool
}

// Measure says how a text fits into SMS, for those who write one.
func Measure(text string) Size {
	split := SplitText(text)
	s := Size{Encoding: split.Encoding, Parts: len(split.Parts)}
	s.Left = partLimit(s.Encoding, s.Parts) - len(split.Parts[s.Parts-1])
	if s.Encoding == UCS2 {
		s.Left /= 2 // octets of UTF-16
	}

	seen := map[rune]bool{}
	for _, r := range text {
		if gsm7Code(r) != unmapped || seen[r] {
			continue
		}
		seen[r] = true
		to, known := letters[r]
		s.Strange = append(s.Strange, Strange{From: string(r), To: to, Known: known})
	}

	return s
}
