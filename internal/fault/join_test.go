package fault_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/syssecure/syssecure/internal/fault"
)

func TestCollect(t *testing.T) {
	t.Parallel()
	if fault.Collect(nil) != nil {
		t.Error("no faults gave a fault")
	}

	phone := fault.Number("to", fmt.Errorf("no number"))
	got := fault.Collect([]*fault.Fault{
		phone, fault.Invalid("a", "first"), fault.Invalid("b", "second"), fault.Invalid("a", "again"),
	})
	want := []fault.FieldError{
		{Field: "a", Message: "first"},
		{Field: "b", Message: "second"},
		{Field: "to", Message: phone.Message},
	}
	if got.Code != fault.InvalidParams || got.Message != "first" || got.Details.Field != "a" ||
		fmt.Sprint(got.Details.Errors) != fmt.Sprint(want) {
		t.Errorf("collected %+v", got)
	}
	if got := fault.Collect([]*fault.Fault{phone}); got.Status != 422 || got.Details.Reason != "format" {
		t.Errorf("one is %+v", got)
	}
	if got := fault.Collect([]*fault.Fault{fault.New(fault.InvalidParams, "no JSON")}); got.Details.Errors != nil {
		t.Errorf("one about the whole is %+v", got)
	}

	// Missing credits are left out, and a collected fault is listed field by field.
	both := fault.Collect([]*fault.Fault{fault.New(fault.InsufficientCredits, "no credits"), got})
	if both.Status != 400 || fmt.Sprint(both.Details.Errors) != fmt.Sprint(want) {
		t.Errorf("with missing credits: %+v", both)
	}
}

func TestJoin(t *testing.T) {
	t.Parallel()
	a, b, down := fault.Invalid("a", "first"), fault.Invalid("b", "second"), errors.New("the disk is full")
	for name, c := range map[string]struct {
		errs   []error
		err    error // exactly this one
		status int
		listed int
	}{
		"nothing":       {errs: []error{nil, nil}},
		"one":           {errs: []error{nil, a}, status: 400, listed: 1},
		"two":           {errs: []error{a, b}, status: 400, listed: 2},
		"a wrapped one": {errs: []error{fmt.Errorf("set: %w", a), b}, status: 400, listed: 2},
		"an unknown template": {
			errs: []error{fault.New(fault.NotFound, "no").WithField("template"), b}, status: 400, listed: 2,
		},
		"an error of the server":  {errs: []error{a, down, b}, err: down},
		"a database that is down": {errs: []error{a, fault.Unavailable(down)}, status: 503},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := fault.Join(c.errs...)
			switch {
			case c.status == 0 && !errors.Is(err, c.err):
				t.Errorf("joined to %v, want %v", err, c.err)
			case c.status != 0 &&
				(fault.From(err).Status != c.status || len(fault.From(err).Details.Errors) != c.listed):
				t.Errorf("joined to %+v", err)
			}
		})
	}
}
