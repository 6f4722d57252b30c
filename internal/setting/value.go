package setting

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/secret"
)

// Variable is a value from the environment: text, whatever the key's type.
type Variable string

// Not is the variable of a key that means the opposite of the field that it is stored in.
type Not struct{ To *bool }

// assign stores a decoded value. A value of a wrong type leaves the default.
func (k Key) assign(v any) error {
	switch p := k.To.(type) {
	case *string:
		return put(p, v, asText)
	case *secret.String:
		return put(p, v, asSecret)
	case *bool:
		return put(p, v, asBool)
	case Not:
		return put(p.To, v, asNot)
	case *int:
		return put(p, v, asInt)
	case *int64:
		return put(p, v, asInt64)
	case **uint8:
		return put(p, v, k.asOctet)
	case *time.Duration:
		return put(p, v, asDuration)
	case *guard.Rate:
		return put(p, v, asRate)
	case *message.Channel:
		return put(p, v, asChannel)
	case *message.Charset:
		return put(p, v, asCharset)
	case *route.Strategy:
		return put(p, v, asStrategy)
	case *[]string:
		return putAll(p, v, asText)
	case *[]time.Duration:
		return putAll(p, v, asDuration)
	case *[]guard.Rate:
		return putAll(p, v, asRate)
	case *[]netip.Prefix:
		return putAll(p, v, asPrefix)
	case *guard.Key:
		return put(p, v, asKey)
	case *guard.Counting:
		return put(p, v, asCounting)
	}

	return fmt.Errorf("cannot be set: values of type %T are not supported", k.To)
}

func put[T any](to *T, v any, read func(any) (T, error)) error {
	got, err := read(v)
	if err == nil {
		*to = got
	}
	return err
}

func putAll[T any](to *[]T, v any, read func(any) (T, error)) error {
	return put(to, v, func(v any) ([]T, error) { return each(v, read) })
}

// each reads a list. In the environment it is a JSON list, or values separated by commas; an empty text is an empty
// list.
func each[T any](v any, one func(any) (T, error)) ([]T, error) {
	var items []any
	switch v := v.(type) {
	case []any:
		items = v
	case string:
		if v != "" {
			return nil, errors.New("must be a list, such as [\"…\"]")
		}
	case Variable:
		text := strings.TrimSpace(string(v))
		if strings.HasPrefix(text, "[") {
			if err := json.Unmarshal([]byte(text), &items); err != nil {
				return nil, errors.New("must be a JSON list, or values separated by commas")
			}
		} else if text != "" {
			for part := range strings.SplitSeq(text, ",") {
				items = append(items, Variable(strings.TrimSpace(part)))
			}
		}
	default:
		return nil, errors.New("must be a list, such as [\"…\"]")
	}

	out := make([]T, 0, len(items))
	for i, item := range items {
		got, err := one(item)
		if err != nil {
			return nil, fmt.Errorf("(element %d) %w", i+1, err)
		}
		out = append(out, got)
	}

	return out, nil
}

func asText(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case Variable:
		return string(v), nil
	}
	return "", errors.New("must be a string")
}

func asBool(v any) (bool, error) {
	switch v := v.(type) {
	case bool:
		return v, nil
	case Variable:
		if b, err := strconv.ParseBool(string(v)); err == nil {
			return b, nil
		}
	}

	return false, errors.New("must be true or false")
}

func asNot(v any) (bool, error) {
	b, err := asBool(v)
	return !b, err
}

func asSecret(v any) (secret.String, error) {
	s, err := asText(v)
	return secret.NewString(s), err
}

func asInt64(v any) (int64, error) {
	switch v := v.(type) {
	case int64:
		return v, nil
	case Variable:
		if n, err := strconv.ParseInt(string(v), 10, 64); err == nil {
			return n, nil
		}
	}

	return 0, errors.New("must be a whole number")
}

func asInt(v any) (int, error) {
	n, err := asInt64(v)
	return int(n), err
}

// asOctet reads a whole number within the key's bounds, or of 0…255.
func (k Key) asOctet(v any) (*uint8, error) {
	if k.High == 0 || k.High > math.MaxUint8 {
		k.High = math.MaxUint8
	}
	n, err := asInt(v)
	if err != nil {
		return nil, err
	}
	if err := k.between(n); err != nil {
		return nil, err
	}
	octet := uint8(n)

	return &octet, nil
}

// mostDays is far above every bound, and still fits into a time.Duration.
const mostDays = 36500

func asDuration(v any) (time.Duration, error) {
	s, err := asText(v)
	if err == nil {
		if d, bad := time.ParseDuration(s); bad == nil {
			return d, nil
		}
		if days, ok := strings.CutSuffix(s, "d"); ok {
			if n, bad := strconv.ParseUint(days, 10, 16); bad == nil && n <= mostDays {
				return time.Duration(n) * 24 * time.Hour, nil
			}
		}
	}

	return 0, errors.New("must be a duration such as \"30s\" or \"90d\"")
}

func asRate(v any) (guard.Rate, error) {
	s, err := asText(v)
	if err != nil {
		return guard.Rate{}, errors.New("must be a rate such as \"5/10m\"")
	}
	return guard.ParseRate(s)
}

func asChannel(v any) (message.Channel, error) {
	s, err := asText(v)
	if err != nil {
		return 0, err
	}

	c, err := message.ParseChannel(s)
	if err != nil {
		return 0, fmt.Errorf("must be whatsapp, sms, telegram or voice, is %q", s)
	}

	return c, nil
}

func asCharset(v any) (message.Charset, error) {
	s, err := asText(v)
	if err != nil {
		return 0, err
	}
	return message.ParseCharset(s)
}

func asStrategy(v any) (route.Strategy, error) {
	s, err := asText(v)
	if err != nil {
		return 0, err
	}
	return route.ParseStrategy(s)
}

// asPrefix reads a range or a single address.
func asPrefix(v any) (netip.Prefix, error) {
	s, err := asText(v)
	if err != nil {
		return netip.Prefix{}, err
	}
	if p, err := netip.ParsePrefix(s); err == nil {
		return p.Masked(), nil
	}
	if ip, err := netip.ParseAddr(s); err == nil && ip.Zone() == "" {
		return netip.PrefixFrom(ip, ip.BitLen()), nil
	}

	return netip.Prefix{}, fmt.Errorf("must be a range such as \"10.0.0.0/8\", is %q", s)
}

func asKey(v any) (guard.Key, error) {
	s, err := asText(v)
	if err != nil {
		return "", err
	}
	return guard.ParseKey(s)
}

func asCounting(v any) (guard.Counting, error) {
	s, err := asText(v)
	if c := guard.Counting(s); err == nil && (c == guard.CountSends || c == guard.CountCountries) {
		return c, nil
	}
	return "", errors.New("must be sends or countries")
}
