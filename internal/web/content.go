package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// How long a browser may use an answer without asking again.
const (
	// Immutable is for assets, whose names change with their content.
	Immutable = "public, max-age=31536000, immutable"
	// Revalidate is for pages: the browser asks each time, and mostly gets 304.
	Revalidate = "no-cache"
	// NoStore is for pages that are made for one request.
	NoStore = "no-store"
)

// Content is an answer that is made once and served many times. Only its compressed form is kept.
type Content struct {
	Kind, Cache string
	tag         string
	packed      []byte
	raw         []byte // of content that does not become smaller
}

// NewContent compresses a body. Fonts are compressed already.
func NewContent(kind, cache string, body []byte) *Content {
	sum := sha256.Sum256(body)
	c := &Content{Kind: kind, Cache: cache, tag: hex.EncodeToString(sum[:8])}
	if kind == "font/woff2" {
		c.raw = body
		return c
	}

	p := smallest
	if cache == NoStore { // made for each request
		p = fastest
	}
	c.packed = p.pack(body)

	return c
}

// packer compresses at one level. It keeps compressors for the next content, because each takes about a megabyte.
type packer struct{ idle sync.Pool }

var smallest, fastest = newPacker(gzip.BestCompression), newPacker(gzip.BestSpeed)

func newPacker(level int) *packer {
	return &packer{idle: sync.Pool{New: func() any {
		w, _ := gzip.NewWriterLevel(nil, level) // the level is valid
		return w
	}}}
}

func (p *packer) pack(body []byte) []byte {
	w := p.idle.Get().(*gzip.Writer)
	defer p.idle.Put(w)

	var out bytes.Buffer
	w.Reset(&out)
	_, _ = w.Write(body) // a buffer takes everything
	_ = w.Close()

	return out.Bytes()
}

// Body is the content as it was.
func (c *Content) Body() []byte {
	if c.raw != nil {
		return c.raw
	}
	r, err := gzip.NewReader(bytes.NewReader(c.packed))
	if err != nil {
		return nil // impossible: NewContent packed it
	}
	body, _ := io.ReadAll(r)

	return body
}

// Size is how many bytes are sent.
func (c *Content) Size() int { return len(c.packed) + len(c.raw) }

// Serve answers a GET or HEAD with a status: 304 when the browser has the content, compressed when it may be.
func (c *Content) Serve(w http.ResponseWriter, r *http.Request, status int) {
	h := w.Header()
	SetHeaders(h)
	h.Set("Cache-Control", c.Cache)
	h.Set("Content-Type", c.Kind)
	h.Add("Vary", "Accept-Encoding")
	packed := c.packed != nil && acceptsGzip(r.Header.Get("Accept-Encoding"))
	if c.Cache != NoStore && status == http.StatusOK {
		// Two encodings are two representations, so each has its own tag.
		tag := `"` + c.tag + `"`
		if packed {
			tag = `"` + c.tag + `-gz"`
		}
		h.Set("Etag", tag)
		if matches(r.Header.Get("If-None-Match"), c.tag) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}

	body := c.packed
	if packed {
		h.Set("Content-Encoding", "gzip")
	} else {
		body = c.Body()
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the client is gone
	}
}

// matches reports whether a list of tags has the tag, in either encoding.
func matches(list, tag string) bool {
	for one := range strings.SplitSeq(list, ",") {
		one = strings.Trim(strings.TrimPrefix(strings.TrimSpace(one), "W/"), `"`)
		if one == "*" || strings.TrimSuffix(one, "-gz") == tag {
			return true
		}
	}
	return false
}

// acceptsGzip reports whether the client reads gzip. A quality of zero says that it does not.
func acceptsGzip(accept string) bool {
	for one := range strings.SplitSeq(accept, ",") {
		name, parameter, _ := strings.Cut(one, ";")
		if strings.TrimSpace(name) != "gzip" {
			continue
		}
		value, weighted := strings.CutPrefix(strings.TrimSpace(parameter), "q=")
		quality, err := strconv.ParseFloat(value, 64)

		return !weighted || err == nil && quality > 0
	}

	return false
}
