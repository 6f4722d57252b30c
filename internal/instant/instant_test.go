package instant

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	t.Parallel()
	ten := time.Date(2026, 12, 1, 10, 0, 0, 0, time.UTC)
	for s, want := range map[string]time.Time{
		"2026-12-01T10:00:00Z":               ten,
		"2026-12-01T10:00Z":                  ten,
		"2026-12-01T10Z":                     ten,
		"2026-12-01T10:00:00z":               ten,
		"2026-12-01t10:00:00z":               ten,
		"2026-12-01 10:00:00Z":               ten,
		"2026-12-01 10:00:00 +0000":          ten,
		" 2026-12-01T10:00:00Z ":             ten,
		"2026-12-01T10:00:00+00:00":          ten,
		"2026-12-01T10:00:00-00:00":          ten,
		"2026-12-01T10:00:00+01:00":          ten.Add(-time.Hour),
		"2026-12-01T10:00:00+0100":           ten.Add(-time.Hour),
		"2026-12-01T10:00:00+01":             ten.Add(-time.Hour),
		"2026-12-01T10:00+05:45":             ten.Add(-5*time.Hour - 45*time.Minute),
		"2026-12-01T10:00:00-03:30":          ten.Add(3*time.Hour + 30*time.Minute),
		"2026-12-01T10:00:00\u221203:30":     ten.Add(3*time.Hour + 30*time.Minute),
		"2026-12-01T10:00:00+14:00":          ten.Add(-14 * time.Hour),
		"2026-12-01T10:00:00-12:00":          ten.Add(12 * time.Hour),
		"20261201T100000Z":                   ten,
		"20261201T1000Z":                     ten,
		"20261201T10Z":                       ten,
		"20261201t100000z":                   ten,
		"20261201T100000+0100":               ten.Add(-time.Hour),
		"20261201T100000.5Z":                 ten.Add(500 * time.Millisecond),
		"20261201T10:00:00Z":                 ten,
		"2026-12-01T100000Z":                 ten,
		"2026-12-01T10:00:00.25Z":            ten.Add(250 * time.Millisecond),
		"2026-12-01T10:00:00,25+00":          ten.Add(250 * time.Millisecond),
		"2026-12-01T10:00:00.123456789Z":     ten.Add(123456789),
		"2026-12-01T10:00:00.1234567899999Z": ten.Add(123456789),
		"2024-02-29T23:59:59+00:00":          time.Date(2024, 2, 29, 23, 59, 59, 0, time.UTC),
		"2026-12-01T00:00:00+14:00":          time.Date(2026, 11, 30, 10, 0, 0, 0, time.UTC),
	} {
		if got, err := Parse(s); err != nil || !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("%q is %v, %v; want %v", s, got, err, want)
		}
	}
}

