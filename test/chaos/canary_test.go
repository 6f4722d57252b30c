package chaos

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/syssecure/syssecure/internal/app"
)

const canarySends = 40

// TestStolenDatabase_RevealsNothing: a stolen database with its log files contains no text, no number and no secret.
// The server runs in the test process, so that its log can have the level debug.
func TestStolenDatabase_RevealsNothing(t *testing.T) {
	folder := evidence(t)
	carrier := startSim(t, 1)
	carrier.rejects = func(to string) bool { return strings.HasSuffix(to, "3") }
	s := newSite(t, folder,
		siteOptions{carrier: carrier.url, credits: crashCredits, more: "[webhooks]\nallow_cidrs = [\"127.0.0.0/8\"]\n"})
	carrier.reports = "http://" + s.listen + "/carriers/sim/receipts"
	log := filepath.Join(folder, "debug.log")
	stop := s.runInside(t, log)
	canaries := s.useAll(t, carrier)
	haystacks := stolen(t, s.data, log) // with the write-ahead log, before a checkpoint removes it
	stop()

	for name, data := range stolen(t, s.data, log) {
		haystacks["stopped "+name] = data
	}
	if len(haystacks["syssecure.db"]) == 0 || len(haystacks["syssecure.db-wal"]) == 0 ||
		len(haystacks["debug.log"]) == 0 {
		t.Errorf("files are missing or empty; there are %d", len(haystacks))
	}

	hits := 0
	for what, canary := range canaries {
		for form, needle := range forms(canary) {
			for name, data := range haystacks {
				if at := bytes.Index(data, needle); at >= 0 {
					hits++
					t.Errorf("%s is in %s, %s, at byte %d", what, name, form, at)
				}
			}
		}
	}
	t.Logf("secrets=%d files=%d hits=%d", len(canaries), len(haystacks), hits)
}

// lockedFile is a log for several goroutines.
type lockedFile struct {
	mu sync.Mutex
	*os.File
}

func (f *lockedFile) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.File.Write(p)
}

// runInside serves until stop is called.
func (s *site) runInside(t *testing.T, log string) (stop func()) {
	t.Helper()
	conf, err := app.LoadConfig(s.conf, nil)
	check(t, err)
	file, err := os.Create(log)
	check(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	a, err := app.New(ctx, conf,
		slog.New(slog.NewTextHandler(&lockedFile{File: file}, &slog.HandlerOptions{Level: slog.LevelDebug})))
	check(t, err)
	ended := make(chan error, 1)

	go func() { ended <- a.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the server ended with %v", err)
		}
		_ = file.Close()
	})
	t.Cleanup(stop)

	return stop
}

// useAll sends secrets through every path, failing ones included, and returns them.
func (s *site) useAll(t *testing.T, carrier *sim) (canaries map[string]string) {
	t.Helper()
	a, wrong := s.api(s.key, 0), s.api(s.key[:len(s.key)-12]+"AAAAAABBBBBB", 0)
	defer a.close()
	defer wrong.close()
	canaries = map[string]string{
		"the API key's secret": s.key[strings.LastIndexByte(s.key, '_')+1:], "the carrier's token": carrierToken,
		"the callback secret": s.callback,
		"a wrong key":         wrong.key[strings.LastIndexByte(wrong.key, '_')+1:],
	}

	post := func(a *api, path, key, body string) {
		_, err := a.call(t.Context(), http.MethodPost, path, key, body)
		check(t, err)
	}

	s.useWebhooks(t, a, canaries)
	for n := range int64(canarySends) {
		to := mobile(5_273_800 + n)
		canaries["number "+strconv.FormatInt(n, 10)] = to[1:]
		canaries["national number "+strconv.FormatInt(n, 10)] = to[3:]
		key := "canary-" + strconv.FormatInt(n, 10)
		r, err := a.call(t.Context(), http.MethodPost, "/v2/otp/send", key, sendBody(to))
		check(t, err)
		canaries["text "+strconv.FormatInt(n, 10)] = carrier.text(to)
		id, _, _ := strings.Cut(strings.TrimPrefix(string(r.body), `{"otp_id":"`), `"`)
		post(a, "/v2/otp/verify", key+"-wrong", verifyBody(id, "000000"))
		post(a, "/v2/otp/"+id+"/resend", "", "")
		address := "198.51.100." + strconv.FormatInt(100+n, 10)
		canaries["address "+strconv.FormatInt(n, 10)] = address
		post(a, "/v2/otp/send", "",
			strings.TrimSuffix(sendBody(mobile(5_373_800+n)), "}")+`,"client_ip":"`+address+`"}`)
		if n%2 == 0 {
			post(a, "/v2/otp/verify", key+"-right", verifyBody(id, carrier.code(to)))
		} else {
			post(a, "/v2/otp/"+id+"/cancel", "", "")
		}

		post(wrong, "/v2/otp/send", "", sendBody(to))
		post(a, "/v2/otp/send", "", strings.Replace(sendBody(to), `"sms"`, `"pigeon"`, 1))
		post(a, "/v2/otp/send", "", sendBody(to+"0000"))
		text := fmt.Sprintf("canary text %d, quite unmistakable", n)
		canaries["SMS "+strconv.FormatInt(n, 10)] = text
		post(a, "/v2/sms/send", "", `{"to":"`+to+`","body":"`+text+`"}`)
		_, err = a.call(t.Context(), http.MethodGet, "/v2/sandbox/messages?to="+url.QueryEscape(to), "", "")
		check(t, err)
	}

	return canaries
}

