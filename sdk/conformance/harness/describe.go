package harness

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Operations are what describe must answer, by method.
type Operations map[string]Description

const describePrefix = "describe."

// IDs are the ids of the checks, one for each method, and one for methods that should not be there.
func (o Operations) IDs() []string {
	ids := []string{describePrefix + "nothing_else"}
	for method, d := range o {
		if !d.planned {
			ids = append(ids, describePrefix+method)
		}
	}
	slices.Sort(ids)
	return ids
}

// Describe asks the driver what its SDK has, and compares that with the document. only may leave checks out.
func (r *Runner) Describe(o Operations, only *regexp.Regexp) []Result {
	start := time.Now()
	ids := slices.DeleteFunc(o.IDs(), func(id string) bool { return !only.MatchString(id) })
	if len(ids) == 0 {
		return nil
	}

	described, err := r.describe()
	took := time.Since(start) / time.Duration(len(ids))

	results := make([]Result, len(ids))
	for i, id := range ids {
		results[i] = Result{ID: id, Rule: "Operations", Took: took}
		if err != nil {
			results[i].Failures = []string{err.Error()}
			continue
		}
		results[i].Failures = o.differences(strings.TrimPrefix(id, describePrefix), described)
	}

	return results
}

func (r *Runner) describe() (map[string]Description, error) {
	if err := r.ready(); err != nil {
		return nil, err
	}

	answer, err := r.do(map[string]any{"cmd": "describe", "mode": r.mode})
	if err != nil {
		return nil, err
	}
	if answer.Error != nil {
		return nil, fmt.Errorf("describe failed: %s", answer.Error)
	}

	var content struct {
		Operations map[string]Description `json:"operations"`
	}
	if err := decodeStrictly(answer.OK, &content); err != nil {
		return nil, fmt.Errorf("describe: %w", err)
	}

	return content.Operations, nil
}

func (o Operations) differences(method string, described map[string]Description) []string {
	if method == "nothing_else" {
		var out []string
		for _, name := range slices.Sorted(maps.Keys(described)) {
			if _, ok := o[name]; !ok {
				out = append(out, "there is a method that the document does not have: "+name)
			}
		}
		return out
	}

	got, ok := described[method]
	if !ok {
		return []string{"the method is missing"}
	}
	return append(listDifferences("params", o[method].Params, got.Params),
		listDifferences("result", o[method].Result, got.Result)...)
}

func listDifferences(what string, want, got []string) []string {
	var missing, extra []string
	for _, name := range want {
		if !slices.Contains(got, name) {
			missing = append(missing, name)
		}
	}

	for _, name := range got {
		if !slices.Contains(want, name) {
			extra = append(extra, name)
		}
	}
	var out []string
	if len(missing) > 0 {
		out = append(out, fmt.Sprintf("%s: missing: %s", what, strings.Join(missing, ", ")))
	}

	if len(extra) > 0 {
		out = append(out, fmt.Sprintf("%s: not in the document: %s", what, strings.Join(extra, ", ")))
	}
	return out
}
