//go:build browser

package pages

import (
	"fmt"
	"strings"
	"testing"
)

// TestDashboard_Touch holds what a finger needs on phones: buttons of the header of 44 px, also beside a chooser of accounts,
// the inbox's form above its phones, and tables without an empty frame below their rows.
func TestDashboard_Touch(t *testing.T) {
	t.Parallel()
	b, i := newTab(t, browser(t)), serveNew(t)
	key := i.enter(t, b)
	i.send(t, key, "+15005550006")
	screens := b.navigation(t)
	for _, width := range []int64{390, 320, 820, 1360} {
		b.look(t, width, "light")
		b.open(t, i.base+screens[0])
		small := value[[]string](t, b, `[...document.querySelectorAll('.bar :is(a, button, input)')]
			.filter((e) => e.checkVisibility() && !e.closest('[popover]'))
			.map((e) => [e, e.getBoundingClientRect()]).filter(([, box]) => box.width < 44 || box.height < 44)
			.map(([e, box]) => (e.ariaLabel || e.id || e.textContent.trim()) + ' ' + box.width + '×' + box.height)`)
		if width < 820 && len(small) > 0 {
			t.Errorf("at %d px the header has %s", width, strings.Join(small, ", "))
		}
		if value[bool](t, b, `[...document.querySelector('.bar').children].filter((e) => e.checkVisibility() && !e.popover)
			.map((e) => e.getBoundingClientRect()).some((box, i, all) => i && box.left < all[i - 1].right)`) {
			t.Errorf("at %d px parts of the header overlap", width)
		}
		b.shot(t, fmt.Sprintf("header-%d", width))

		for _, path := range screens {
			b.open(t, i.base+path)
			frames := value[[]string](t, b, `[...document.querySelectorAll('main .region')].filter((r) => r.checkVisibility())
				.map((r) => [r, r.clientHeight - r.querySelector('table').offsetHeight]).filter(([, empty]) => empty > 4)
				.map(([r, empty]) => (r.ariaLabel || r.id) + ' ' + empty + ' px')`)
			if len(frames) > 0 {
				t.Errorf("at %d px %s has empty frames: %s", width, nameOf(path), strings.Join(frames, ", "))
			}
			if width < 1360 && strings.HasSuffix(path, "/inbox") && !value[bool](t, b, `(([form, phones]) => form.bottom < phones.top)(
				['#f-to', '#h-phones'].map((s) => document.querySelector(s).getBoundingClientRect()))`) {
				t.Errorf("at %d px the form of the inbox stands below its phones", width)
			}
		}
	}
	b.sound(t)
}
