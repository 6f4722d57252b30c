package httpsms

import (
	"fmt"
	"slices"
	"strings"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
)

// pairs reads a list of "name=value". Of two with the same name the last counts, so that a carrier's own come after
// those of
// its profile.
func pairs(list []string) (map[string]string, error) {
	out := map[string]string{}
	for _, one := range list {
		name, value, ok := strings.Cut(one, "=")
		if !ok {
			return nil, fmt.Errorf("must be a list of \"name=value\", has %q", one)
		}
		out[strings.TrimSpace(name)] = strings.TrimSpace(value)
	}
	return out, nil
}

// The words for what an answer means, beside the reasons.
const (
	acceptedWord  = "accepted"
	retryWord     = "retry"
	throttledWord = "throttled"
	operatorWord  = "operator"
	anyCode       = "*"
)

// meanings reads the table of codes: each is a reason of the published list, or one of the words above.
func meanings(list []string) (map[string]string, error) {
	out, err := pairs(list)
	for code, meaning := range out {
		words := []string{acceptedWord, retryWord, throttledWord, operatorWord}
		if !slices.Contains(words, meaning) && !isReason(meaning) {
			return nil, fmt.Errorf("must give a reason, or %s, has %q", strings.Join(words, ", "), code+"="+meaning)
		}
	}
	return out, err
}

func isReason(s string) bool { return slices.Contains(message.Reasons, message.Reason(s)) }

// reasons reads a table of codes of receipts.
func reasons(list []string) (map[string]message.Reason, error) {
	texts, err := pairs(list)
	out := map[string]message.Reason{}
	for code, reason := range texts {
		if !isReason(reason) {
			return nil, fmt.Errorf("must give a reason, such as unreachable, has %q", code+"="+reason)
		}
		out[code] = message.Reason(reason)
	}
	return out, err
}

// verdict is what a status of a receipt means.
type verdict struct {
	status carrier.Status
	reason message.Reason // of a failure, when the status says it
}

var verdictWords = map[string]carrier.Status{
	"delivered": carrier.Delivered, "read": carrier.Read, "failed": carrier.Failed, "buffered": carrier.Buffered,
}

// verdicts reads a table of statuses: delivered, read, buffered, failed, or failed: and a reason. Their case does not
// count.
func verdicts(list []string) (map[string]verdict, error) {
	texts, err := pairs(list)
	out := map[string]verdict{}
	for status, meaning := range texts {
		word, reason, hasReason := strings.Cut(meaning, ":")
		known, ok := verdictWords[word]
		if !ok || hasReason && (known != carrier.Failed || !isReason(reason)) {
			return nil, fmt.Errorf("must give delivered, read, buffered, failed or failed:reason, has %q", status+"="+meaning)
		}
		out[strings.ToLower(status)] = verdict{known, message.Reason(reason)}
	}
	return out, err
}
