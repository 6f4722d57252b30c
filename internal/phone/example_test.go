package phone_test

import (
	"fmt"

	"github.com/syssecure/syssecure/internal/phone"
)

// A number is read in E.164 form, with what the numbering plans say about it. Anything else is an error that says why.
func ExampleParse() {
	for _, written := range []string{"+32470123456", "+12025550143", "0470123456"} {
		number, info, err := phone.Parse(written)
		if err != nil {
			fmt.Println(written, "is invalid:", err)
			continue
		}
		fmt.Println(number.E164(), info.Country, info.Type, info.Valid)
	}

	// Output:
	// +32470123456 BE mobile true
	// +12025550143 US fixed_line_or_mobile true
	// 0470123456 is invalid: phone number is not in E.164 form: write + and the country code first, such as +32470123456
}

// A number prints masked, so that it reaches no log by accident.
func ExampleNumber_String() {
	number, _, _ := phone.Parse("+32470123456")
	fmt.Println(number)
	fmt.Println(number.E164())
	// Output:
	// +3247•••••56
	// +32470123456
}
