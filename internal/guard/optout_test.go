package guard

import (
	"strings"
	"testing"
)

var classified = []struct {
	name, body string
	word       Word
	keyword    string
}{
	{"plain", "STOP", Stop, "STOP"},
	{"any case", "sToP", Stop, "STOP"},
	{"spaces and line feed", "  stop \r\n", Stop, "STOP"},
	{"full stop", "Stop.", Stop, "STOP"},
	{"quotes", "«\"STOP\"»", Stop, "STOP"},
	{"emoji", "🛑 stop ❤️", Stop, "STOP"},
	{"hash", "#STOP!!!", Stop, "STOP"},
	{"full-width", "ＳＴＯＰ", Stop, "STOP"},
	{"zero width", "ST\u200bOP", Stop, "STOP"},
	{"two words", "stop   all", Stop, "STOP ALL"},
	{"no-break space", "opt\u00a0out", Stop, "OPT OUT"},
	{"hyphen", "Opt-Out", Stop, "OPT-OUT"},
	{"end", "End", Stop, "END"},
	{"cancel", "CANCEL", Stop, "CANCEL"},
	{"start", "start", Start, "START"},
	{"unstop", "Unstop", Start, "UNSTOP"},
	{"yes", "YES", Start, "YES"},
	{"help", "help?", Help, "HELP"},
	{"info", "Info", Help, "INFO"},
	{"begins with stop", "Stop texting me", Stop, "STOP"},
	{"stop with a comma", "STOP, please", Stop, "STOP"},
	{"unsubscribe me", "unsubscribe me now", Stop, "UNSUBSCRIBE"},
	{"six words", "stop sending me these messages please", Stop, "STOP"},
	{"seven words", "stop sending me all these messages please", None, ""},
	{"stop three times", "STOP stop, Stop!", Stop, "STOP"},
	{"stop with an emoji", "stop please 🛑 now", Stop, "STOP"},
	{"don't stop", "don't stop", None, ""},
	{"do not stop", "do not stop the messages", None, ""},
	{"stop and another verb", "Stop by at five", None, ""},
	{"stop worrying", "stop worrying", None, ""},
	{"stop as a noun", "Stop 14 is closed", None, ""},
	{"non-stop", "non-stop", None, ""},
	{"stop in two languages", "STOP svp merci", Stop, "STOP"},
	{"german sentence", "Stopp bitte keine Nachrichten mehr", Stop, "STOPP"},
	{"spanish after stop", "stop por favor", Stop, "STOP"},
	{"a quote of the reply", "Reply STOP to unsubscribe", None, ""},
	{"stop in the middle", "please stop", None, ""},
	{"cancel in a sentence", "cancel my order", None, ""},
	{"end in a sentence", "end of story", None, ""},
	{"yes in a sentence", "yes please", None, ""},
	{"start in a sentence", "start over", None, ""},
	{"help in a sentence", "help me", None, ""},
	{"numeric form", "STOP2END", None, ""},
	{"longer word", "stopping", None, ""},
	{"nothing", "", None, ""},
	{"only punctuation", "?!", None, ""},
	{"a code", "123456", None, ""},
	{"long", "stop " + strings.Repeat("x", 500), None, ""},
	{"not utf-8", "stop\xff", Stop, "STOP"},
	{"french", "Arrêt", Stop, "ARRÊT"},
	{"french without accents", "ARRET", Stop, "ARRÊT"},
	{"french decomposed", "Arre\u0302t", Stop, "ARRÊT"},
	{"french sentence", "arret svp", Stop, "ARRÊT"},
	{"spanish", "baja", Stop, "BAJA"},
	{"spanish sentence", "Alto ahí", None, ""},
	{"portuguese", "Sair", Stop, "SAIR"},
	{"german", "Stopp!", Stop, "STOPP"},
	{"german help", "hilfe", Help, "HILFE"},
	{"italian", "annulla", Stop, "ANNULLA"},
	{"dutch", "afmelden", Stop, "AFMELDEN"},
	{"swedish", "avsluta", Stop, "AVSLUTA"},
	{"finnish", "lopeta", Stop, "LOPETA"},
	{"polish", "wypisz", Stop, "WYPISZ"},
	{"russian", "стоп", Stop, "СТОП"},
	{"ukrainian", "Відписатися", Stop, "ВІДПИСАТИСЯ"},
	{"turkish with a dot", "İPTAL", Stop, "İPTAL"},
	{"turkish without", "IPTAL", Stop, "İPTAL"},
	{"turkish small", "iptal", Stop, "İPTAL"},
	{"turkish dotless", "ıptal", Stop, "İPTAL"},
	{"turkish help", "yardım", Help, "YARDIM"},
	{"arabic", "ايقاف", Stop, "إيقاف"},
	{"arabic stretched", "إيقـــاف", Stop, "إيقاف"},
	{"hebrew", "הסר", Stop, "הסר"},
	{"hindi", "बंद", Stop, "बंद"},
	{"hindi keeps its marks", "बद", None, ""},
	{"indonesian", "berhenti", Stop, "BERHENTI"},
	{"vietnamese", "từ chối", Stop, "TỪ CHỐI"},
	{"vietnamese without marks", "bat dau", Start, "BẮT ĐẦU"},
	{"chinese", "退订。", Stop, "退订"},
	{"chinese letters", "td", Stop, "TD"},
	{"japanese", "配信停止", Stop, "配信停止"},
	{"japanese half-width", "ﾍﾙﾌﾟ", Help, "ヘルプ"},
	{"korean", "수신거부", Stop, "수신거부"},
	{"greek", "Διαγραφή", Stop, "ΔΙΑΓΡΑΦΗ"},
	{"czech", "zrusit", Stop, "ZRUŠIT"},
	{"hungarian", "leiratkozás", Stop, "LEIRATKOZÁS"},
	{"romanian", "dezabonare", Stop, "DEZABONARE"},
}

