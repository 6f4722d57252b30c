package fault

import (
	"errors"
	"slices"
)

// maxErrors bounds how many faults one answer tells. Who sends a thousand unknown fields learns enough from these.
const maxErrors = 20

// Collect makes one fault of several: the message is that of the first, details.errors has them all, one for each field.
// Those that are not the request's form, such as an impossible number, come last. What is not wrong with the request
// itself, such as credits that are missing, is left out beside what is: the request has to be corrected first.
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
		first.Details.Errors = nil // it says no more than the message
	}

	return &first
}

// list is what an answer tells of faults that are in their order.
func list(faults []*Fault) (out []FieldError) {
	for _, f := range faults {
		switch {
		case rank(f) == rankOther && rank(faults[0]) != rankOther:
		case len(f.Details.Errors) > 0:
			out = append(out, f.Details.Errors...) // it was collected before
		default:
			out = append(out, FieldError{Field: f.Details.Field, Message: f.Message})
		}
	}

	return out
}

// The order of faults: the form of a request, what its fields stand for, and what has nothing to do with its fields.
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

// Join is Collect for checks that return errors; nil ones are passed over. An error that is no fault of the caller, such as
// a database that does not answer, is returned alone: then it is not known what else is wrong.
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
