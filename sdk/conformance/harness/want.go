package harness

import (
	"fmt"
	"slices"
	"strings"
)

// differences compares what the driver reported with what the case wants. key must not be in anything that people read.
func (w *want) differences(a *Answer, key string) []string {
	var out []string
	note := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }

	out = append(out, w.outcomeDifferences(a)...)
	if w.SleepsMS != nil {
		out = append(out, sleepDifferences(w.SleepsMS, a.SleepsMS)...)
	}

	for _, p := range w.Logs {
		if !slices.ContainsFunc(a.Logs, p.MatchString) {
			note("logs: no line matches %s: %s", p, text(a.Logs))
		}
	}
	if w.RequestID != nil && (a.RequestID == nil || *a.RequestID != *w.RequestID) {
		note("request_id: is %s, want %q", text(a.RequestID), *w.RequestID)
	}

	public := a.public()
	// A key this short could be a part of any word.
	if len(key) >= 8 && contains(public, key) {
		note("the key occurs in an error, a log line or a text form: %s", text(public))
	}

	for _, part := range w.Never {
		if contains(public, part) {
			note("%q must not occur in an error, a log line or a text form: %s", part, text(public))
		}
	}
	return out
}

func (w *want) outcomeDifferences(a *Answer) []string {
	if a.Error != nil {
		failure, err := decode(a.Error)
		if err != nil {
			return []string{err.Error()}
		}
		object, _ := failure.(map[string]any)
		if w.Error == nil || object["type"] == "Unexpected" {
			return []string{"the call failed: " + text(failure)}
		}
		out := compareJSON("error", w.Error, failure, false)
		printed, _ := object["text"].(string)
		for _, part := range w.Contains {
			if !strings.Contains(printed, part) {
				out = append(out, fmt.Sprintf("error.text: is %q, and does not hold %q", printed, part))
			}
		}
		return out
	}

	result, err := decode(a.OK)
	if err != nil {
		return []string{err.Error()}
	}

	if w.OK == nil {
		return []string{"the call succeeded, want an error: " + text(result)}
	}
	out := compareJSON("ok", w.OK, result, false)
	for _, part := range w.Contains {
		if shown := a.public(); !contains(shown, part) {
			out = append(out, fmt.Sprintf("no text form holds %q: %s", part, text(shown)))
		}
	}
	return out
}

func sleepDifferences(want [][2]float64, got []float64) []string {
	same := len(want) == len(got)
	for i := 0; same && i < len(want); i++ {
		same = want[i][0] <= got[i] && got[i] <= want[i][1]
	}
	if same {
		return nil
	}
	return []string{fmt.Sprintf("sleeps_ms: are %v, want them in %v", got, want)}
}

// public is what people read: the error, the log lines and, of inspect, the text forms.
func (a *Answer) public() any {
	all := []any{}
	for _, line := range a.Logs {
		all = append(all, line)
	}
	if failure, err := decode(a.Error); err == nil {
		all = append(all, failure)
	}
	if result, err := decode(a.OK); err == nil {
		if object, ok := result.(map[string]any); ok && object["texts"] != nil {
			all = append(all, object["texts"])
		}
	}
	return all
}