// useWebhooks has every event posted to a server that answers an error with the event in it.
func (s *site) useWebhooks(t *testing.T, a *api, canaries map[string]string) {
	t.Helper()
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = io.Copy(w, r.Body)
	}))

	t.Cleanup(echo.Close)
	var made, rotated, callback struct{ ID, Secret string }
	for _, c := range []struct {
		path, body string
		out        any
	}{
		{path: "/v2/webhooks", body: `{"url":"` + echo.URL + `"}`, out: &made},
		{path: "/v2/webhooks/ID/rotate-secret", out: &rotated},
		{path: "/v2/webhooks/callback/rotate-secret", out: &callback},
	} {
		r, err := a.call(t.Context(), http.MethodPost, strings.Replace(c.path, "ID", made.ID, 1), "hook-"+c.path,
			c.body)
		check(t, err)
		check(t, json.Unmarshal(r.body, c.out))
	}

	for name, secret := range map[string]string{
		"the endpoint's first secret": made.Secret,
		"its second":                  rotated.Secret, "the second callback secret": callback.Secret,
	} {
		if len(secret) < 40 {
			t.Fatalf("%s is %q", name, secret)
		}
		canaries[name] = strings.TrimPrefix(secret, "whsec_")
	}
}

// stolen reads what a thief finds: everything but the master key, which is kept elsewhere.
func stolen(t *testing.T, data, log string) map[string][]byte {
	t.Helper()
	found := map[string][]byte{}
	check(t, filepath.WalkDir(data, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "master.key" {
			return err
		}
		found[d.Name()], err = os.ReadFile(path)
		return err
	}))

	text, err := os.ReadFile(log)
	check(t, err)
	found[filepath.Base(log)] = text

	return found
}

// forms are the encodings in which a secret is searched.
func forms(secret string) map[string][]byte {
	raw := []byte(secret)
	backwards := slices.Clone(raw)
	slices.Reverse(backwards)
	out := map[string][]byte{
		"raw": raw, "backwards": backwards, "in hex": []byte(hex.EncodeToString(raw)),
		"in upper hex": []byte(strings.ToUpper(hex.EncodeToString(raw))), "in a URL": []byte(url.QueryEscape(secret)),
	}

	for shift := range 3 {
		// A text has three forms in base64, by its offset. Its edges depend on its neighbours and are cut off.
		text := base64.RawStdEncoding.EncodeToString(append(make([]byte, shift), raw...))
		text = text[(shift*8+5)/6 : len(text)-1]
		out[fmt.Sprintf("in base64 from %d", shift)] = []byte(text)
		out[fmt.Sprintf("in base64url from %d", shift)] = []byte(strings.NewReplacer("+", "-", "/", "_").Replace(text))
	}

	if n, err := strconv.ParseUint(secret, 10, 64); err == nil && n > 1<<32 {
		big := binary.BigEndian.AppendUint64(nil, n)
		little := binary.LittleEndian.AppendUint64(nil, n)
		out["as an integer"], out["as a little-endian integer"] = big[3:], little[:5]
	}

	return out
}

func TestStolenDatabase_Forms(t *testing.T) {
	t.Parallel()
	const secret = "32475273811"
	for shift := range 3 {
		text := []byte(base64.StdEncoding.EncodeToString([]byte("abcdef"[:shift] + secret + "xyz")))
		if !bytes.Contains(text, forms(secret)[fmt.Sprintf("in base64 from %d", shift)]) {
			t.Errorf("%q does not contain the form for a shift of %d", text, shift)
		}
	}
	if !bytes.Contains(binary.BigEndian.AppendUint64(nil, 32475273811), forms(secret)["as an integer"]) {
		t.Error("the integer is not found")
	}
}
