// Package speech makes what a call says: a sentence and the digits of a code, one by one, in recordings of 8 kHz.
//
// It owns the recordings and decides what is said when, frame by frame. It opens no sockets and has no clock.
package speech

import (
	"archive/zip"
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// SampleRate is samples a second of every recording, as G.711 has it.
const SampleRate = 8000

// sentenceName is the recording of the sentence before the digits, whose names are 0 to 9.
const sentenceName = "code"

// fallbackLanguage is spoken when there is no recording in the wanted one.
const fallbackLanguage = "en"

//go:embed prompts.zip
var archive []byte

// Voice has the recordings of one language, in µ-law.
type Voice struct {
	Language string // BCP 47 tag
	Sentence []byte
	Digits   [10][]byte
}

// set stores a recording by its name; false when a voice has none of that name.
func (v *Voice) set(name string, recording []byte) bool {
	if name == sentenceName {
		v.Sentence = recording
		return true
	}
	if len(name) != 1 || name[0] < '0' || name[0] > '9' {
		return false
	}
	v.Digits[name[0]-'0'] = recording

	return true
}

// missing names a recording that the voice lacks; empty when it is complete.
func (v *Voice) missing() string {
	if len(v.Sentence) == 0 {
		return sentenceName
	}
	for digit, recording := range v.Digits {
		if len(recording) == 0 {
			return strconv.Itoa(digit)
		}
	}

	return ""
}

// Library has the voices of all languages. It is safe for concurrent use.
type Library struct {
	voices map[string]*Voice // by tag in lower case
}

// builtin reads the recordings of the program once. It may panic: they are embedded, and a test reads them.
var builtin = sync.OnceValue(func() map[string]*Voice {
	voices, err := readArchive(archive)
	if err != nil {
		panic(err)
	}
	return voices
})

func readArchive(archive []byte) (map[string]*Voice, error) {
	files, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return nil, fmt.Errorf("prompts.zip: %w", err)
	}

	voices := map[string]*Voice{}
	for _, file := range files.File {
		in, err := file.Open()
		if err != nil {
			return nil, fmt.Errorf("prompts.zip: %s: %w", file.Name, err)
		}
		recording, err := io.ReadAll(in)
		if err = errors.Join(err, in.Close()); err != nil {
			return nil, fmt.Errorf("prompts.zip: %s: %w", file.Name, err)
		}

		language, name, _ := strings.Cut(file.Name, "/")
		v := voices[strings.ToLower(language)]
		if v == nil {
			v = &Voice{Language: language}
			voices[strings.ToLower(language)] = v
		}
		if !v.set(strings.TrimSuffix(name, ".ulaw"), recording) {
			return nil, fmt.Errorf("prompts.zip: %s is no prompt", file.Name)
		}
	}

	return voices, nil
}

// maxFile is the largest recording of an operator that is read, in bytes: a minute of linear samples.
const maxFile = 60 * SampleRate * 2

// Open makes the library of the recordings in the program, and of those in a folder (LANGUAGE/NAME.wav), which replace
// them or add languages. A folder that does not exist, or an empty name, adds none. The error names each file that
// cannot be used and says why.
func Open(folder string) (*Library, error) {
	l := &Library{voices: map[string]*Voice{}}
	for tag, v := range builtin() {
		l.voices[tag] = v
	}
	if folder == "" {
		return l, nil
	}

	files := os.DirFS(folder)
	names, err := fs.Glob(files, "*/*.wav")
	if err != nil {
		return nil, err
	}
	own := map[string]*Voice{}
	var problems []error
	for _, name := range names {
		problems = append(problems, l.replace(own, files, name))
	}

	for _, v := range own {
		if lacks := v.missing(); lacks != "" {
			problems = append(problems, fmt.Errorf("prompts/%s has no %s.wav: a language that SysSecure does not speak "+
				"needs code.wav and 0.wav to 9.wav", v.Language, lacks))
		}
	}

	return l, errors.Join(problems...)
}

// replace reads one recording of an operator into the voice of its language, which becomes one of own.
func (l *Library) replace(own map[string]*Voice, files fs.FS, name string) error {
	info, err := fs.Stat(files, name)
	if err != nil {
		return err
	}
	if info.Size() > maxFile {
		return fmt.Errorf("prompts/%s is larger than %d KB", name, maxFile>>10)
	}
	data, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	recording, err := readWAV(data)
	if err != nil {
		return fmt.Errorf("prompts/%s %w", name, err)
	}

	language, file := path.Split(name)
	language = strings.TrimSuffix(language, "/")
	tag := strings.ToLower(language)
	if own[tag] == nil {
		v := Voice{Language: language}
		if old := l.voices[tag]; old != nil {
			v = *old
		}
		own[tag], l.voices[tag] = &v, &v
	}
	if !own[tag].set(strings.TrimSuffix(file, ".wav"), recording) {
		return fmt.Errorf("prompts/%s has a name that is not used: use code.wav, and 0.wav to 9.wav", name)
	}

	return nil
}

// Voice is the voice for a locale (BCP 47): the nearest that there is, else English.
func (l *Library) Voice(locale string) *Voice {
	for tag := strings.ToLower(strings.ReplaceAll(locale, "_", "-")); tag != ""; {
		if v := l.voices[other(tag)]; v != nil {
			return v
		}
		tag = tag[:max(0, strings.LastIndexByte(tag, '-'))]
	}

	return l.voices[fallbackLanguage]
}

// other gives languages that are spoken alike the tag under which they are recorded.
func other(tag string) string {
	switch tag {
	case "no", "nn":
		return "nb"
	case "bs", "sh":
		return "hr"
	case "cmn":
		return "zh"
	case "in":
		return "id"
	}
	return tag
}

// Languages are the tags of all voices, in order.
func (l *Library) Languages() []string {
	tags := make([]string, 0, len(l.voices))
	for _, v := range l.voices {
		tags = append(tags, v.Language)
	}
	slices.Sort(tags)

	return tags
}
