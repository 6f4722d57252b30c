package setting

import (
	"fmt"

	"github.com/syssecure/syssecure/internal/spelling"
)

// Nearest returns ` (did you mean "x"?)` when an option is close to the word, else "".
func Nearest(word string, options []string) string {
	best := spelling.Nearest(word, options)
	if best == "" {
		return ""
	}

	return fmt.Sprintf(" (did you mean %q?)", best)
}
