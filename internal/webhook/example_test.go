package webhook_test

import (
	"fmt"

	"github.com/syssecure/syssecure/internal/webhook"
)

// A body is signed in both published forms, for receivers that check X-SysSecure-Signature and for those that use a
// library of standardwebhooks.com.
func ExampleSign() {
	secret := "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	body := []byte(`{"type":"message.delivered"}`)
	signed := webhook.Sign([]string{secret}, 1763848800, "evt_01KQ2M0MGVX78FP3C9QB3CV89S", body)
	fmt.Println(signed.Ours)
	fmt.Println(signed.Standard)
	// Output:
	// t=1763848800,v1=96af8debb6ee3e557a93396463214258d211607613ac72b727fa26ad27903c6e
	// v1,euTebEMqHQfVZTYEtEKOJMPyuCqCQ7ES8aP6cqBwJh0=
}

// While a secret is rotated each body has a signature by the new secret and by the old one, and a receiver needs only
// one of them.
func ExampleSign_rotation() {
	fresh, old := "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_plJ3nmyCDGBKInavdOK15jsl"
	signed := webhook.Sign([]string{fresh, old}, 1763848800, "evt_01KQ2M0MGVX78FP3C9QB3CV89S", []byte(`{}`))
	fmt.Println(signed.Standard)
	// Output:
	// v1,mj+a0WTn2ummSRs2X7AKkM8tmCGeUioIuqxvgrvqr0c= v1,17yKdTuvu2vlkfmn/1KciWWndYo3CzfkWUNbgVdA2KI=
}
