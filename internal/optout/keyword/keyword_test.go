package keyword

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

var classified = []struct {
	name, body string
	kind       Kind
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
	{"hyphen", "Opt-Out", Stop, "OPTOUT"},
	{"end", "End", Stop, "END"},
	{"quit", "quit", Stop, "QUIT"},
	{"revoke", "Revoke.", Stop, "REVOKE"},
	{"optout", "OPTOUT", Stop, "OPTOUT"},
	{"stop-all", "STOP-ALL", Stop, "STOPALL"},
	{"stop_all", "stop_all", Stop, "STOPALL"},
	{"non-breaking hyphen", "STOP\u2011ALL", Stop, "STOPALL"},
	{"letter by letter", "S.T.O.P.", Stop, "STOP"},
	{"spaced out", "S T O P", Stop, "STOP"},
	{"hyphenated", "s-t-o-p", Stop, "STOP"},
	{"octet by octet", "\x00S\x00T\x00O\x00P", Stop, "STOP"},
	{"the other order", "S\x00T\x00O\x00P\x00", Stop, "STOP"},
	{"byte order mark", "\ufeffSTOP", Stop, "STOP"},
	{"bidirectional", "\u202bSTOP\u202c", Stop, "STOP"},
	{"soft hyphen", "ST\u00adOP", Stop, "STOP"},
	{"ideographic space", "stop\u3000all", Stop, "STOP ALL"},
	{"combining marks", "S\u0336T\u0336O\u0336P", Stop, "STOP"},
	{"mathematical letters", "𝗦𝗧𝗢𝗣", Stop, "STOP"},
	{"squared letters", "🅂🅃🄾🄿", Stop, "STOP"},
	{"keycap and variation selectors", "STOP\ufe0f\u20e3", Stop, "STOP"},
	{"no space behind the comma", "Stop,please", None, ""},
	{"french verb", "ARRETE", Stop, "ARRÊTE"},
	{"french verb with an accent", "Arrêté", Stop, "ARRÊTE"},
	{"french misspelt", "arrett", Stop, "ARRETT"},
	{"persian letters", "لغو اشتراک", Stop, "لغو اشتراک"},
	{"persian on an arabic keyboard", "لغو اشتراك", Stop, "لغو اشتراک"},
	{"thai", "ยกเลิก", Stop, "ยกเลิก"},
	{"bengali", "বন্ধ", Stop, "বন্ধ"},
	{"danish help without its letter", "hjaelp", Help, "HJÆLP"},
	{"cancel", "CANCEL", Stop, "CANCEL"},
	{"start", "start", Start, "START"},
	{"unstop", "Unstop", Start, "UNSTOP"},
	{"yes", "YES", Start, "YES"},
	{"help", "help?", Help, "HELP"},
	{"info", "Info", Help, "INFO"},
	{"begins with stop", "Stop texting me", None, ""},
	{"stop with a comma", "STOP, please", None, ""},
	{"unsubscribe me", "unsubscribe me now", None, ""},
	{"six words", "stop sending me these messages please", None, ""},
	{"stop please", "STOP please", None, ""},
	{"stop it", "STOP it", None, ""},
	{"stop now", "stop now", None, ""},
	{"stopp it", "STOPP IT", None, ""},
	{"stop me", "Stop me", None, ""},
	{"seven words", "stop sending me all these messages please", None, ""},
	{"stop three times", "STOP stop, Stop!", Stop, "STOP"},
	{"stop with an emoji", "stop please 🛑 now", None, ""},
	{"don't stop", "don't stop", None, ""},
	{"do not stop", "do not stop the messages", None, ""},
	{"stop and another verb", "Stop by at five", None, ""},
	{"stop worrying", "stop worrying", None, ""},
	{"stop as a noun", "Stop 14 is closed", None, ""},
	{"non-stop", "non-stop", None, ""},
	{"stop in two languages", "STOP svp merci", None, ""},
	{"german sentence", "Stopp bitte keine Nachrichten mehr", None, ""},
	{"spanish after stop", "stop por favor", None, ""},
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
	{"french sentence", "arret svp", None, ""},
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
			if got := Classify(tt.body); got.Kind != tt.kind || got.Keyword != tt.keyword {
				t.Errorf("%q is %v %q, want %v %q", tt.body, got.Kind, got.Keyword, tt.kind, tt.keyword)
			}
		})
	}
}

// Sentences with a keyword in another meaning.
func TestClassify_NoKeyword(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		"stopped", "bus stop", "full stop", "stop sign", "the end", "weekend", "end of story", "quit smoking", "I quit", "opt for it",
		"in the end, yes", "can cel", "e n d of", "en de", "dure", "red", "fine", "six", "no", "ok", "y", "s t", "stop-start", "stop&go",
		"stop at 5", "STOP2", "2 stop", "arret de bus", "un arrêt", "alto voltaje", "salta", "don’t stop", "can't stop, won't stop",
		"unsubscribe?no", "revoked", "quitte", "yes please", "help yourself", "info@acme.example", "start-up", "стоп-кран", "остановка",
		"取消不了", "停车", "\u0441\u0442", "annulla tutto domani", "cancel the meeting",
	} {
		if got := Classify(body); got != (Match{}) {
			t.Errorf("%q is %v %q, want no keyword", body, got.Kind, got.Keyword)
		}
	}
}

func TestReadKeywords(t *testing.T) {
	t.Parallel()
	list, err := readKeywords(keywordsFile)
	if err != nil {
		t.Fatal(err)
	}

	for _, k := range list {
		word := k.Keyword
		for _, body := range []string{
			word, strings.ToLower(word), " " + word + "! ", "«" + word + "»", "\u200f" + word + "\u200e",
			strings.Join(strings.Split(word, ""), "\x00"),
			strings.Join(strings.Split(word, ""), "\u2060"), norm.NFD.String(word),
		} {
			if got := Classify(body); got != k {
				t.Errorf("%q is %+v, want %+v", body, got, k)
			}
		}
	}

	for _, file := range []string{
		"[en", "[en]\nstop = [\" ́\"]", "[en]\nstop = [\"A\"]\n[fr]\nhelp = [\"à\"]", "[en]\nstart = [\"A\"]\neveryday = [\"a\"]",
	} {
		if _, err := readKeywords(file); err == nil {
			t.Errorf("no error for %q", file)
		}
	}
}

func TestKind_String(t *testing.T) {
	t.Parallel()
	if got := fmt.Sprint(None, Stop, Start, Help); got != "none stop start help" {
		t.Errorf("got %q", got)
	}
}

func FuzzClassify(f *testing.F) {
	for _, seed := range []string{"STOP", "stop it", "ＳＴＯＰ", "İPTAL", "🛑", "\xff", "ﷺ"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		if len(body) > maxRead-8 {
			t.Skip()
		}
		got := Classify(body)
		if (got.Kind == None) != (got.Keyword == "") {
			t.Errorf("%q is %+v", body, got)
		}
		if again := Classify(" ¡" + body + "!\n"); again != got {
			t.Errorf("%q is %+v, with punctuation %+v", body, got, again)
		}
	})
}

func BenchmarkClassify(b *testing.B) {
	for b.Loop() {
		Classify("Stop texting me")
	}
}
