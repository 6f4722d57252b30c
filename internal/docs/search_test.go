package docs

import (
	"slices"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/api"
)

// TestSearch: what a reader has before the eyes on a bad day is found: a status, a header, a reason, a number of the sandbox.
func TestSearch(t *testing.T) {
	t.Parallel()
	s, err := newSite(Config{}, api.JSON)
	if err != nil {
		t.Fatal(err)
	}
	for query, page := range map[string]string{
		"429": "/docs", "STOP": "/docs", "sk_test": "/docs", "+15005550010": "/docs/sandbox", "X-SysSecure-Signature": "/docs/webhooks",
		"max_attempts": "/docs", "incorrect": "/docs", "doc_url": "/docs", "Retry-After": "/docs", "proxy": "/docs", "hmac": "/docs",
		"132001": "/docs", "send an otp": "/docs/api/otp", "expires_in": "/docs/api/otp#send-otp", "missing_scope": "/docs/errors#missing_scope",
		"trusted_proxies": "/docs/configuration",
	} {
		found := s.search(query, 10)
		if !slices.ContainsFunc(found, func(e entry) bool { return strings.HasPrefix(e.Href, page) }) {
			t.Errorf("%s: %d were found, and none is on %s", query, len(found), page)
		}
	}
	if found := s.search("xyzzy", 10); len(found) > 0 {
		t.Errorf("found %+v", found)
	}
	if size := len(encodeIndex(s.entries)); size > 128<<10 {
		t.Errorf("the index for scripts has %d bytes", size)
	}
}