func TestParse_Errors(t *testing.T) {
	t.Parallel()
	const offset, day = "must have an offset", "must be a day of the calendar"
	const clock, form = "must have ", "must be a date and a time"
	for s, want := range map[string]string{
		"2026-12-01T10:00:00":                             offset + " from UTC, or",
		"2026-12-01T10:00":                                "write 2026-12-01T10:00:00Z for UTC",
		"2026-12-01 10:00:00":                             offset,
		"20261201T100000":                                 offset,
		"2026-12-01T10":                                   offset,
		"2026-12-01T10:00:00-24:00":                       offset + " from -12:00 to +14:00",
		"2026-12-01T10:00:00+24:00":                       offset + " from -12:00",
		"2026-12-01T10:00:00+14:01":                       offset + " from -12:00",
		"2026-12-01T10:00:00-12:01":                       offset + " from -12:00",
		"2026-12-01T10:00:00+99":                          offset + " from -12:00",
		"2026-12-01T10:00:00+01:60":                       form,
		"2026-12-01T10:00:00+1":                           form,
		"2026-12-01T10:00:00+1:00":                        form,
		"2026-12-01T10:00:00+01:":                         form,
		"2026-12-01T10:00:00+01:0":                        form,
		"2026-12-01T10:00:00+010":                         form,
		"2026-12-01T10:00:00+01000":                       form,
		"2026-12-01T10:00:00 01:00":                       form,
		"2026-12-01T24:00:00Z":                            clock + "an hour",
		"2026-12-01T24:30:00Z":                            clock + "an hour",
		"2026-12-01T25:00:00Z":                            clock + "an hour",
		"2026-12-01T10:60:00Z":                            clock + "minutes",
		"2026-12-01T10:00:60Z":                            clock + "minutes",
		"2026-12-31T23:59:60Z":                            clock + "minutes",
		"2026-02-30T10:00:00Z":                            day,
		"2026-02-29T10:00:00Z":                            day,
		"2026-02-30T10:00:00":                             day,
		"2026-04-31T10:00:00Z":                            day,
		"2026-13-01T10:00:00Z":                            day,
		"2026-00-01T10:00:00Z":                            day,
		"2026-12-00T10:00:00Z":                            day,
		"2026-W49-2T10:00:00Z":                            form,
		"2026W492T100000Z":                                form,
		"2026-335T10:00:00Z":                              form,
		"2026335T100000Z":                                 form,
		"2026-12T10:00:00Z":                               form,
		"2026-1201T10:00:00Z":                             form,
		"202612-01T10:00:00Z":                             form,
		"26-12-01T10:00:00Z":                              form,
		"+002026-12-01T10:00:00Z":                         form,
		"2026-12-01":                                      form,
		"2026-12-01Z":                                     form,
		"2026-12-1T10:00:00Z":                             form,
		"2026-12-01T1:00:00Z":                             form,
		"2026-12-01T10:00:00.Z":                           form,
		"2026-12-01T10:00.5Z":                             form,
		"2026-12-01T10:00:0Z":                             form,
		"2026-12-01T10:0000Z":                             form,
		"2026-12-01T1000:00Z":                             form,
		"2026-12-01  10:00:00Z":                           form,
		"2026-12-01T10:00:00ZZ":                           form,
		"2026-12-01T10:00:00Z+01:00":                      form,
		"2026-12-01T10:00:00 UTC":                         form,
		"2026-12-01T10:00:00 CET":                         form,
		"2026-12-01T10:00:00+01:00[Europe/Paris]":         form,
		"Tue, 01 Dec 2026 10:00:00 GMT":                   form,
		"01/12/2026 10:00":                                form,
		"1796119200":                                      form,
		"tomorrow":                                        form,
		"":                                                form,
		"٢٠٢٦-12-01T10:00:00Z":                            form,
		"2026-12-01T10:00:00Z" + strings.Repeat(" .", 40): form,
	} {
		if got, err := Parse(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is %v, %v; want an error with %q", s, got, err, want)
		}
	}
}

// strict is RFC 3339. Go's parser accepts more, such as 1:00 for 01:00.
var strict = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$`)

// FuzzParse compares with Go's parser where both apply, and holds that what was read means the same when it is written
// out and read again.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"2026-12-01T10:00:00Z", "20261201T100000,5+0100", "2026-12-01 10:00 -03", "2026-02-30T24:60:60-24:00",
		"0000-01-01T00:00:00+14:00", "2026-12-01T10:00:00.999999999-12:00", "2026-W49-2T10Z",
	} {
		f.Add(s)
	}

	f.Fuzz(func(t *testing.T, s string) {
		got, err := Parse(s)
		if strict.MatchString(s) {
			want, fails := time.Parse(time.RFC3339Nano, s)
			_, seconds := want.Zone()
			away := time.Duration(seconds) * time.Second
			inUse := away >= minOffset && away <= maxOffset
			if (err == nil) != (fails == nil && inUse) || err == nil && !got.Equal(want) {
				t.Fatalf("%q is %v, %v; Go reads %v, %v", s, got, err, want, fails)
			}
		}

		if err != nil {
			if !strings.HasPrefix(err.Error(), "must ") {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		if got.Year() < 0 || got.Year() > 9999 {
			return // an offset led out of the years that can be written
		}

		again, err := Parse(got.Format(time.RFC3339Nano))
		if err != nil || !again.Equal(got) {
			t.Fatalf("%q is %v, again %v, %v", s, got, again, err)
		}
	})
}
