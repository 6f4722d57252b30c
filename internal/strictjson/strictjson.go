// Package strictjson refuses JSON that parsers read in different ways or at different cost, before one reads it.
//
// It is pure, and no parser: what is not JSON at all is left to one.
package strictjson

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Check refuses what parsers read in different ways or at different cost: nesting beyond maxDepth, and an object that
// names a key twice (of which Go's parser takes the last and others the first). Other mistakes are left to the parser.
func Check(b []byte, maxDepth int) error {
	var open []frame
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '{', '[':
			if len(open) == maxDepth {
				return fmt.Errorf("the body is nested deeper than %d levels; flatten it", maxDepth)
			}
			open = append(open, frame{object: b[i] == '{', key: b[i] == '{'})
		case '}', ']':
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		case ',':
			if len(open) > 0 {
				open[len(open)-1].key = open[len(open)-1].object
			}
		case '"':
			end := stringEnd(b, i)
			if end < 0 {
				return nil
			}
			if n := len(open); n > 0 && open[n-1].key {
				key := plainKey(b[i : end+1])
				if !open[n-1].add(key) {
					return fmt.Errorf("the key %q stands twice in one object; send it once", cut(key))
				}
				open[n-1].key = false
			}
			i = end
		}
	}

	return nil
}

// frame is one open object or array.
type frame struct {
	object bool
	key    bool // the next string is a key
	few    [][]byte
	many   map[string]struct{}
}

// fewKeys is up to where comparing one by one is cheaper than a map.
const fewKeys = 12

func (f *frame) add(key []byte) bool {
	if f.many != nil {
		if _, ok := f.many[string(key)]; ok {
			return false
		}
		f.many[string(key)] = struct{}{}
		return true
	}

	for _, k := range f.few {
		if bytes.Equal(k, key) {
			return false
		}
	}

	if f.few = append(f.few, key); len(f.few) > fewKeys {
		f.many = make(map[string]struct{}, 2*len(f.few))
		for _, k := range f.few {
			f.many[string(k)] = struct{}{}
		}
	}

	return true
}

// stringEnd finds the closing quote of the string that opens at i; -1 when there is none.
func stringEnd(b []byte, i int) int {
	for i++; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}

	return -1
}

// plainKey reads a key, so that "to" and "\u0074o" are the same.
func plainKey(quoted []byte) []byte {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return quoted[1 : len(quoted)-1]
	}
	var s string
	if json.Unmarshal(quoted, &s) != nil {
		return quoted
	}

	return []byte(s)
}

func cut(key []byte) string {
	const most = 64
	if len(key) > most {
		key = key[:most]
	}
	return string(key)
}
