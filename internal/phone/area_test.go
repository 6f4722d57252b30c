package phone

import "testing"

func TestLocate(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]Area{
		"+32470123456": {"BE", "+3247"}, "+14155550132": {"US", "+1415"}, "+14165550132": {"CA", "+1416"},
		"+353871234567": {"IE", "+35387"},
		"+447911123456": {"GG", "+4479"}, "+79161234567": {"RU", "+7916"}, "+88016": {}, "": {}, "32470123456": {},
		"+2101234567": {"", "+210"},
	} {
		if got := Locate(Number(number)); got != want {
			t.Errorf("%s: %+v, want %+v", number, got, want)
		}
	}

	for _, number := range exampleNumbers() {
		n, info, err := Parse(number)
		if err != nil {
			continue
		}
		if got := Locate(n); got.Country != info.Country || len(got.Prefix) < 4 || len(got.Prefix) > 6 ||
			number[:len(got.Prefix)] != got.Prefix {
			t.Errorf("%s: %+v, the plan says %+v", number, got, info)
		}
	}
}
