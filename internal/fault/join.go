package fault

import (
	"errors"
	"slices"
)

// maxErrors bounds the faults in one answer; a request may have a thousand unknown fields.
const maxErrors = 20

// Collect makes one fault of several: the message is that of the first, details.errors has them all, one for each
// field. Mistakes in the request's form come before values that cannot be used, such as an impossible number. Faults
// that are not about the request itself, such as missing credits, are left out when there are others: those have to be
// corrected first.
func Collect(faults []*Fault) *Fault {
	if len(faults) == 0 {
		return nil
	}
	faults = slices.Clone(faults)
	slices.SortStableFunc(faults, func(a, b *Fault) int { return rank(a) - rank(b) })

	first := *faults[0]
	first.Details.Errors = nil
	listed := map[string]bool{}
	for _, e := range list(faults) {
		if e.Field != "" && listed[e.Field] || len(first.Details.Errors) == maxErrors {
			continue
		}
		listed[e.Field] = true
		first.Details.Errors = append(first.Details.Errors, e)
	}
	if first.Details.Field == "" && len(first.Details.Errors) == 1 {
		first.Details.Errors = nil // it would only repeat the message
	}

	return &first
}

// list is details.errors for sorted faults.
func list(faults []*Fault) (out []FieldError) {
	for _, f := range faults {
		switch {
		case rank(f) == rankOther && rank(faults[0]) != rankOther:
		case len(f.Details.Errors) > 0:
			out = append(out, f.Details.Errors...) // the result of an earlier Collect
		default:
			out = append(out, FieldError{Field: f.Details.Field, Message: f.Message})
		}
	}

	return out
}

// The order of faults: the form of a request, the meaning of its fields, and anything else.
const (
	rankForm = iota
	rankField
	rankOther
)

func rank(f *Fault) int {
	switch {
	case f.Code == InvalidParams:
		return rankForm
	case f.Code == InvalidPhone || f.Code == NotFound && f.Details.Field != "":
		return rankField
	}
	return rankOther
}

// Join is Collect for checks that return errors; nil errors are skipped. An error that is not the caller's fault, such
// as a database that does not answer, is returned alone, because it is not known what else is wrong.
func Join(errs ...error) error {
	var faults []*Fault
	for _, err := range errs {
		var f *Fault
		switch {
		case err == nil:
		case !errors.As(err, &f) || f.Status >= statuses[Internal]:
			return err
		default:
			faults = append(faults, f)
		}
	}
	if len(faults) == 0 {
		return nil
	}

	return Collect(faults)
}
