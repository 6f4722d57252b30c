package me.syssecure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people may read of keys and numbers. */
final class MaskTest {
    private static final String KEY = "sk_test_4f9c2d81";

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "to +32470123456 now | to +32…56 now",
        "+1234567            | +12…67",
        "+123456             | +123456",
        "+123456789012345    | +12…45",
        "+1234567890123456   | +1234567890123456",
        "%2B32470123456      | %2B32…56",
        "%2b32470123456      | %2b32…56",
        "+32470123456,+32470123457 | +32…56,+32…57",
        "32470123456         | 32470123456",
        "key sk_test_4f9c2d81.  | key sk_….",
    })
    void texts(String text, String want) {
        assertEquals(want, Mask.text(text, KEY));
    }

    @ParameterizedTest
    @CsvSource({"sk_test_4f9c2d81, sk_test_…", "sk_test_x, sk_test_…", "sk_test_, …", "k, …"})
    void keys(String key, String want) {
        assertEquals(want, Mask.key(key));
    }

    @Test
    void valuesAreMaskedAtEveryDepth() {
        Map<String, Object> inner = new HashMap<>(Map.of("+32470123456", List.of(KEY, 7L)));
        inner.put("none", null);
        Object masked = Mask.value(Map.of("a", Arrays.asList(inner, true)), KEY);

        Map<String, Object> want = new HashMap<>(Map.of("+32…56", List.of("sk_…", 7L)));
        want.put("none", null);
        assertEquals(Map.of("a", Arrays.asList(want, true)), masked);
    }

    @Test
    void resultsLeaveOutWhatIsPrivate() {
        Map<String, Object> raw = Map.of("body", "raw secret");
        Instant at = Instant.parse("2026-04-25T15:27:00Z");
        List<Object> results = List.of(
                new InboxMessage("msg_1", Optional.empty(), Optional.empty(),
                        "+32470123456", Channel.SMS, "secret", at, Optional.empty(), raw),
                new CallbackSecret("secret", Optional.empty(), raw),
                new StoredEvent("evt_1", "message.sent", at, Map.of("k", "secret"), Optional.empty(), raw),
                new TextPreview("secret"),
                new Variable("code", "secret"),
                new VoiceTexts(Map.of("en", "secret")),
                TemplateChannels.none().withVoice(Map.of("en", "secret")),
                SmsSendParams.builder("+32470123456", "secret").metadata(Map.of("k", "secret")).build(),
                TemplatePreviewParams.builder().code("secret").build(),
                RequestOptions.builder().headers(Map.of("X-Token", "secret")).build());
        for (Object result : results) {
            assertFalse(result.toString().contains("secret"), result.toString());
            assertFalse(result.toString().contains("470"), result.toString());
        }
    }

    @Test
    void textFormsShowWhatHasAValue() {
        Text text = new Text("Thing")
                .add("to", "+32470123456")
                .add("absent", Optional.empty())
                .add("none", OptionalLong.empty())
                .add("count", OptionalLong.of(3))
                .add("list", List.of())
                .add("flag", false);
        assertEquals("Thing[to=+32…56, count=3, flag=false]", text.toString());
        assertEquals("Thing[]", new Text("Thing").toString());
    }
}
