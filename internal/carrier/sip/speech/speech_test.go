package speech

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The values are those of tables 1a and 2a of ITU-T G.711, as 16-bit samples.
func TestG711_Values(t *testing.T) {
	t.Parallel()
	for mu, want := range map[byte]int16{0x00: -32124, 0x80: 32124, 0xFF: 0, 0x7E: -8, 0xFE: 8, 0x0F: -16764, 0xF0: 120} {
		if got := decodeMu(mu); got != want {
			t.Errorf("µ-law %#x is %d, want %d", mu, got, want)
		}
	}
	for a, want := range map[byte]int16{0xD5: 8, 0x55: -8, 0xAA: 32256, 0x2A: -32256, 0xD4: 24, 0x80: 5504} {
		if got := decodeA(a); got != want {
			t.Errorf("A-law %#x is %d, want %d", a, got, want)
		}
	}

	for n := range 256 {
		b := byte(n)
		if got := encodeA(decodeA(b)); got != b {
			t.Errorf("A-law %#x comes back as %#x", b, got)
		}
		if got := encodeMu(decodeMu(b)); got != b && decodeMu(b) != 0 { // 0 has two forms
			t.Errorf("µ-law %#x comes back as %#x", b, got)
		}
	}
}

// The nearest value is at most half a step away, and the largest step of µ-law is 1024, of A-law 2048.
func TestG711_Nearest(t *testing.T) {
	t.Parallel()
	for sample := -32768; sample <= 32767; sample += 7 {
		mu, a := int(decodeMu(encodeMu(int16(sample)))), int(decodeA(encodeA(int16(sample))))
		size := max(sample, -sample)
		if off := max(mu-sample, sample-mu); off > size/32+16 && size < muMost {
			t.Errorf("µ-law writes %d as %d", sample, mu)
		}
		if off := max(a-sample, sample-a); off > size/31+16 {
			t.Errorf("A-law writes %d as %d", sample, a)
		}
	}
}

func TestLibrary_Complete(t *testing.T) {
	t.Parallel()
	l, err := Open("")
	if err != nil {
		t.Fatal(err)
	}
	if n := len(l.Languages()); n < 30 || len(archive) > 4_000_000 {
		t.Errorf("%d languages in %d bytes", n, len(archive))
	}

	for _, tag := range l.Languages() {
		v := l.Voice(tag)
		if v.Language != tag || v.missing() != "" {
			t.Errorf("%s: %s lacks %q", tag, v.Language, v.missing())
		}
		seen := map[string]int{}
		for digit, recording := range v.Digits {
			if other, twice := seen[string(recording)]; twice {
				t.Errorf("%s: %d sounds like %d", tag, digit, other)
			}
			seen[string(recording)] = digit
			if len(recording) < SampleRate/10 || len(recording) > 2*SampleRate {
				t.Errorf("%s: %d lasts %d samples", tag, digit, len(recording))
			}
		}
	}
}

func TestLibrary_Voice(t *testing.T) {
	t.Parallel()
	l, err := Open("")
	if err != nil {
		t.Fatal(err)
	}
	for locale, want := range map[string]string{
		"de": "de", "de-AT": "de", "pt-BR": "pt-BR", "pt_br": "pt-BR", "pt-AO": "pt", "zh-Hant-TW": "zh", "no": "nb",
		"nn-NO": "nb", "xx": "en", "": "en", "-": "en", "EN-us": "en", "bs": "hr",
	} {
		if got := l.Voice(locale).Language; got != want {
			t.Errorf("%q is spoken in %s, want %s", locale, got, want)
		}
	}
}

// wav makes a WAV file.
func wav(kind, channels, bits uint16, rate uint32, data []byte) []byte {
	f := append([]byte("RIFF\xff\xff\xff\xffWAVEfmt "), 16, 0, 0, 0)
	f = binary.LittleEndian.AppendUint16(f, kind)
	f = binary.LittleEndian.AppendUint16(f, channels)
	f = binary.LittleEndian.AppendUint32(f, rate)
	f = append(f, 0, 0, 0, 0, 1, 0)
	f = binary.LittleEndian.AppendUint16(f, bits)
	f = append(f, "data"...)
	f = binary.LittleEndian.AppendUint32(f, uint32(len(data)))

	return append(f, data...)
}

