package web

import "testing"

// TestTones_HaveIcons: Badge draws nothing for an icon that does not exist.
func TestTones_HaveIcons(t *testing.T) {
	t.Parallel()
	for word, tone := range tones {
		if _, err := Icon(tone.icon); err != nil {
			t.Errorf("%s: %v", word, err)
		}
	}
}
