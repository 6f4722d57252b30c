// Package strictjson refuses JSON on which parsers disagree, or which costs them much, before one of them reads it. It
// is not a parser itself: text that is not JSON at all is left to one.
package strictjson

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Check reports nesting beyond maxDepth, and an object with the same key twice, of which Go's parser takes the last
// value and others the first. Other mistakes are left to the parser.
func Check(b []byte, maxDepth int) error {
	var open []container
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '{', '[':
			if len(open) == maxDepth {
				return fmt.Errorf("the body is nested deeper than %d levels; flatten it", maxDepth)
			}
			open = append(open, container{object: b[i] == '{', key: b[i] == '{'})
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
					return fmt.Errorf("the key %q appears twice in one object; send it once", cut(key))
				}
				open[n-1].key = false
			}
			i = end
		}
	}

	return nil
}

// container is one open object or array.
type container struct {
	object bool
	key    bool // the next string is a key
	few    [][]byte
	many   map[string]struct{}
}

// fewKeys is how many keys are cheaper to compare one by one than in a map.
const fewKeys = 12

func (c *container) add(key []byte) bool {
	if c.many != nil {
		if _, ok := c.many[string(key)]; ok {
			return false
		}
		c.many[string(key)] = struct{}{}
		return true
	}

	for _, k := range c.few {
		if bytes.Equal(k, key) {
			return false
		}
	}

	if c.few = append(c.few, key); len(c.few) > fewKeys {
		c.many = make(map[string]struct{}, 2*len(c.few))
		for _, k := range c.few {
			c.many[string(k)] = struct{}{}
		}
	}

	return true
}

// stringEnd is the index of the closing quote of the string that begins at i, or -1.
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

// plainKey decodes a key, so that "to" and "\u0074o" are the same.
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
