package egress

import (
	"net/url"
	"strings"
	"testing"
)

func TestCheckURL(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"https://example.com", "http://example.com:8080/a?b=c", "HTTPS://EXAMPLE.COM/", "https://[2001:db8::1]:443/x",
		"http://127.0.0.1/",
		"https://xn--bcher-kva.example/%E2%82%AC", "https://example.com:65535",
		"https://example.com/" + strings.Repeat("a", MaxURL-20),
	} {
		if err := CheckURL(s); err != nil {
			t.Errorf("%s is refused: %v", s, err)
		}
	}

	for s, want := range map[string]string{
		"": "absolute", "example.com": "absolute", "//example.com": "absolute", "/hook": "absolute",
		"ftp://example.com": "absolute", "javascript:alert(1)": "absolute",
		"https:example.com": "absolute", "https://": "absolute", "https:///x": "absolute", "https://:443/": "absolute",
		"https://exa mple.com":    "absolute",
		"https://example.com/a b": "absolute", "https://example.com/\n": "absolute",
		"https://bücher.example/": "absolute", " https://example.com": "absolute",
		"https://example.com/%zz": "absolute", "https://user@example.com": "user name",
		"https://user:pass@example.com": "user name", "https://@example.com": "user name",
		"https://example.com#x": "fragment", "https://example.com/#": "fragment", "https://example.com:": "port",
		"https://example.com:0":     "port",
		"https://example.com:65536": "port", "https://example.com:x": "absolute",
		"https://example.com/" + strings.Repeat("a", MaxURL-19): "2048",
	} {
		if err := CheckURL(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: %v, want something about %s", s, err, want)
		}
	}
}

func FuzzCheckURL(f *testing.F) {
	for _, s := range []string{
		"https://example.com:443/a?b#c", "http://u:p@[::1%25eth0]:80", "https://a\x00b",
		"https://a@b@c/",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if CheckURL(s) != nil {
			return
		}
		u, err := url.Parse(s)
		if err != nil || u.User != nil || u.Fragment != "" || u.Hostname() == "" || u.Scheme != "http" &&
			u.Scheme != "https" || len(s) > MaxURL {
			t.Fatalf("%q was taken: %+v, %v", s, u, err)
		}
		if again, err := url.Parse(u.String()); err != nil || again.Host != u.Host {
			t.Fatalf("%q is read as %q, then as %v", s, u.Host, err)
		}
	})
}