func TestWAV_Forms(t *testing.T) {
	t.Parallel()
	mu := []byte{0x00, 0x80, 0xF0, 0x70}
	linear := make([]byte, 0, 8)
	for _, s := range Linear(mu) {
		linear = binary.LittleEndian.AppendUint16(linear, uint16(s))
	}
	good := wav(wavMu, 1, 8, 8000, mu)
	for name, c := range map[string]struct {
		file []byte
		want []byte
	}{
		"µ-law":              {good, mu},
		"linear":             {wav(wavLinear, 1, 16, 8000, linear), mu},
		"A-law":              {wav(wavA, 1, 8, 8000, []byte{0xD5, 0x55}), []byte{encodeMu(8), encodeMu(-8)}},
		"another chunk":      {bytes.Replace(good, []byte("data"), []byte("LIST\x01\x00\x00\x00x\x00data"), 1), mu},
		"16 kHz":             {wav(wavMu, 1, 8, 16000, mu), nil},
		"stereo":             {wav(wavMu, 2, 8, 8000, mu), nil},
		"24 bits":            {wav(wavLinear, 1, 24, 8000, linear), nil},
		"empty":              {wav(wavMu, 1, 8, 8000, nil), nil},
		"no WAV":             {[]byte("ID3"), nil},
		"cut in the header":  {good[:30], nil},
		"data before format": {append([]byte("RIFF\x00\x00\x00\x00WAVE"), good[36:]...), nil},
	} {
		got, err := readWAV(c.file)
		if (err == nil) != (c.want != nil) || !bytes.Equal(got, c.want) {
			t.Errorf("%s: %x %v, want %x", name, got, err, c.want)
		}
	}
}

func FuzzWAV(f *testing.F) {
	f.Add(wav(wavMu, 1, 8, 8000, []byte("12345678")))
	f.Add(wav(wavLinear, 1, 16, 8000, []byte("12345678")))
	f.Fuzz(func(t *testing.T, file []byte) {
		if got, err := readWAV(file); err == nil && (len(got) == 0 || len(got) > len(file)) {
			t.Errorf("%d bytes out of %d", len(got), len(file))
		}
	})
}

func write(t *testing.T, folder, name string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestLibrary_OwnRecordings(t *testing.T) {
	t.Parallel()
	folder, mine := t.TempDir(), []byte("recorded")
	good := wav(wavMu, 1, 8, 8000, mine)
	write(t, folder, "fr/7.wav", good)
	for _, name := range strings.Fields("code 0 1 2 3 4 5 6 7 8 9") {
		write(t, folder, "ja/"+name+".wav", good)
	}
	l, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	if v := l.Voice("fr-BE"); !bytes.Equal(v.Digits[7], mine) || bytes.Equal(v.Digits[8], mine) || v.missing() != "" {
		t.Error("only the 7 of French is replaced")
	}
	if v := l.Voice("ja-JP"); v.Language != "ja" {
		t.Errorf("Japanese is spoken in %s", v.Language)
	}
	if others, err := Open(filepath.Join(folder, "none")); err != nil || bytes.Equal(others.Voice("fr").Digits[7], mine) {
		t.Errorf("a library without a folder: %v", err)
	}

	write(t, folder, "th/1.wav", good)
	write(t, folder, "de/eins.wav", good)
	write(t, folder, "de/2.wav", []byte("no WAV"))
	_, err = Open(folder)
	for _, want := range []string{"prompts/th has no", "prompts/de/eins.wav has a name", "prompts/de/2.wav must be a WAV"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// voice says each digit as one sample that no other has.
func voice() *Voice {
	v := Voice{Sentence: []byte{100}}
	for digit := range v.Digits {
		v.Digits[digit] = []byte{byte(digit)}
	}
	return &v
}

// heard is what is said without silence, in words.
func heard(samples []byte) string {
	var out strings.Builder
	for _, s := range samples {
		switch {
		case s == 100:
			out.WriteByte('s')
		case s < 10:
			out.WriteByte('0' + s)
		}
	}
	return out.String()
}

func TestVoice_Reading(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"0042": "s0042", "123456789012": "s123456789012", "": "", "12a4": "", "٣": "", "1234567890123": "", "-1": "",
	} {
		said := voice().Reading(code)
		if got := heard(said); got != want {
			t.Errorf("%q is said as %q, want %q", code, got, want)
		}
	}
}

func TestPlayer_Call(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		press map[int]byte // by frame
		want  string
		said  bool
		most  time.Duration
	}{
		"twice":              {want: "s19s19", said: true, most: 12 * time.Second},
		"another key":        {press: map[int]byte{10: '2', 20: '#'}, want: "s19s19", said: true, most: 12 * time.Second},
		"1 in the first":     {press: map[int]byte{50: '1'}, want: "ss19s19", said: true, most: 13 * time.Second},
		"1 at the end":       {press: map[int]byte{350: '1'}, want: "s19s19s19s19", said: true, most: 20 * time.Second},
		"1 again and again":  {press: every(20), said: false, most: longestCall},
		"1 later and always": {press: every(350), said: true, most: longestCall},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := NewPlayer(voice().Reading("19"))
			frame, all, n := make([]byte, FrameSize), []byte(nil), 0
			for ; p.Next(frame); n++ {
				all = append(all, frame...)
				if key, pressed := c.press[n]; pressed {
					p.Press(key)
				}
			}

			if got := heard(all); c.want != "" && got != c.want {
				t.Errorf("heard %q, want %q", got, c.want)
			}
			if length := time.Duration(n) * FrameTime; length > c.most || p.Said() != c.said {
				t.Errorf("lasted %v, said %v", length, p.Said())
			}
		})
	}
}

func every(frames int) map[int]byte {
	all := map[int]byte{}
	for n := frames; n < 2*framesOfMinute; n += frames {
		all[n] = '1'
	}
	return all
}
