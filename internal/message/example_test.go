package message_test

import (
	"fmt"
	"strings"

	"github.com/syssecure/syssecure/internal/message"
)

// One character outside of GSM 7 bit changes the encoding of the whole text, and with it how many parts it takes.
func ExampleSegments() {
	for _, text := range []string{
		"Your code is 123456",
		strings.Repeat("x", 161),
		strings.Repeat("x", 80) + "€", // of the extension table: two septets
		strings.Repeat("x", 80) + "ł",
	} {
		fmt.Println(message.Segments(text))
	}

	// Output:
	// gsm7 1
	// gsm7 2
	// gsm7 1
	// ucs2 2
}

func ExampleSplitText() {
	split := message.SplitText(strings.Repeat("x", 160) + "€")
	fmt.Println(split.Encoding)
	for _, part := range split.Parts {
		fmt.Println(len(part), "septets")
	}
	// Output:
	// gsm7
	// 153 septets
	// 9 septets
}