func TestClassify(t *testing.T) {
	t.Parallel()
	for _, tt := range classified {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if word, keyword := Classify(tt.body); word != tt.word || keyword != tt.keyword {
				t.Errorf("%q is %v %q, want %v %q", tt.body, word, keyword, tt.word, tt.keyword)
			}
		})
	}
}

func TestReadKeywords(t *testing.T) {
	t.Parallel()
	list, err := readKeywords(keywordsFile)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range list.whole {
		for _, body := range []string{k.text, strings.ToLower(k.text), " " + k.text + "! "} {
			if word, _ := Classify(body); word != k.word {
				t.Errorf("%q is %v, want %v", body, word, k.word)
			}
		}
	}
	for key, text := range list.first {
		if list.whole[key].word != Stop {
			t.Errorf("%q begins a message but is no stop word", text)
		}
	}
	for _, file := range []string{"[en", "[en]\nstop = [\" ́\"]", "[en]\nstop = [\"A\"]\n[fr]\nhelp = [\"à\"]"} {
		if _, err := readKeywords(file); err == nil {
			t.Errorf("%q is accepted", file)
		}
	}
}

func TestWordString(t *testing.T) {
	t.Parallel()
	if got := []string{None.String(), Stop.String(), Start.String(), Help.String()}; strings.Join(got, " ") != "none stop start help" {
		t.Errorf("got %q", got)
	}
}

func FuzzClassify(f *testing.F) {
	for _, seed := range []string{"STOP", "stop it", "ＳＴＯＰ", "İPTAL", "🛑", "\xff", "ﷺ"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		word, keyword := Classify(body)
		if (word == None) != (keyword == "") {
			t.Errorf("%q is %v %q", body, word, keyword)
		}
		if again, same := Classify(" ¡" + body + "!\n"); again != word || same != keyword {
			t.Errorf("%q is %v %q, with punctuation %v %q", body, word, keyword, again, same)
		}
	})
}

func BenchmarkClassify(b *testing.B) {
	for b.Loop() {
		Classify("Stop texting me")
	}
}
